export type { EnumSchema, FieldSchema, MessageSchema, ScalarType, SchemaSet } from "./schema.ts";
