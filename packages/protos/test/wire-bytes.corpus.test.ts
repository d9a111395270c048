import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import fc from "fast-check";
import protobuf from "protobufjs";
import * as descriptorExtension from "protobufjs/ext/descriptor/index.js";
import { describe, expect, it } from "vitest";

/** The official descriptors as a protobufjs root. */
function officialRoot(): protobuf.Root {
  const extension = descriptorExtension as unknown as { FileDescriptorSet?: protobuf.Type; default?: never };
  const set = (extension.FileDescriptorSet ??
    (extension.default as unknown as { FileDescriptorSet: protobuf.Type })
      .FileDescriptorSet) as protobuf.Type;
  const bytes = readFileSync(sharedFixture("descriptors", "tfs-official.binpb"));
  const root = (
    protobuf.Root as unknown as { fromDescriptor(descriptor: protobuf.Message): protobuf.Root }
  ).fromDescriptor(set.decode(bytes));
  root.resolveAll();
  return root;
}

/** The messages of configuration files, from our .proto files. */
function configMessages(): protobuf.Root {
  const root = new protobuf.Root();
  const folder = join(import.meta.dirname, "../proto/config");
  for (const file of readdirSync(folder).sort())
    protobuf.parse(readFileSync(join(folder, file), "utf8"), root, { keepCase: true });
  return root;
}

const roots = async (): Promise<Record<string, protobuf.Root>> => ({
  config: configMessages(),
  "saved-model": (await import("@servable/protos/saved-model")).root,
  serving: (await import("@servable/protos/serving")).root,
});

function* typesOf(namespace: protobuf.NamespaceBase): Generator<protobuf.Type> {
  for (const object of namespace.nestedArray) {
    if (object instanceof protobuf.Type) yield object;
    if (object instanceof protobuf.Namespace) yield* typesOf(object);
  }
}

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

/** Random objects of our type; where the official one has a message and ours bytes, the field is left out. */
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
    } else if (theirType) continue;
    else value = scalars[field.type] as fc.Arbitrary<unknown>;
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
  }, async () => {
    const official = officialRoot();
    let messages = 0;
    for (const [area, root] of Object.entries(await roots())) {
      root.resolveAll();
      for (const type of typesOf(root)) {
        const name = type.fullName.slice(1);
        const theirs = official.lookupType(name);
        messages++;
        fc.assert(
          fc.property(objects(type, theirs, 2), (value) => {
            const bytes = type.encode(type.fromObject(value)).finish();
            const again = theirs.encode(theirs.decode(bytes)).finish();
            expect(Buffer.from(again).toString("hex"), `${area} ${name}`).toBe(
              Buffer.from(bytes).toString("hex"),
            );
          }),
          { numRuns: 20 },
        );
      }
    }
    expect(messages).toBeGreaterThan(100);
  });
});
