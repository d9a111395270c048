/** The SavedModel messages for `saved_model.pbtxt` are among the linked types. */
export { schemas } from "./text-schema.ts";
