import { checkSpecText, specRules } from "@servable/config-schema";
import type { Diagnostic } from "@servable/diagnostics";
import { textProtoRules } from "@servable/text-proto";
import { describe, expect, it } from "vitest";
import { checkManifest } from "../src/manifests.ts";
import { lintRules, rules } from "../src/registry.ts";
import { checkTextProto, detectKind } from "../src/text-proto.ts";
import { expectFixLaws } from "./fix-laws.ts";

/** How the CLI checks a file of that name, by itself. */
function checkerOf(file: string, text: string): ((text: string) => readonly Diagnostic[]) | undefined {
  if (/^servable\.ya?ml$/.test(file)) return (source) => checkSpecText(source, { file });
  if (/\.(sh|ya?ml)$/.test(file)) {
    return (source) => checkManifest(source, { file, path: `/${file}`, cwd: "/" }).diagnostics;
  }
  const kind = detectKind(file, text);
  return kind === undefined ? undefined : (source) => checkTextProto(source, { file, kind });
}

const examples = [...lintRules, ...textProtoRules, ...specRules].flatMap((rule) =>
  [...(rule.examples?.bad ?? []), ...(rule.examples?.good ?? [])].flatMap((example, index) =>
    Object.entries(example.files).flatMap(([file, text]) => {
      if (file === "<flags>") {
        // Flags can be mended where they are written down.
        const list = text.split("\n");
        const words = list.map((flag) => (/^[\w@%+=:,./-]+$/.test(flag) ? flag : `'${flag}'`));
        const script = `# start\ntensorflow_model_server ${words.join(" \\\n  ")}\n# end\n`;
        const items = list.map((flag) => `            - ${JSON.stringify(flag)}\n`).join("");
        const manifest = `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: tfs }\nspec:\n  template:\n    spec:\n      containers:\n        - name: tfs\n          image: tensorflow/serving:2.17.1\n          args: # the server's\n${items}`;
        return [
          [`${rule.id} ${index} run.sh`, "run.sh", script] as const,
          [`${rule.id} ${index} tfs.yaml`, "tfs.yaml", manifest] as const,
        ];
      }
      return [[`${rule.id} ${index} ${file}`, file, text] as const];
    }),
  ),
);

describe("safe fixes of every example", () => {
  let fixes = 0;
  it.each(examples)("%s", (_, file, text) => {
    const check = checkerOf(file, text);
    if (check === undefined) return;
    fixes += expectFixLaws(text, check, file);
    // Comments around and behind every line, and other line ends.
    if (!/\.(sh|ya?ml)$/.test(file) && !/\n\s*\n/.test(text)) {
      const commented = text
        .split("\n")
        .map((line) => (line === "" || /["'][^"']*$/.test(line) ? line : `${line} # why ${line.length}`))
        .join("\n");
      fixes += expectFixLaws(commented, check, file);
      fixes += expectFixLaws(text.replaceAll("\n", "\r\n"), check, file);
    }
  });
  it("are there for every rule that says fixable", () => {
    expect(fixes).toBeGreaterThan(40);
    const seen = new Set<string>();
    for (const [, file, text] of examples) {
      for (const { rule, fix } of checkerOf(file, text)?.(text) ?? []) {
        if (fix?.safety === "safe") seen.add(rule);
      }
    }
    const claimed = lintRules.filter(({ fixable }) => fixable === true).map(({ id }) => id);
    expect(claimed.filter((id) => !seen.has(id))).toEqual([]);
    expect(
      [...seen].filter((id) => rules.find((rule) => rule.id === id)?.fixable !== true),
      "fixes of rules that do not say so",
    ).toEqual([]);
  });
});
