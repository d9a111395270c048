import { rules } from "@servable/linter/registry";
import { filesReadable } from "../check/files-readable.ts";
import { defineCommand, FORMAT_OPTION } from "../cli/command.ts";

export const command = defineCommand({
  name: "rules",
  summary: "list every rule",
  description:
    "Every rule of `servable check`: id, severity, what the server does about the mistake, and where the fact comes from.",
  positionals: [],
  options: [FORMAT_OPTION],
  examples: [
    { line: "servable rules", says: "one line a rule" },
    { line: "servable rules --format json", says: "all that is known about each" },
  ],
  async run(context, args) {
    const sorted = [...rules, filesReadable].sort((a, b) => (a.id < b.id ? -1 : 1));
    if (args.get("format") === "json") {
      context.out(
        `${JSON.stringify({ version: 1, rules: sorted.map(({ id, summary, severity, effect, since, until, why, mend, evidence, logTexts, symptoms, fixable, examples }) => ({ id, summary, severity, effect, since: since ?? null, until: until ?? null, why, mend, evidence, logTexts: logTexts ?? [], symptoms: symptoms ?? [], fixable: fixable ?? false, examples: examples ?? { bad: [], good: [] }, docs: `rules/${id}` })) }, null, 2)}\n`,
      );
      return 0;
    }
    const paint = context.outPaint;
    const width = Math.max(...sorted.map(({ id }) => id.length));
    for (const { id, severity, effect, summary } of sorted) {
      const colour = severity === "error" ? paint.red : severity === "warning" ? paint.yellow : paint.blue;
      context.out(
        `${paint.bold(id.padEnd(width))}  ${colour(severity.padEnd(7))}  ${effect.padEnd(13)}  ${summary}\n`,
      );
    }
    return 0;
  },
});
