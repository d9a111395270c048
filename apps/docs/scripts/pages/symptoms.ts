import type { RuleMeta } from "@servable/diagnostics";
import { code, pageStart, prose, table } from "../markdown.ts";
import type { Page } from "./page.ts";

/** How a mistake can be found: from files alone, by a started server, under load, or by looking at the host. */
export type Means = "files" | "smoke" | "load" | "host";

/** One row of the table of symptoms. `files` in `by` means reliably; `partly` weakens all of them. */
export interface Symptom {
  readonly row: number;
  readonly area: string;
  /** What a user sees; quoted texts are the server's or the client's own. */
  readonly seen: string;
  readonly by: readonly Means[];
  /** The rules catch some forms of it only. */
  readonly partly?: true;
}

const MEANS: Readonly<Record<Means, string>> = {
  files: "`servable check`",
  smoke: "`servable smoke`",
  load: "a load run",
  host: "the host",
};

export const symptomAnchor = (row: number): string => `symptom-${row}`;

/** The table: each symptom with the rules that say they catch it. */
export function symptomsPage(symptoms: readonly Symptom[], rules: readonly RuleMeta[]): Page {
  const rulesOf = (row: number): RuleMeta[] =>
    rules.filter((rule) => rule.symptoms?.includes(row) === true).sort((a, b) => (a.id < b.id ? -1 : 1));
  const areas = [...new Set(symptoms.map((symptom) => symptom.area))];
  const covered = symptoms.filter((symptom) => rulesOf(symptom.row).length > 0).length;
  const inFiles = symptoms.filter((symptom) => symptom.by.includes("files")).length;
  const sections = areas.map((area) => {
    const rows = symptoms
      .filter((symptom) => symptom.area === area)
      .map((symptom) => [
        `<span id="${symptomAnchor(symptom.row)}">${symptom.row}</span>`,
        prose(symptom.seen),
        caughtBy(symptom, rulesOf(symptom.row)),
      ]);
    return `## ${area}\n\n${table(["no.", "what you see", "found by"], rows)}`;
  });
  const markdown = `${pageStart("Symptoms")}
# Symptoms

${symptoms.length} things that users of TensorFlow Serving run into, from issue threads and from the server's sources. ${inFiles} of them can be
seen in files and flags before a server starts; rules of ${code("servable check")} name ${covered} today. Paste a text into
${code("servable explain '…'")} to get from it to the rule.

${sections.join("\n\n")}
`;
  return { path: "reference/symptoms.md", markdown };
}

function caughtBy(symptom: Symptom, rules: readonly RuleMeta[]): string {
  const links = rules.map((rule) => `[${code(rule.id)}](../rules/${rule.id}.md)`);
  const others = symptom.by
    .filter((means) => means !== "files" || links.length === 0)
    .map((means) => prose(MEANS[means]));
  const all = [...links, ...others];
  if (all.length === 0) return "nothing yet";
  return `${all.join(", ")}${symptom.partly === true ? " (in part)" : ""}`;
}
