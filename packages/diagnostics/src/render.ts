export { renderGithub } from "./render/github.ts";
export { renderJson } from "./render/json.ts";
export { renderJunit } from "./render/junit.ts";
export { coloured, type Paint, plain } from "./render/paint.ts";
export { prettyDiagnostic, renderPretty } from "./render/pretty.ts";
export {
  type Located,
  Locator,
  type Outcome,
  printable,
  type Reload,
  type Report,
  type Summary,
} from "./render/report.ts";
export { renderSarif, type SarifOptions } from "./render/sarif.ts";
export { xmlText } from "./render/xml-text.ts";
