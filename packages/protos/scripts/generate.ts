/**
 * Makes `src/generated/*` from `proto/<area>/*.proto`: per area a protobufjs descriptor (JSON), and for `config` the
 * schemas that the text-proto reader wants. `--check` writes nothing and exits 1 on drift.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";

const here = import.meta.dirname;
const areas = ["config", "saved-model", "graph", "serving"] as const;
const check = process.argv.includes("--check");
let drift = false;

function write(name: string, text: string): void {
  const path = join(here, "../src/generated", name);
  let old = "";
  try {
    old = readFileSync(path, "utf8");
  } catch {
    // first time
  }
  if (old === text) return;
  drift = true;
  if (check) console.error(`${name} is not up to date: run npm run generate`);
  else writeFileSync(path, text);
}

function load(area: string): { root: protobuf.Root; deprecated: Set<string> } {
  const root = new protobuf.Root();
  const folder = join(here, "../proto", area);
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".proto"))
    .sort()) {
    protobuf.parse(readFileSync(join(folder, file), "utf8"), root, { keepCase: true });
  }
  root.resolveAll();
  return { root, deprecated: new Set() };
}

const fullName = (object: protobuf.ReflectionObject): string => object.fullName.replace(/^\./, "");

function textSchemas(root: protobuf.Root, area: string): string {
  const messages: Record<string, unknown> = {};
  const enums: Record<string, unknown> = {};
  const visit = (namespace: protobuf.NamespaceBase): void => {
    for (const object of namespace.nestedArray) {
      if (object instanceof protobuf.Type) {
        const proto2 = (object as unknown as { _edition?: string })._edition === "proto2";
        const fields = object.fieldsArray.map((field) => {
          const map = field instanceof protobuf.MapField;
          const resolved = field.resolvedType;
          let type = field.type;
          let kind = "scalar";
          if (map) {
            type = `${fullName(object)}.${field.name.replace(/(^|_)([a-z])/g, (_, __, c: string) => c.toUpperCase())}Entry`;
            kind = "message";
            messages[type] = {
              name: type,
              fields: [
                { name: "key", number: 1, type: field.keyType, kind: "scalar" },
                resolved
                  ? {
                      name: "value",
                      number: 2,
                      type: fullName(resolved),
                      kind: resolved instanceof protobuf.Enum ? "enum" : "message",
                    }
                  : { name: "value", number: 2, type: field.type, kind: "scalar" },
              ],
            };
          } else if (resolved) {
            type = fullName(resolved);
            kind = resolved instanceof protobuf.Enum ? "enum" : "message";
          }
          const oneof =
            field.partOf && !(field.options?.["proto3_optional"] === true) ? field.partOf.name : undefined;
          return {
            name: field.name,
            number: field.id,
            type,
            kind,
            ...(field.repeated || map ? { repeated: true } : {}),
            ...(field.repeated && !proto2 && kind !== "message" && type !== "string" && type !== "bytes"
              ? { packed: true }
              : {}),
            ...(map ? { map: true } : {}),
            ...(oneof ? { oneof } : {}),
            ...(field.options?.["deprecated"] === true ? { deprecated: true } : {}),
            ...(field.options?.["proto3_optional"] === true ? { presence: true } : {}),
          };
        });
        messages[fullName(object)] = { name: fullName(object), fields };
        visit(object);
      } else if (object instanceof protobuf.Enum) {
        enums[fullName(object)] = { name: fullName(object), values: object.values };
      } else if (object instanceof protobuf.Namespace) visit(object);
    }
  };
  visit(root);
  return `// Made by scripts/generate.ts from proto/${area}: edit those files instead.
import type { SchemaSet } from "@servable/text-proto";

export const schemas: SchemaSet = ${JSON.stringify({ messages, enums }, null, 1)};
`;
}

for (const area of areas) {
  const { root } = load(area);
  write(
    `${area}.ts`,
    `// Made by scripts/generate.ts from proto/${area}: edit those files instead.
import type { INamespace } from "protobufjs";

const json: object = ${JSON.stringify(root.toJSON(), null, 1)};
export const descriptor: INamespace = json;
`,
  );
  if (area === "config") write("text-schema.ts", textSchemas(root, area));
  // saved_model.pbtxt is read by the text format; the same table drives the binary reader of model-layout.
  if (area === "saved-model") write("saved-model-schema.ts", textSchemas(root, area));
}
if (check && drift) process.exitCode = 1;
