import { readFileSync } from "node:fs";
import { messageRoot } from "@servable/protos/message-types";
import { schemas } from "@servable/protos/text-schema";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import fc from "fast-check";
import protobuf from "protobufjs";
import * as descriptorExtension from "protobufjs/ext/descriptor/index.js";
import { describe, expect, it } from "vitest";

interface Descriptor {
  field?: { options?: object | null }[];
  nestedType?: Descriptor[];
}

/** protobufjs takes a proto3 field with any option at all, such as `deprecated`, for one that is not packed. */
function withoutOptions({ field = [], nestedType = [] }: Descriptor): void {
  for (const each of field) if (each.options && !Object.hasOwn(each.options, "packed")) each.options = null;
  nestedType.forEach(withoutOptions);
}

/** The official descriptors as a protobufjs root. */
function officialRoot(): protobuf.Root {
  const extension = descriptorExtension as unknown as { FileDescriptorSet?: protobuf.Type; default?: never };
  const type = (extension.FileDescriptorSet ??
    (extension.default as unknown as { FileDescriptorSet: protobuf.Type })
      .FileDescriptorSet) as protobuf.Type;
  const set = type.decode(readFileSync(sharedFixture("descriptors", "tfs-official.binpb")));
  for (const { messageType } of (set as unknown as { file: { messageType: Descriptor[] }[] }).file)
    messageType.forEach(withoutOptions);
  const root = (
    protobuf.Root as unknown as { fromDescriptor(descriptor: protobuf.Message): protobuf.Root }
  ).fromDescriptor(set);
  root.resolveAll();
  return root;
}

/** Linked by the stock server, but not among the official descriptors of the fixtures: recorded start plat-unknown-any. */
const BEYOND = "tensorflow.serving.HashmapSourceAdapterConfig";

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  double: fc.double({ noNaN: true }),
  float: fc.float({ noNaN: true }),
  int32: fc.integer(),
  sint32: fc.integer(),
  sfixed32: fc.integer(),
  uint32: fc.nat(),
  fixed32: fc.nat(),
  int64: fc.maxSafeInteger(),
  sint64: fc.maxSafeInteger(),
  sfixed64: fc.maxSafeInteger(),
  uint64: fc.maxSafeNat(),
  fixed64: fc.maxSafeNat(),
  bool: fc.boolean(),
  string: fc.string({ maxLength: 6 }),
  bytes: fc.uint8Array({ maxLength: 6 }),
};

/** Random objects of our type. */
function objects(
  type: protobuf.Type,
  official: protobuf.Type,
  depth: number,
): fc.Arbitrary<Record<string, unknown>> {
  const shape: Record<string, fc.Arbitrary<unknown>> = {};
  const seen = new Set<string>();
  for (const field of type.fieldsArray) {
    const theirs = official.fields[field.name];
    if (field.partOf) {
      if (seen.has(field.partOf.name)) continue;
      seen.add(field.partOf.name);
    }
    field.resolve();
    theirs?.resolve();
    let theirType = theirs?.resolvedType;
    if (
      field instanceof protobuf.MapField &&
      theirType instanceof protobuf.Type &&
      !(theirs instanceof protobuf.MapField)
    ) {
      // Descriptors give a map as its entry messages.
      theirType = theirType.fields["value"]?.resolve().resolvedType;
    }
    const resolved = field.resolvedType;
    let value: fc.Arbitrary<unknown>;
    if (resolved instanceof protobuf.Enum) value = fc.constantFrom(...Object.values(resolved.values));
    else if (resolved instanceof protobuf.Type) {
      if (depth === 0 || !(theirType instanceof protobuf.Type)) continue;
      value = objects(resolved, theirType, depth - 1);
    } else value = scalars[field.type] as fc.Arbitrary<unknown>;
    if (field instanceof protobuf.MapField) {
      const key = field.keyType === "string" ? fc.string({ maxLength: 4 }) : fc.nat(9).map(String);
      shape[field.name] = fc.dictionary(key, value, { maxKeys: 1 });
    } else shape[field.name] = field.repeated ? fc.array(value, { maxLength: 2 }) : value;
  }
  return fc.record(shape, { requiredKeys: [] });
}

describe.skipIf(!hasShared)("our messages on the wire", () => {
  it("are read by the official descriptors, which write the same bytes again", {
    timeout: 120_000,
  }, () => {
    const official = officialRoot();
    const names = Object.keys(schemas.messages).filter(
      (name) => schemas.messages[name]?.mapEntry !== true && name !== BEYOND,
    );
    const root = messageRoot(names);
    for (const name of names) {
      const type = root.lookupType(name);
      const theirs = official.lookupType(name);
      fc.assert(
        fc.property(objects(type, theirs, 2), (value) => {
          const bytes = type.encode(type.fromObject(value)).finish();
          const again = theirs.encode(theirs.decode(bytes)).finish();
          expect(Buffer.from(again).toString("hex"), name).toBe(Buffer.from(bytes).toString("hex"));
        }),
        { numRuns: 20 },
      );
    }
    expect(names.length).toBeGreaterThan(200);
  });
});
