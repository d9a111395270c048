import { readFileSync } from "node:fs";
import { sharedFixture } from "@servable/test-fixtures";
import Long from "long";
import protobuf from "protobufjs";
import "protobufjs/ext/descriptor/index.js";

// protobufjs finds Long by require, which a test runner may not offer.
protobuf.util.Long = Long;
protobuf.configure();

const REFLECTION = {
  nested: {
    "reflection.Request": {
      fields: {
        fileByFilename: { type: "string", id: 3 },
        fileContainingSymbol: { type: "string", id: 4 },
        listServices: { type: "string", id: 7 },
      },
    },
    "reflection.Response": {
      fields: {
        listServicesResponse: { type: "reflection.List", id: 6 },
        errorResponse: { type: "reflection.Error", id: 7 },
      },
    },
    "reflection.List": { fields: { service: { rule: "repeated", type: "reflection.Service", id: 1 } } },
    "reflection.Service": { fields: { name: { type: "string", id: 1 } } },
    "reflection.Error": {
      fields: { errorCode: { type: "int32", id: 1 }, errorMessage: { type: "string", id: 2 } },
    },
  },
};

/** Reads and writes the messages of the official descriptors, as JSON with camelCase names. */
export class OfficialMessages {
  private readonly root: protobuf.Root;
  private readonly reflection: protobuf.Root;
  private readonly methods = new Map<string, { request: string; response: string }>();

  constructor() {
    const { Root } = protobuf as unknown as { Root: { fromDescriptor(bytes: Uint8Array): protobuf.Root } };
    this.root = Root.fromDescriptor(readFileSync(sharedFixture("descriptors", "tfs-official.binpb")));
    this.root.resolveAll();
    const nested = Object.fromEntries(
      Object.entries(REFLECTION.nested).map(([name, type]) => [name.split(".")[1], type]),
    );
    this.reflection = protobuf.Root.fromJSON({ nested: { reflection: { nested } } } as never);
    const walk = (namespace: protobuf.NamespaceBase): void => {
      for (const child of namespace.nestedArray) {
        if (child instanceof protobuf.Service) {
          for (const method of child.methodsArray) {
            method.resolve();
            this.methods.set(`${child.fullName.slice(1)}/${method.name}`, {
              request: method.resolvedRequestType?.fullName ?? "",
              response: method.resolvedResponseType?.fullName ?? "",
            });
          }
        } else if (child instanceof protobuf.Namespace) walk(child);
      }
    };
    walk(this.root);
  }

  private type(service: string, method: string, which: "request" | "response"): protobuf.Type {
    if (service.includes("Reflection")) {
      return this.reflection.lookupType(`reflection.${which === "request" ? "Request" : "Response"}`);
    }
    const names = this.methods.get(`${service}/${method}`);
    if (names === undefined) throw new Error(`no method ${service}/${method}`);
    return this.root.lookupType(names[which]);
  }

  /** From proto3 JSON with camelCase names. */
  encode(service: string, method: string, message: unknown): Buffer {
    const type = this.type(service, method, "request");
    return Buffer.from(
      type.encode(type.fromObject(toWire(message, type) as Record<string, unknown>)).finish(),
    );
  }

  /** As proto3 JSON: 64-bit integers as strings, enums by name, bytes in base64, the Any of metadata unpacked. */
  decode(service: string, method: string, bytes: Buffer): unknown {
    const type = this.type(service, method, "response");
    return this.plain(type.decode(bytes), type);
  }

  private plain(message: protobuf.Message, type: protobuf.Type): unknown {
    const object = type.toObject(message, { longs: String, enums: String, bytes: String, json: true });
    return this.fromWire(object, type);
  }

  private fromWire(value: unknown, type: protobuf.Type): unknown {
    if (type.name === "Int64Value") return (value as { value?: string }).value ?? "0";
    if (type.name === "Any") {
      // protobufjs unpacks an Any of a type that it knows.
      const map = this.root.lookupType("tensorflow.serving.SignatureDefMap");
      const { "@type": _, ...content } = value as Record<string, unknown>;
      const inner = this.fromWire(content, map) as object;
      return { "@type": "type.googleapis.com/tensorflow.serving.SignatureDefMap", ...inner };
    }
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
      const field = type.fields[key];
      const inner = field?.resolvedType;
      // The one message whose JSON names were forced to be the proto's.
      const name = key === "model_version_status" ? key : camelCase(key);
      if (!(inner instanceof protobuf.Type)) result[name] = item;
      else if (isMapEntry(inner)) {
        const entries = (item as { key?: string; value?: unknown }[]).map(
          ({ key: entryKey = "", value: entryValue }) => {
            const valueType = inner.fields["value"]?.resolvedType;
            const plain =
              valueType instanceof protobuf.Type ? this.fromWire(entryValue ?? {}, valueType) : entryValue;
            return [entryKey, plain] as const;
          },
        );
        result[name] = Object.fromEntries(entries);
      } else if (Array.isArray(item)) result[name] = item.map((one) => this.fromWire(one, inner));
      else result[name] = this.fromWire(item, inner);
    }
    return result;
  }
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** protobufjs reads the maps of a descriptor as lists of entries. */
function isMapEntry(type: protobuf.Type): boolean {
  return (
    type.name.endsWith("Entry") &&
    type.fieldsArray.length === 2 &&
    "key" in type.fields &&
    "value" in type.fields
  );
}

function toWire(value: unknown, type: protobuf.Type): unknown {
  if (type.name === "Int64Value") return { value };
  if (type.name === "Any") {
    const { "@type": url, value: text } = value as { "@type": string; value: string };
    return {
      type_url: url,
      value: Buffer.concat([Buffer.of(0x0a, text.length), Buffer.from(text)]).toString("base64"),
    };
  }
  const result: Record<string, unknown> = {};
  for (const field of type.fieldsArray) {
    const source =
      (value as Record<string, unknown>)[camelCase(field.name)] ??
      (value as Record<string, unknown>)[field.name];
    if (source === undefined) continue;
    const inner = field.resolvedType;
    if (!(inner instanceof protobuf.Type)) result[field.name] = source;
    else if (isMapEntry(inner)) {
      const valueType = inner.fields["value"]?.resolvedType;
      result[field.name] = Object.entries(source as object).map(([key, item]) => ({
        key,
        value: valueType instanceof protobuf.Type ? toWire(item, valueType) : item,
      }));
    } else if (Array.isArray(source)) result[field.name] = source.map((item) => toWire(item, inner));
    else result[field.name] = toWire(source, inner);
  }
  return result;
}
