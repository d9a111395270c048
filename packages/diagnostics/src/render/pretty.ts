import type { Diagnostic, Severity } from "../diagnostic.ts";
import { type Paint, plain } from "./paint.ts";
import { Locator, printable, type Report } from "./report.ts";

const MAX_FRAME_COLUMNS = 160;

const severityPaint = (severity: Severity, paint: Paint): string =>
  severity === "error"
    ? paint.red("error")
    : severity === "warning"
      ? paint.yellow("warning")
      : paint.blue("info");

/** The source line with carets below; long lines are cut around the place. */
function frame(diagnostic: Diagnostic, locator: Locator, paint: Paint): string[] {
  const { line, column, endLine, endColumn } = locator.locate(diagnostic);
  const index = locator.index(diagnostic.file);
  if (line === null || column === null || endLine === null || endColumn === null || index === undefined)
    return [];
  const text = index.lineText(line);
  const at = (diagnostic.span?.start ?? 0) - index.lineStart(line);
  // No more of a long line than can be shown is looked at.
  const cut = Math.max(0, at - 4 * MAX_FRAME_COLUMNS);
  let characters = [...text.slice(cut, at + 4 * MAX_FRAME_COLUMNS)];
  let from = cut === 0 ? column - 1 : [...text.slice(cut, at)].length;
  let width = endLine === line ? Math.max(1, endColumn - column) : Math.max(1, characters.length - from);
  let lead = "";
  if (characters.length > MAX_FRAME_COLUMNS) {
    const start = Math.max(0, Math.min(from - 40, characters.length - MAX_FRAME_COLUMNS));
    characters = characters.slice(start, start + MAX_FRAME_COLUMNS);
    from -= start;
    width = Math.min(width, Math.max(1, characters.length - from));
    lead = start > 0 || cut > 0 ? "…" : "";
  }
  const gutter = " ".repeat(String(line).length);
  const before = printable(characters.slice(0, from).join(""), true);
  const marked = printable(characters.slice(from, from + width).join(""), true);
  const after = printable(characters.slice(from + width).join(""), true);
  const indent = (lead + before).replace(/[^\t]/gu, " ");
  const carets = "^".repeat(Math.max(1, [...marked].length));
  return [
    `  ${paint.dim(`${line} |`)} ${lead}${before}${marked}${after}`,
    `  ${gutter} ${paint.dim("|")} ${indent}${paint.red(carets)}`,
  ];
}

function wrapped(label: string, text: string, paint: Paint): string[] {
  const [first, ...rest] = text.split("\n");
  return [
    `  ${paint.cyan(label)} ${printable(first ?? "")}`,
    ...rest.map((line) => `  ${" ".repeat(label.length)} ${printable(line)}`),
  ];
}

/** One diagnostic as lines of text. */
export function prettyDiagnostic(diagnostic: Diagnostic, locator: Locator, paint: Paint = plain): string {
  const { line, column } = locator.locate(diagnostic);
  const place =
    line === null ? printable(diagnostic.file) : `${printable(diagnostic.file)}:${line}:${column}`;
  const lines = [
    `${paint.bold(place)}: ${severityPaint(diagnostic.severity, paint)}: ${printable(diagnostic.message)}  ${paint.dim(`[${diagnostic.rule}]`)}`,
    ...frame(diagnostic, locator, paint),
  ];
  for (const related of diagnostic.related ?? []) {
    const at = locator.locate(
      related.span === undefined ? { file: related.file } : { file: related.file, span: related.span },
    );
    const where =
      at.line === null
        ? related.file
        : related.file === diagnostic.file
          ? `${at.line}:${at.column}`
          : `${related.file}:${at.line}:${at.column}`;
    lines.push(...wrapped("note:", `${related.message} (${where})`, paint));
  }
  if (diagnostic.help !== undefined && diagnostic.help !== "")
    lines.push(...wrapped("help:", diagnostic.help, paint));
  if (diagnostic.fix?.safety === "safe")
    lines.push(...wrapped("fix: ", `${diagnostic.fix.title} (servable check --fix)`, paint));
  return lines.join("\n");
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? "" : "s"}`;

const OUTCOMES = {
  serves: "the server would start and serve",
  "serves-partially": "the server would start, but serve only in part",
  exits: "the server would exit with an error",
  aborts: "the server would crash",
  hangs: "the server would stay up without opening its ports",
} as const;

/** The whole report for a terminal; ends with a line break. Notes (severity info) are only counted unless `notes`. */
export function renderPretty(
  report: Report,
  paint: Paint = plain,
  options: { readonly notes?: boolean } = {},
): string {
  const locator = new Locator(report.sources);
  const parts = report.diagnostics
    .filter(({ severity }) => options.notes === true || severity !== "info")
    .map((diagnostic) => `${prettyDiagnostic(diagnostic, locator, paint)}\n`);
  if (report.outcome !== undefined) {
    const good = report.outcome.prediction === "serves";
    const because = report.outcome.because.length === 0 ? "" : ` (${report.outcome.because.join(", ")})`;
    parts.push(
      `${(good ? paint.green : paint.red)(`prediction: ${OUTCOMES[report.outcome.prediction]}`)}${because}`,
    );
  }
  if (report.reload !== undefined) {
    const { accepted, wedges, loads, unloads, because } = report.reload;
    const versions = (list: typeof loads): string =>
      list.map(({ model, version }) => `${printable(model)}/${version}`).join(", ") || "nothing";
    parts.push(
      `${(accepted && !wedges ? paint.green : paint.red)(`reload: ${accepted ? "accepted" : "refused"}${wedges ? ", and the server would wait for ever" : ""}`)}${because.length === 0 ? "" : ` (${because.join(", ")})`}`,
      `  loads ${versions(loads)}; unloads ${versions(unloads)}`,
    );
  }
  const { files, models, versions, errors, warnings } = report.summary;
  const checked = [
    files > 0 ? count(files, "file") : "",
    models > 0 ? `${count(models, "model")} with ${count(versions, "version")}` : "",
  ].filter((text) => text !== "");
  const infos = report.diagnostics.filter(({ severity }) => severity === "info").length;
  const hint = options.notes === true ? "" : " (--notes shows them)";
  const noted = infos > 0 ? [`${count(infos, "note")}${hint}`] : [];
  const found = [count(errors, "error"), count(warnings, "warning"), ...noted].join(", ");
  const clean = ["no problems", ...noted].join(", ");
  const verdict = errors > 0 ? paint.red(found) : warnings > 0 ? paint.yellow(found) : paint.green(clean);
  parts.push(`${verdict} in ${checked.join(" and ") || "nothing"}`);
  return `${parts.join("\n")}\n`;
}
