import type { SchemaSet } from "@servable/text-proto";
import { packed } from "./generated/text-schema.ts";
import { unpackSchemas } from "./unpack-schemas.ts";

/**
 * Messages of TensorFlow Serving 2.17.1 for the text format: the configuration messages, and all others that the model
 * server links and that a text may therefore name inside a `google.protobuf.Any`.
 */
export const schemas: SchemaSet = /* @__PURE__ */ unpackSchemas(packed);
