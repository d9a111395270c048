import type protobuf from "protobufjs/light.js";

/** The value of a field in a message as protobufjs decodes it: what was written is its own, defaults are inherited. */
export function writtenValue(message: object, field: protobuf.Field): unknown {
  return Object.hasOwn(message, field.name) ? (message as Record<string, unknown>)[field.name] : undefined;
}
