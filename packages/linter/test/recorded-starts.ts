import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sharedFixture } from "@servable/test-fixtures";
import { checkStart, type StartCheck } from "../src/index.ts";
import { inMemory, materialise, type ScenarioFile, substitute } from "./materialise.ts";

/** A line of fixtures/server/startup.jsonl. */
export interface RecordedStart {
  readonly id: string;
  readonly description: string;
  readonly flags: string[];
  readonly files: Record<string, ScenarioFile>;
  readonly occupied_ports?: string[];
  readonly outcome: string;
  readonly effect: "ok" | "silent" | "loud" | "fatal" | "crash" | "hang" | "request-fails" | "clean-exit";
  /** Numbers of the facts in the reference that the start was made to try. */
  readonly fact?: string;
  readonly stdout_key_lines: string[];
  readonly stderr_key_lines: string[];
  readonly requests?: { readonly response: unknown }[];
}

export const recordedStarts = (): RecordedStart[] =>
  readFileSync(sharedFixture("server", "startup.jsonl"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RecordedStart);

/** Judges a recorded start from its flags and files, in `root` where memory will not do. */
export function checkRecorded(scenario: RecordedStart, root: string): StartCheck {
  const at = { dir: join(root, scenario.id), port: 18500, rest: 18501 };
  const fs = inMemory(scenario.files, at);
  if (fs === undefined) materialise(scenario.files, at);
  const takenPorts = new Set(
    (scenario.occupied_ports ?? []).map((port) => (port === "PORT" ? at.port : at.rest)),
  );
  return checkStart({
    argv: scenario.flags.map((flag) => substitute(flag, at)),
    tfsVersion: "2.17.1",
    cwd: at.dir,
    takenPorts,
    cpus: 2,
    ...(fs === undefined ? {} : { fs }),
  });
}

const complaint = /^[EWF] |^unknown argument|^Failed to start|^\[libprotobuf ERROR|Taking no action/;

/**
 * What the record itself says about the cause: the server's errors, warnings and fatal checks, the line about unknown
 * arguments, and for starts whose requests fail the texts of the failures.
 */
export function recordedMessages(scenario: RecordedStart): string[] {
  const found = [...scenario.stdout_key_lines, ...scenario.stderr_key_lines].filter((line) =>
    complaint.test(line),
  );
  if (scenario.effect === "request-fails") {
    for (const { response } of scenario.requests ?? []) found.push(...failures(response));
  }
  return [...new Set(found)];
}

/** Messages of failed calls, also of several sent side by side. */
function failures(response: unknown): string[] {
  if (Array.isArray(response)) return response.flatMap(failures);
  if (typeof response !== "object" || response === null) return [];
  const { code, message, http, body } = response as Readonly<Record<string, unknown>>;
  if (typeof code === "string" && code !== "OK" && typeof message === "string") return [message];
  return typeof http === "number" && http >= 400 && typeof body === "string" ? [body] : [];
}

/**
 * Starts that say nothing about what is wrong, and the rule for what their description and numbered fact tell. All
 * others are held to their own messages.
 */
export const causesWithoutMessage: Readonly<Record<string, string>> = {
  "flag-norest": "flags/rest-is-on",
  "rest-port-0": "flags/rest-is-on",
  "float-over1": "flags/gpu-memory-fraction",
  "float-neg": "flags/gpu-memory-fraction",
  "float-nan": "flags/gpu-memory-fraction",
  help: "flags/help-does-not-start",
  "version-true": "flags/help-does-not-start",
  "version-unknown": "flags/help-does-not-start",
  "version-x1": "flags/help-does-not-start",
  "x4-config-and-name": "flags/config-file-replaces-model-flags",
  "x7-rest-over-65535": "flags/rest-port-range",
  "x7-rest-65536": "flags/rest-port-range",
  "x10-permodel-no-batching": "flags/per-model-batching-needs-enable-batching",
  "x11-permodel-none": "start/per-model-file-present",
  "x11-permodel-none-pad": "start/per-model-file-present",
  "x11-permodel-wrong-dir": "start/per-model-file-present",
  "x11-permodel-threads": "batching/pool-is-the-servers",
  "x11-permodel-global-bad": "batching/sizes-are-the-versions",
  "x11-permodel-mbs0": "batching/max-batch-size-positive",
  "x12-warmup-off": "platform/warmup-stays-on",
  "x12-x9-not-checked": "flags/platform-config-silences-flags",
  "x12-x15-not-checked": "flags/platform-config-silences-flags",
  "x12-session-file-missing": "flags/platform-config-silences-flags",
  "x12-tags-ignored": "flags/platform-config-silences-flags",
  "x13-session-file": "session/threads-come-from-flags",
  "x14-inter-37-session-2": "flags/parallelism-both-sides",
  "x15-huge": "flags/parallelism-in-range",
  "x16-mon-no-rest": "flags/monitoring-needs-rest",
  "x17-mon-missing": "start/file-readable",
  "mon-rest-taken": "start/file-readable",
  "mon-half-dead-poll": "start/file-readable",
  "x19-ssl-rest": "flags/ssl-leaves-rest-open",
  "x20-poll-no-config": "flags/config-poll-needs-config-file",
  "x23-rest-threads-1": "flags/rest-threads",
  "x25-fspoll-neg": "flags/poll-not-negative",
  "x36-tflite-num": "flags/tflite-flags-need-prefer",
  "x37-warmup-iter-off": "flags/warmup-iterations",
  "fv-skip-tpu": "flags/tpu-flag-in-tpu-build",
  "bat-comment": "batching/file-sets-something",
  "bat-blank": "batching/file-sets-something",
  "bat-hex": "text-proto/decimal-numbers",
  "bat-mbs-0": "batching/max-batch-size-positive",
  "bat-mbs-neg": "batching/sizes-not-negative",
  "bat-enq-0": "batching/queue-not-empty",
  "bat-enq-0-split": "batching/queue-not-empty",
  "bat-enq-neg": "batching/sizes-not-negative",
  "bat-abs-unordered": "batching/allowed-sizes-ascending",
  "bat-abs-over-then-last": "batching/allowed-sizes-in-range",
  "bat-abs-dup": "batching/allowed-sizes-ascending",
  "bat-abs-zero": "batching/allowed-sizes-in-range",
  "bat-split-exec-over": "batching/execution-within-max",
  "bat-split-false-exec": "batching/execution-needs-splitting",
  "cfg-same-base": "model-config/base-path-own",
  "cfg-empty-list": "model-config/serves-something",
  "pol-latest-0": "model-config/latest-positive",
  "pol-specific-octal": "text-proto/decimal-numbers",
  "pol-specific-hex": "text-proto/decimal-numbers",
  "lab-repeat-key": "text-proto/map-key-once",
  "lab-empty-key": "model-config/label-name",
  "mon-disabled": "monitoring/does-something",
  "mon-comment": "monitoring/does-something",
  "mon-path-slash": "monitoring/path-matches",
  "mon-path-hides": "monitoring/path-not-rest",
  "bp-saved-model-and-version": "start/base-path-above-versions",
  "bp-v-prefix-mixed": "start/version-names",
  "bp-neg": "start/version-name-plain",
  "bp-blank": "start/version-name-plain",
  "bp-blank-after": "start/version-name-plain",
  "bm-assets-missing": "assets/files-exist",
  "wu-iter-neg": "flags/warmup-iterations",
  "wu-0bytes": "warmup/records-fit-signatures",
  "wu-short": "warmup/records-are-framed",
  "wu-empty-log": "warmup/records-fit-signatures",
  "wu-wrong-model": "warmup/records-fit-signatures",
  "wu-wrong-version": "warmup/records-fit-signatures",
};
