import { readFileSync } from "node:fs";
import { root, SERVING_METHODS } from "@servable/protos/serving";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import protobuf from "protobufjs/light.js";
import { describe, expect, it } from "vitest";

interface Official {
  readonly services: Record<string, { methods: { name: string; path?: string }[] }>;
  readonly messages: Record<
    string,
    {
      readonly fields: readonly {
        readonly name: string;
        readonly number: number;
        readonly type: string;
        readonly label: string;
        readonly type_name?: string;
        readonly oneof?: string;
        readonly proto3_optional?: boolean;
      }[];
    }
  >;
}

/** Messages that stay serialized in ours. */
const RAW = new Set([
  "tensorflow.TensorProto",
  "tensorflow.Example",
  "tensorflow.serving.ModelServerConfig",
  "tensorflow.RunOptions",
  "tensorflow.RunMetadata",
  "tensorflow.TypeSpecProto",
]);
/** Official fields that ours leave out, so that they are unknown fields: skipped, as proto3 has it. */
const LEFT_OUT = new Set([
  "tensorflow.TensorProto.resource_handle_val",
  "tensorflow.TensorProto.variant_val",
]);

describe.skipIf(!hasShared)("the serving messages against the official descriptors", () => {
  const official = (
    hasShared
      ? JSON.parse(readFileSync(sharedFixture("descriptors/summary.json"), "utf8"))
      : { services: {}, messages: {} }
  ) as Official;
  const types: protobuf.Type[] = [];
  const visit = (space: protobuf.NamespaceBase): void => {
    for (const object of space.nestedArray) {
      if (object instanceof protobuf.Type) types.push(object);
      if (object instanceof protobuf.Namespace) visit(object);
    }
  };
  root.resolveAll();
  visit(root);

  it("covers the API", () => {
    expect(types.length).toBeGreaterThan(50);
  });

  it.each(types.map((type) => [type.fullName.slice(1), type] as const))("%s", (name, type) => {
    const want = official.messages[name];
    expect(want, "is an official message").toBeDefined();
    const numbers = new Map(type.fieldsArray.map((field) => [field.id, field]));
    for (const field of want!.fields) {
      if (LEFT_OUT.has(`${name}.${field.name}`)) continue;
      const ours = numbers.get(field.number);
      expect(ours?.name, `field ${field.number}`).toBe(field.name);
      numbers.delete(field.number);
      if (ours instanceof protobuf.MapField) {
        const [key, value] = official.messages[field.type_name!]!.fields;
        expect(ours.keyType).toBe(key!.type);
        expect(ours.resolvedType?.fullName.slice(1) ?? ours.type).toBe(plainType(value!));
        continue;
      }
      expect(ours!.repeated).toBe(field.label === "repeated");
      expect(ours!.resolvedType?.fullName.slice(1) ?? ours!.type).toBe(plainType(field));
      if (field.oneof !== undefined && field.proto3_optional !== true)
        expect(ours!.partOf?.name).toBe(field.oneof);
    }
    expect([...numbers.values()].map((field) => field.name)).toEqual([]);
  });

  function plainType(field: { readonly type: string; readonly type_name?: string }): string {
    if (field.type_name === undefined) return field.type;
    return RAW.has(field.type_name) ? "bytes" : field.type_name;
  }

  it("has the official method paths", () => {
    const paths = new Set(
      Object.entries(official.services).flatMap(([service, { methods }]) =>
        methods.map((method) => method.path ?? `/${service}/${method.name}`),
      ),
    );
    for (const path of Object.values(SERVING_METHODS)) expect(paths).toContain(path);
  });
});
