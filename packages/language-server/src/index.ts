export { type Language, languageOf } from "./documents.ts";
export { serveLanguages, stdioConnection } from "./server.ts";
export type { HoverText, Offer } from "./text-features.ts";
