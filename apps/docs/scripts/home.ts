import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareVersions, flagTable, supportedVersions } from "@servable/server-flags";
import { ansiToHtml } from "./ansi-to-html.ts";
import { escapeHtml } from "./markdown.ts";
import { runCli, withoutColours } from "./servable-cli.ts";

const BEFORE = `model_config_list {
  config {
    name: "resnet"
    base_path: "models/resnet"
    model_platform: "TensorFlow"
    model_version_policy {
      specific { versions: 010 }
    }
  }
}
`;

const AFTER = `model_config_list {
  config {
    name: "resnet"
    base_path: "/models/resnet"
    model_platform: "tensorflow"
    model_version_policy {
      specific { versions: 10 }
    }
  }
}
`;

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

/** What the home page shows. Fails the build if the example is no longer true. */
export async function homeData(ruleCount: number): Promise<Readonly<Record<string, string | number>>> {
  const folder = mkdtempSync(join(tmpdir(), "servable-home-"));
  try {
    const file = join(folder, "models.config");
    writeFileSync(file, AFTER);
    const clean = await runCli(["check", "models.config"], folder);
    if (clean.exitCode !== 0)
      throw new Error(`the mended example of the home page has findings:\n${clean.both}`);
    writeFileSync(file, BEFORE);
    const broken = await runCli(["check", "models.config", "--format", "json"], folder);
    const { diagnostics } = JSON.parse(broken.out) as { diagnostics: { line: number | null }[] };
    const shown = await runCli(["check", "models.config"], folder);
    if (shown.exitCode !== 1) throw new Error(`the broken example of the home page passes:\n${shown.both}`);
    const versions = [...supportedVersions].sort(compareVersions);
    return {
      beforeHtml: lines(BEFORE, (number) => diagnostics.some((each) => each.line === number), "bad"),
      afterHtml: lines(AFTER, (number, line) => line !== BEFORE.split("\n")[number - 1], "good"),
      outputHtml: ansiToHtml(shown.out.trimEnd()),
      outputText: withoutColours(shown.out),
      problems: diagnostics.length,
      problemsWord: NUMBERS[diagnostics.length] ?? String(diagnostics.length),
      ruleCount,
      flagCount: flagTable.length,
      firstVersion: versions[0] ?? "",
      lastVersion: versions.at(-1) ?? "",
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lines(text: string, marked: (number: number, line: string) => boolean, className: string): string {
  return text
    .trimEnd()
    .split("\n")
    .map(
      (line, index) =>
        `<span class="line${marked(index + 1, line) ? ` ${className}` : ""}">${escapeHtml(line)}</span>`,
    )
    .join("");
}
