import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
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
 * flags alone (folders of a container, other machines), which shows in its own rule not being named.
 */
export async function exampleOutput(rule: RuleMeta, example: RuleExample): Promise<string | undefined> {
  const { "<flags>": flags, ...texts } = example.files;
  const binaries = example.binaries ?? {};
  const sizes = example.sizes ?? {};
  const names = [...Object.keys(texts), ...Object.keys(binaries), ...Object.keys(sizes)];
  if (names.some((name) => name.includes(".."))) return undefined;
  // A script's absolute paths are the container's too: they cannot be moved into a folder of their own.
  const moved = new Set(names.flatMap((name) => /^\/[^/]+/.exec(name)?.[0] ?? []));
  if (moved.size > 0 && names.some((name) => /\.(sh|ya?ml)$/.test(name))) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "servable-example-"));
  const here = (text: string): string =>
    text.replace(/(?<![\w./-])\/[\w.-]+(?![\w.-])/g, (top) => (moved.has(top) ? `${folder}${top}` : top));
  const place = (name: string): string => {
    const path = join(folder, name);
    mkdirSync(name.endsWith("/") ? path : dirname(path), { recursive: true });
    return path;
  };
  try {
    for (const [name, text] of Object.entries(texts)) {
      const path = place(name);
      // A name with a slash at its end is an empty folder.
      if (!name.endsWith("/")) writeFileSync(path, here(text));
    }
    for (const [name, base64] of Object.entries(binaries)) writeFileSync(place(name), base64, "base64");
    for (const [name, size] of Object.entries(sizes)) {
      const path = place(name);
      writeFileSync(path, "");
      truncateSync(path, size);
    }
    const version = example.tfsVersion === undefined ? [] : ["--server-version", example.tfsVersion];
    const given =
      flags
        ?.split("\n")
        .filter((line) => line.trim() !== "")
        .map(here) ?? [];
    const server = given.length === 0 ? [] : ["--", ...given];
    const argv =
      texts["old.config"] !== undefined
        ? ["check", "new.config", "--against", "old.config", ...version, ...server]
        : flags !== undefined
          ? ["check", ...version, ...server]
          : ["check", ...version, ...new Set(names.map((name) => name.split("/")[0] ?? name))];
    const run = await runCli(argv, folder);
    const text = withoutColours(run.out);
    if (run.exitCode > 1 || !text.includes(rule.id)) return undefined;
    return ansiToHtml(run.out.replaceAll(`${folder}/`, moved.size > 0 ? "/" : "").trimEnd());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
