import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ansiToHtml } from "./ansi-to-html.ts";
import { fenced } from "./markdown.ts";
import { terminal } from "./pages/rules.ts";
import { runCli } from "./servable-cli.ts";

const root = resolve(import.meta.dirname, "..", "..", "..");

interface Step {
  readonly name: string;
  readonly argv: readonly string[];
  readonly exitCode: number;
}

const STEPS: readonly Step[] = [
  { name: "init", argv: ["init", "models/resnet", "--yes", "--cores", "4", "--batching"], exitCode: 0 },
  { name: "generate", argv: ["generate"], exitCode: 0 },
  { name: "check", argv: ["check"], exitCode: 0 },
  {
    name: "check-broken",
    argv: [
      "check",
      "--",
      "--model_name=resnet",
      "--model_base_path=$PWD/models/resnet",
      "--rest_api_port=8501",
      "--enable-batching=true",
    ],
    exitCode: 1,
  },
  { name: "verify", argv: ["verify"], exitCode: 0 },
];

/**
 * Runs the tutorial on a copy of an image classifier and returns its snippets by name. A step that ends otherwise
 * than the tutorial says fails the build: the page must not promise what the code does not do.
 */
export async function transcripts(): Promise<Map<string, string>> {
  const snippets = new Map<string, string>();
  const folder = mkdtempSync(join(tmpdir(), "servable-tutorial-"));
  try {
    mkdirSync(join(folder, "models"));
    cpSync(join(root, "fixtures", "models", "resnet_v2_fp32_nhwc"), join(folder, "models", "resnet"), {
      recursive: true,
    });
    for (const { name, argv, exitCode } of STEPS) {
      const run = await runCli(
        argv.map((argument) => argument.replace("$PWD", folder)),
        folder,
      );
      if (run.exitCode !== exitCode) {
        throw new Error(
          `servable ${argv.join(" ")} ended with ${run.exitCode}, not ${exitCode}:\n${run.both}`,
        );
      }
      const text = run.both.replaceAll(`${folder}/`, "").replaceAll(folder, ".").trimEnd();
      snippets.set(name, `${terminal(`servable ${argv.join(" ")}`, ansiToHtml(text))}\n`);
      if (name === "init") {
        snippets.set(
          "spec",
          `${fenced(readFileSync(join(folder, "servable.yaml"), "utf8"), "yaml [servable.yaml]")}\n`,
        );
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return snippets;
}
