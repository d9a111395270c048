import { FileSystemError } from "@servable/model-layout";
import { defineLintRule } from "../../finding.ts";
import { needsXla } from "../../start/needs-xla.ts";
import type { StartContext } from "../../start/start-context.ts";
import { loadStep } from "../../start/start-model.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/xla-allowed",
  summary: "XLA is allowed where a model needs it",
  severity: "error",
  effect: "request-fails",
  since: "2.5.0",
  why: "Without one of the XLA flags the server switches XLA compilation off: a model exported with `jit_compile=True` loads and fails at its first request (with warm-up data: at the load).",
  mend: "Give `--xla_cpu_compilation_enabled=true`.",
  evidence: ["tensorflow/serving model_servers/main.cc", "recorded starts x31-xla-off, x31-xla-on"],
  logTexts: ["XLA compilation disabled"],
  examples: {
    bad: [
      {
        files: {
          "<flags>": exampleFlags,
          "/models/m/1/saved_model.pbtxt": exampleModel({
            attributes: 'attr { key: "_XlaMustCompile" value { b: true } }',
          }),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": `${exampleFlags}\n--xla_cpu_compilation_enabled=true`,
          "/models/m/1/saved_model.pbtxt": exampleModel({
            attributes: 'attr { key: "_XlaMustCompile" value { b: true } }',
          }),
        },
      },
    ],
  },
  *check(context) {
    for (const model of context.models) {
      for (const version of model.versions) {
        const graph = version.saved?.metaGraph(version.settings.tags);
        if (graph === undefined || version.settings.xla || !needsXla(graph)) continue;
        yield {
          file: context.files.display(version.saved?.file ?? version.path),
          message: `version ${version.directory.version} of "${model.name}" needs XLA, which is off: its requests fail`,
          ...(version.settings.warmup && warmupBytes(context, version.path) > 0
            ? { load: "fails" as const, loadOf: { version, step: loadStep.warmup } }
            : {}),
        };
      }
    }
  },
});

/** Size of the version's warm-up file, 0 where there is none. */
function warmupBytes(context: StartContext, versionPath: string): number {
  try {
    const stat = context.files.fs.stat(`${versionPath}/assets.extra/tf_serving_warmup_requests`);
    return stat.kind === "file" ? stat.size : 0;
  } catch (error) {
    if (error instanceof FileSystemError) return 0;
    throw error;
  }
}
