import { exampleCircumstances, type RuleMeta, UserError } from "@servable/diagnostics";
import { type Paint, printable } from "@servable/diagnostics/render";
import { type Explanation, explain, type Symptom } from "@servable/linter/registry";
import { filesReadable } from "../check/files-readable.ts";
import { defineCommand, FORMAT_OPTION } from "../cli/command.ts";
import { readInput } from "../cli/read-input.ts";

const EFFECTS = {
  fatal: "the server exits or crashes",
  hangs: "the server never opens its ports",
  "load-fails": "the version does not load",
  "request-fails": "the start is fine, requests fail",
  silent: "the server goes on without a word",
  degrades: "it works, but slower or dearer than meant",
  security: "something is open that should be closed",
} as const;

/** Keys and graphs in examples are long; nobody reads them to the end. */
const cut = (line: string): string => (line.length > 160 ? `${line.slice(0, 159)}…` : line);

function page(rule: RuleMeta, paint: Paint): string {
  const colour =
    rule.severity === "error" ? paint.red : rule.severity === "warning" ? paint.yellow : paint.blue;
  const lines = [
    `${paint.bold(rule.id)}  ${colour(rule.severity)}, ${EFFECTS[rule.effect]}`,
    rule.summary,
    "",
    paint.bold("Why"),
    `  ${rule.why.replaceAll("\n", "\n  ")}`,
    "",
    paint.bold("What to do"),
    `  ${rule.mend.replaceAll("\n", "\n  ")}`,
  ];
  if (rule.since !== undefined || rule.until !== undefined) {
    lines.push(
      "",
      `Holds for TensorFlow Serving ${rule.since === undefined ? "" : `from ${rule.since} `}${rule.until === undefined ? "" : `before ${rule.until}`}`.trimEnd(),
    );
  }
  for (const [title, examples] of [
    ["Bad", rule.examples?.bad],
    ["Good", rule.examples?.good],
  ] as const) {
    const [example] = examples ?? [];
    if (example === undefined) continue;
    const about = [example.title, ...exampleCircumstances(example)].filter((each) => each !== undefined);
    lines.push("", `${paint.bold(title)}${about.length === 0 ? "" : ` (${printable(about.join("; "))})`}`);
    for (const [file, text] of Object.entries(example.files)) {
      lines.push(
        `  ${paint.dim(file)}`,
        ...text
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => `    ${printable(cut(line), true)}`),
      );
    }
  }
  if (rule.logTexts !== undefined && rule.logTexts.length > 0) {
    lines.push(
      "",
      paint.bold("What the server prints"),
      ...rule.logTexts.map((text) => `  ${printable(text)}`),
    );
  }
  lines.push("", paint.bold("Source"), ...rule.evidence.map((text) => `  ${printable(text)}`));
  return `${lines.join("\n")}\n`;
}

/** A symptom that no rule sees beforehand. */
function cause(symptom: Symptom, paint: Paint): string {
  return [
    paint.bold(symptom.title),
    "",
    paint.bold("Why"),
    `  ${printable(symptom.cause)}`,
    "",
    paint.bold("What to do"),
    `  ${printable(symptom.remedy)}`,
    "",
  ].join("\n");
}

export const command = defineCommand({
  name: "explain",
  summary: "say what a rule or a pasted log line means",
  description:
    "With a rule's id: what it says, why it matters, a bad and a good example, and its source. With any other text, such as a line of the server's log or a client's error: the rules it speaks of. `-` reads standard input, so that a log can be piped in.",
  positionals: [
    {
      name: "RULE_OR_TEXT",
      help: "rule id, error text, log line, or - for standard input",
      required: true,
      repeatable: true,
    },
  ],
  options: [FORMAT_OPTION],
  examples: [
    { line: "servable explain batching/allowed-sizes-end-at-max", says: "a rule" },
    {
      line: "servable explain 'No versions of servable resnet found under base path /models/resnet'",
      says: "a log line",
    },
    { line: "docker logs tfs 2>&1 | servable explain -", says: "a whole log" },
  ],
  async run(context, args) {
    const text =
      args.positionals.length === 1 && args.positionals[0] === "-"
        ? new TextDecoder().decode(await readInput(context, "-"))
        : args.positionals.join(" ");
    const found: Explanation =
      text.trim() === filesReadable.id
        ? { exact: filesReadable, candidates: [], symptoms: [] }
        : explain(text);
    const rules = found.exact === undefined ? found.candidates.map(({ rule }) => rule) : [found.exact];
    const symptoms = found.symptoms.map(({ symptom }) => symptom);
    if (args.get("format") === "json") {
      context.out(
        `${JSON.stringify({ version: 1, rules: rules.map((rule) => ({ ...rule, docs: `rules/${rule.id}` })), symptoms }, null, 2)}\n`,
      );
      return rules.length === 0 && symptoms.length === 0 ? 1 : 0;
    }
    const paint = context.outPaint;
    const [first, ...others] = rules;
    if (first === undefined && symptoms.length === 0) {
      throw new UserError(
        "unknown-text",
        `no rule has or explains "${text.length > 120 ? `${text.slice(0, 120)}…` : text}"`,
        {
          hint: "`servable rules` lists all rules; paste the line of the log that names the error, without its time stamp",
          exitCode: 1,
        },
      );
    }
    context.out(
      first === undefined ? symptoms.map((symptom) => cause(symptom, paint)).join("\n") : page(first, paint),
    );
    if (others.length === 0) return 0;
    const likely = new Set(found.candidates.filter(({ asLikely }) => asLikely).map(({ rule }) => rule));
    const same = likely.has(rules[0] ?? filesReadable) ? others.filter((rule) => likely.has(rule)) : [];
    const rest = others.filter((rule) => !same.includes(rule)).slice(0, 8);
    for (const [title, list] of [
      ["The same text may also come from", same],
      ["Less likely", rest],
    ] as const) {
      if (list.length === 0) continue;
      const width = Math.max(...list.map(({ id }) => id.length));
      context.out(`\n${paint.bold(title)}\n`);
      for (const { id, summary } of list) context.out(`  ${id.padEnd(width)}  ${paint.dim(summary)}\n`);
    }
    context.out(`\n${paint.dim("`servable explain RULE` says more about each.")}\n`);
    return 0;
  },
});
