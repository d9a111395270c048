import type { FieldSchema } from "./schema.ts";

/** How a value stands in protobuf's wire format; without groups. */
export const VARINT = 0;
export const FIXED64 = 1;
export const LENGTH = 2;
export const FIXED32 = 5;

/** Wire type of one value of a field, not packed. */
export function wireTypeOf(field: FieldSchema): number {
  if (field.kind === "message") return LENGTH;
  switch (field.type) {
    case "string":
    case "bytes":
      return LENGTH;
    case "double":
    case "fixed64":
    case "sfixed64":
      return FIXED64;
    case "float":
    case "fixed32":
    case "sfixed32":
      return FIXED32;
    default:
      return VARINT;
  }
}
