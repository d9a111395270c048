import { compareVersions } from "@servable/server-flags";
import { schemeSupported } from "../../base-path.ts";
import { defineLintRule, type Fate, stage } from "../../finding.ts";
import { placeOfFlag } from "../../flags-context.ts";
import type { TextProtoKind } from "../../kinds.ts";
import type { StartContext } from "../../start/start-context.ts";

/** What a file that the server cannot read or parse does to the start. */
export function unreadableFate(kind: TextProtoKind, version: string): Fate | undefined {
  const old = compareVersions(version, "1.15.0-rc0") < 0;
  switch (kind) {
    case "model-server-config":
      return { stage: stage.modelConfigFile, prediction: old ? "aborts" : "exits" };
    case "batching-parameters":
      return { stage: stage.batchingFile, prediction: old ? "aborts" : "exits" };
    case "session-config":
      return { stage: stage.sessionFile, prediction: "exits" };
    case "platform-config":
      return { stage: stage.platformFile, prediction: old ? "aborts" : "exits" };
    case "thread-pool-config":
      return { stage: stage.threadPoolFile, prediction: "exits" };
    case "ssl-config":
      return { stage: stage.sslFile, prediction: "aborts" };
    case "monitoring-config":
      return { stage: stage.monitoringFile, prediction: old ? "aborts" : "serves-partially" };
    // A version's own batching file: the load fails, not the start as such.
    case "per-model-batching":
      return undefined;
  }
}

const consequence: Readonly<Record<Fate["prediction"], string>> = {
  exits: "the server exits with 255",
  aborts: "the server aborts once the models are loaded",
  "serves-partially": "gRPC serves, but REST never opens, config polling stops, and nothing is logged",
  hangs: "the start hangs",
};

export const rule = defineLintRule<StartContext>({
  id: "start/file-readable",
  summary: "every file that a flag names can be read",
  severity: "error",
  effect: "fatal",
  why: "A missing file, or a folder in its place, ends the start with 255; the TLS file aborts it after all models were loaded; a missing monitoring file leaves gRPC serving without REST, metrics and config polling, and nothing on stderr.",
  mend: "Correct the path; inside a container it is the path of the mount, not of the host.",
  evidence: [
    "tensorflow/serving model_servers/server.cc, util/proto_util.h",
    "recorded starts bat-missing, cfg-dir, x17-mon-missing, x18-ssl-missing",
  ],
  logTexts: [
    "NOT_FOUND: …; No such file or directory",
    "NOT_FOUND: …; No such device",
    "Failed to read ModelServerConfig file: …",
    "Non-OK-status: ParseProtoTextFile<SSLConfig>(ssl_config_file, &ssl_config)",
  ],
  symptoms: [29],
  examples: {
    bad: [{ files: { "<flags>": "--rest_api_port=8501\n--model_config_file=models.config" } }],
    good: [
      {
        files: {
          "<flags>":
            "--rest_api_port=8501\n--file_system_poll_wait_seconds=60\n--model_config_file=models.config",
          "models.config":
            'model_config_list { config { name: "a" base_path: "gs://m/a" model_platform: "tensorflow" } }\n',
        },
      },
    ],
  },
  *check(context) {
    for (const named of context.named) {
      const { file } = named;
      if (file.state === "ok") continue;
      const place = placeOfFlag(context, named.flag);
      if (file.state === "elsewhere") {
        if (file.where.kind === "unmounted") {
          yield {
            ...place,
            severity: "warning",
            message: `--${named.flag}=${named.given} lies under no mount of the container: it must be part of the image`,
          };
        }
        if (file.where.kind === "remote" && !schemeSupported(file.where.scheme, context.flags.version)) {
          const fate = unreadableFate(named.kind, context.flags.version);
          yield {
            ...place,
            message: `the stock server ${context.flags.version} cannot read ${file.where.scheme}:// paths: --${named.flag}=${named.given}`,
            ...(fate === undefined ? {} : { fate }),
          };
        }
        continue;
      }
      const fate = unreadableFate(named.kind, context.flags.version);
      yield {
        ...place,
        message: `--${named.flag}: ${
          file.state === "missing"
            ? `${named.given} does not exist`
            : file.state === "directory"
              ? `${named.given} is a folder`
              : `${named.given} cannot be read (${file.code})`
        }; ${fate === undefined ? "" : consequence[fate.prediction]}`,
        ...(fate === undefined ? {} : { fate }),
      };
    }
  },
});
