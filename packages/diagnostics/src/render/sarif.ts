import type { RuleMeta } from "../rule.ts";
import { isFixable, Locator, type Report } from "./report.ts";

const LEVELS = { error: "error", warning: "warning", info: "note" } as const;

export interface SarifOptions {
  readonly version: string;
  /** Metadata of the rules that occur; rules without are listed by id alone. */
  readonly rules: readonly RuleMeta[];
}

/** A relative path as a URI reference; `%` and what URIs forbid are escaped, slashes kept. */
function uri(path: string): string {
  const escaped = path.toWellFormed().split("/").map(encodeURIComponent).join("/");
  // A first segment with a colon would read as a scheme.
  return /^[^/]*%3A/.test(escaped) ? `./${escaped}` : escaped;
}

/** SARIF 2.1.0. Columns count Unicode code points, as everywhere in servable. */
export function renderSarif(report: Report, options: SarifOptions): string {
  const locator = new Locator(report.sources);
  const known = new Map(options.rules.map((rule) => [rule.id, rule]));
  const ids = [...new Set(report.diagnostics.map(({ rule }) => rule))].sort();
  const text = (value: string): { text: string } => ({ text: value });
  const document = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "servable",
            semanticVersion: options.version,
            informationUri: "https://www.npmjs.com/package/servable",
            rules: ids.map((id) => {
              const meta = known.get(id);
              return {
                id,
                ...(meta === undefined
                  ? {}
                  : {
                      shortDescription: text(meta.summary),
                      fullDescription: text(meta.why),
                      help: text(meta.mend),
                      defaultConfiguration: { level: LEVELS[meta.severity] },
                      properties: { tags: [meta.effect] },
                    }),
              };
            }),
          },
        },
        columnKind: "unicodeCodePoints",
        originalUriBaseIds: { SRCROOT: { description: text("the folder in which servable ran") } },
        results: report.diagnostics.map((diagnostic) => {
          const { line, column, endLine, endColumn } = locator.locate(diagnostic);
          const artifactLocation = { uri: uri(diagnostic.file), uriBaseId: "SRCROOT" };
          return {
            ruleId: diagnostic.rule,
            ruleIndex: ids.indexOf(diagnostic.rule),
            level: LEVELS[diagnostic.severity],
            message: text(
              diagnostic.help === undefined
                ? diagnostic.message
                : `${diagnostic.message}\n${diagnostic.help}`,
            ),
            locations: [
              {
                physicalLocation: {
                  artifactLocation,
                  ...(line === null
                    ? {}
                    : { region: { startLine: line, startColumn: column, endLine, endColumn } }),
                },
              },
            ],
            properties: { fixable: isFixable(diagnostic) },
          };
        }),
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
