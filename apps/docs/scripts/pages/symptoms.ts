import type { RuleMeta } from "@servable/diagnostics";
import type { Symptom } from "@servable/linter/registry";
import { code, fenced, pageStart, prose, sentence, table } from "../markdown.ts";
import type { Page } from "./page.ts";

/** First row of each area; the numbers are stable. */
const AREAS: readonly (readonly [number, string])[] = [
  [1, "Model folders and exports"],
  [18, "Flags and files"],
  [42, "Requests and clients"],
  [57, "Batching"],
  [67, "Life cycle and operations"],
];

const MEANS: Readonly<Record<string, string>> = {
  S: "`servable check`, before a start",
  M: "`servable smoke`, against a started server",
  B: "a load run",
  P: "a look at the machine",
};

export const symptomAnchor = (row: number): string => `symptom-${row}`;

/** One heading a symptom, so that the search of the site leads to it by its message; and which rules catch it. */
export function symptomsPage(symptoms: readonly Symptom[], rules: readonly RuleMeta[]): Page {
  const rulesOf = (row: number): RuleMeta[] =>
    rules.filter((rule) => rule.symptoms?.includes(row) === true).sort((a, b) => (a.id < b.id ? -1 : 1));
  const covered = symptoms.filter((symptom) => rulesOf(symptom.row).length > 0).length;
  const inFiles = symptoms.filter((symptom) => /s/i.test(symptom.catch)).length;
  const sections = AREAS.map(([from, title], index) => {
    const to = AREAS[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    const members = symptoms.filter((symptom) => symptom.row >= from && symptom.row < to);
    return [`## ${title}`, ...members.map((symptom) => section(symptom, rulesOf(symptom.row)))].join("\n\n");
  });
  const overview = AREAS.map(([from, title], index) => {
    const to = AREAS[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
    const members = symptoms.filter((symptom) => symptom.row >= from && symptom.row < to);
    const caught = members.filter((symptom) => rulesOf(symptom.row).length > 0).length;
    return [title, String(members.length), String(caught)];
  });
  const markdown = `${pageStart("Symptoms", { outline: [2, 2] })}
# Symptoms

${symptoms.length} things that users of TensorFlow Serving run into, from issue threads and from the server's sources. ${inFiles} of them can be
seen in files and flags, at least in part, before a server starts; rules of ${code("servable check")} catch ${covered}. The search of this
site finds them by their messages, and so does ${code("servable explain '…'")}.

${table(["area", "symptoms", "with a rule"], overview)}

${sections.join("\n\n")}
`;
  return { path: "reference/symptoms.md", markdown };
}

function section(symptom: Symptom, rules: readonly RuleMeta[]): string {
  const parts = [
    `### ${symptom.row}. ${prose(sentence(symptom.title).replace(/\.$/, ""))} {#${symptomAnchor(symptom.row)}}`,
  ];
  if (symptom.texts.length > 0) parts.push(fenced(symptom.texts.join("\n"), "text"));
  parts.push(
    `**Cause:** ${prose(sentence(symptom.cause))}`,
    `**Remedy:** ${prose(sentence(symptom.remedy))}`,
  );
  const links = rules.map((rule) => `[${code(rule.id)}](../rules/${rule.id}.md)`);
  const means = [...symptom.catch].flatMap((letter) => {
    const text = MEANS[letter.toUpperCase()];
    if (text === undefined || (letter.toUpperCase() === "S" && links.length > 0)) return [];
    return [`${prose(text)}${letter === letter.toLowerCase() ? " (in part)" : ""}`];
  });
  const found = [...links, ...means];
  parts.push(
    `**Found by:** ${found.length === 0 ? "nothing here; it is not a matter of configuration" : found.join(", ")}.`,
  );
  return parts.join("\n\n");
}
