import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
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
  /** What happens to the folder before. */
  readonly before?: (folder: string) => void;
}

/** Commands that are run one after the other in one folder. */
interface Story {
  /** Fixtures of models, by where the pages have them. */
  readonly models: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  /** Files that the pages show, by snippet, with their language, once a step has made them. */
  readonly files?: Readonly<Record<string, readonly [step: string, path: string, language: string]>>;
}

const TUTORIAL: Story = {
  models: { "models/resnet": "resnet_v2_fp32_nhwc" },
  steps: [
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
  ],
  files: { spec: ["init", "servable.yaml", "yaml"] },
};

const MODELS: Story = {
  models: {
    "export/resnet": "resnet_v2_fp32_nhwc/1538687457",
    "export/resnet-uint8": "resnet_v2_uint8_nhwc/1",
    "models/iris": "keras_mlp_export",
  },
  steps: [
    { name: "publish-first", argv: ["publish", "./export/resnet", "models/resnet"], exitCode: 0 },
    { name: "publish", argv: ["publish", "./export/resnet", "models/resnet"], exitCode: 0 },
    { name: "diff", argv: ["diff", "models/resnet/1", "./export/resnet-uint8"], exitCode: 1 },
    { name: "warmup-write", argv: ["warmup", "write", "./export/resnet"], exitCode: 0 },
    { name: "warmup-check", argv: ["warmup", "check", "./export/resnet"], exitCode: 0 },
    {
      name: "publish-keep",
      argv: ["publish", "./export/resnet", "models/resnet", "--keep", "2"],
      exitCode: 0,
    },
    { name: "inspect", argv: ["inspect", "models/iris"], exitCode: 0 },
    { name: "check-models", argv: ["check", "models", "--level", "bytes"], exitCode: 0 },
    {
      name: "check-models-broken",
      argv: ["check", "models"],
      exitCode: 1,
      before: (folder) =>
        truncateSync(join(folder, "models/resnet/3/variables/variables.data-00000-of-00001"), 50_000),
    },
  ],
};

/**
 * Runs the commands of the tutorial and of the guides about models on copies of an image classifier, and returns what they
 * print by name. A step that ends otherwise than the pages say fails the build: they must not promise what the code does
 * not do.
 */
export async function transcripts(): Promise<Map<string, string>> {
  const snippets = new Map<string, string>();
  for (const story of [TUTORIAL, MODELS]) await tell(story, snippets);
  return snippets;
}

async function tell({ models, steps, files = {} }: Story, snippets: Map<string, string>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "servable-docs-"));
  try {
    for (const [path, fixture] of Object.entries(models))
      cpSync(join(root, "fixtures", "models", fixture), join(folder, path), { recursive: true });
    for (const { name, argv, exitCode, before } of steps) {
      before?.(folder);
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
      for (const [snippet, [step, path, language]] of Object.entries(files)) {
        if (step !== name) continue;
        const contents = readFileSync(join(folder, path), "utf8");
        snippets.set(snippet, `${fenced(contents, `${language} [${path}]`)}\n`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
