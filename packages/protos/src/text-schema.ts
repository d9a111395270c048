export { schemas } from "./generated/text-schema.ts";
