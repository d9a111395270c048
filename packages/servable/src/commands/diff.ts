import { printable } from "@servable/diagnostics/render";
import { diffVersions, ModelReadError } from "@servable/model-layout";
import { defineCommand, FORMAT_OPTION } from "../cli/command.ts";
import { absolute, shownPath } from "../cli/read-input.ts";
import { shownError } from "../cli/shown-error.ts";

const EFFECTS = {
  "breaks-clients": "breaks clients",
  "breaks-batching": "breaks batching",
  note: "note",
} as const;

/** Of variables that are gone, new or another only the first are listed: nobody calls them. */
const MOST_VARIABLES = 6;
/** What is said of all variables together. */
const SUMS = new Set(["values", "size"]);

export const command = defineCommand({
  name: "diff",
  summary: "what changed between two versions of a model, and whom it breaks",
  description:
    "Compares signatures, the features that Examples must have, variables, assets, warm-up, graph and tags of two version directories. Exit code 1 where a change would break clients (an input gone, another dtype or shape, a REST answer of another form) or batching (a first dimension that is fixed now).",
  positionals: [
    { name: "OLD", help: "version directory that clients know", required: true },
    { name: "NEW", help: "version directory that is to follow", required: true },
  ],
  options: [FORMAT_OPTION],
  examples: [{ line: "servable diff models/resnet/1 models/resnet/2", says: "before version 2 goes live" }],
  async run(context, args) {
    const [from = "", to = ""] = args.positionals;
    try {
      const diff = diffVersions(absolute(context, from), absolute(context, to));
      const breaks = diff.breaksClients || diff.breaksBatching;
      if (args.get("format") === "json") {
        context.out(
          `${JSON.stringify({ ...diff, from: shownPath(context, diff.from), to: shownPath(context, diff.to) }, null, 2)}\n`,
        );
        return breaks ? 1 : 0;
      }
      const paint = context.outPaint;
      const variables = diff.changes.filter(({ area }) => area === "variable");
      const hidden = new Set(variables.filter(({ subject }) => !SUMS.has(subject)).slice(MOST_VARIABLES));
      for (const { effect, subject, message } of diff.changes.filter((change) => !hidden.has(change))) {
        const colour = effect === "note" ? paint.blue : paint.red;
        context.out(
          `${colour(EFFECTS[effect].padEnd(15))}  ${paint.bold(printable(subject))}: ${printable(message)}\n`,
        );
      }
      if (hidden.size > 0) {
        const more = `${hidden.size} more variable${hidden.size === 1 ? " is" : "s are"} another; --format json names all`;
        context.out(`${paint.blue(EFFECTS.note.padEnd(15))}  ${more}\n`);
      }
      const verdict = diff.changes.length === 0 ? "no difference" : breaks ? "not compatible" : "compatible";
      context.out(`${(breaks ? paint.red : paint.green)(verdict)}\n`);
      return breaks ? 1 : 0;
    } catch (error) {
      if (!(error instanceof ModelReadError)) throw error;
      throw shownError(
        context,
        error,
        error.hint ?? "give two version directories, such as models/resnet/1 and models/resnet/2",
      );
    }
  },
});
