import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RuleExample, RuleMeta } from "@servable/diagnostics";
import { ansiToHtml } from "./ansi-to-html.ts";
import { runCli, withoutColours } from "./servable-cli.ts";

/** All that `servable rules` knows, by the CLI's own JSON. */
export async function allRules(): Promise<RuleMeta[]> {
  const run = await runCli(["rules", "--format", "json"], ".");
  if (run.exitCode !== 0) throw new Error(`servable rules failed: ${run.err}`);
  const listed = (
    JSON.parse(run.out) as { rules: (RuleMeta & { since: string | null; until: string | null })[] }
  ).rules;
  return listed.map(({ since, until, ...rule }) => ({
    ...rule,
    ...(since === null ? {} : { since }),
    ...(until === null ? {} : { until }),
  }));
}

/**
 * What `servable check` prints for an example, as HTML; undefined where the example cannot be checked as files and
 * flags alone (model folders, other machines), which shows in its own rule not being named.
 */
export async function exampleOutput(rule: RuleMeta, example: RuleExample): Promise<string | undefined> {
  const files = Object.entries(example.files).filter(([name]) => name !== "<flags>");
  const flags = example.files["<flags>"];
  if (files.some(([name]) => name.startsWith("/") || name.includes(".."))) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "servable-example-"));
  try {
    for (const [name, text] of files) {
      // A name with a slash at its end is an empty folder.
      mkdirSync(name.endsWith("/") ? join(folder, name) : dirname(join(folder, name)), { recursive: true });
      if (!name.endsWith("/")) writeFileSync(join(folder, name), text);
    }
    const argv =
      flags === undefined
        ? ["check", ...new Set(files.map(([name]) => name.split("/")[0] ?? name))]
        : ["check", "--", ...flags.split("\n").filter((line) => line.trim() !== "")];
    const run = await runCli(argv, folder);
    const text = withoutColours(run.out);
    if (run.exitCode > 1 || !text.includes(rule.id)) return undefined;
    return ansiToHtml(run.out.replaceAll(`${folder}/`, "").trimEnd());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
