export { applyFixes } from "./apply-fixes.ts";
export {
  type Diagnostic,
  type Effect,
  type Fix,
  FLAGS_FILE,
  type Related,
  type Severity,
  type SourceTexts,
  type Span,
  sortDiagnostics,
  type TextEdit,
} from "./diagnostic.ts";
export { exampleCircumstances } from "./example-circumstances.ts";
export { LineIndex, type Position } from "./line-index.ts";
export {
  defineRule,
  type Finding,
  type Rule,
  type RuleExample,
  type RuleMeta,
  runRules,
} from "./rule.ts";
export { editDistance, nearest } from "./suggest.ts";
export { type ExitCode, UserError } from "./user-error.ts";
