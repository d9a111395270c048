// Made by scripts/generate.ts from proto/config: edit those files instead.
import type { SchemaSet } from "@servable/text-proto";

export const schemas: SchemaSet = {
 "messages": {},
 "enums": {}
};
