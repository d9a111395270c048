/** Schemas of SavedModel, GraphDef, variables.index entries and warm-up records, for the text format and for readers driven by tables. */
export { schemas } from "./generated/saved-model-schema.ts";
