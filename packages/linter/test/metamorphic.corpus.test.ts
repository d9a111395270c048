import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FlagName, flagTable, parseServerFlags } from "@servable/server-flags";
import { sharedFixture } from "@servable/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { checkStart, type StartCheck } from "../src/index.ts";
import { lintTextProto, textProtoKinds } from "../src/text-proto.ts";
import { inMemory, materialise, type ScenarioFile, substitute } from "./materialise.ts";

/*
 * Recorded starts changed in ways that the facts say keep the outcome, or change it in a known way: the prediction must
 * follow from rules, not from what the recordings happen to look like.
 */

interface Scenario {
  id: string;
  flags: string[];
  files: Record<string, ScenarioFile>;
  occupied_ports?: string[];
  outcome: string;
}

/** A start that is about to be made: like a scenario, with its folder's name and ports. */
interface Start {
  readonly flags: readonly string[];
  readonly files: Readonly<Record<string, ScenarioFile>>;
  readonly folder: string;
  readonly port: number;
  readonly rest: number;
}

const scenarios: Scenario[] = readFileSync(sharedFixture("server", "startup.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Scenario);

const root = mkdtempSync(join(tmpdir(), "meta-"));
afterAll(() => rmSync(root, { recursive: true, force: true }), 120_000);
let made = 0;

function predict(start: Start, occupied: readonly string[] = []): StartCheck {
  const at = { dir: join(root, String(made++), start.folder), port: start.port, rest: start.rest };
  const fs = inMemory(start.files, at);
  if (fs === undefined) materialise(start.files, at);
  return checkStart({
    argv: start.flags.map((flag) => substitute(flag, at)),
    tfsVersion: "2.17.1",
    cwd: at.dir,
    takenPorts: new Set(occupied.map((port) => (port === "PORT" ? at.port : at.rest))),
    cpus: 2,
    ...(fs === undefined ? {} : { fs }),
  });
}

/** Numbers that depend on nothing but the seed. */
function dice(seed: string): (below: number) => number {
  let state = [...seed].reduce((sum, char) => Math.imul(sum, 31) + (char.codePointAt(0) ?? 0), 7) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const names = new Map(flagTable.map((flag) => [flag.name, flag]));
const read = (flags: readonly string[]) => parseServerFlags(flags, "2.17.1", { cpus: 2 });
const plain = (flags: readonly string[]): boolean =>
  read(flags).unknown.length === 0 && flags.every((flag) => flag.startsWith("--"));

function rewriteFlags(
  start: Start,
  rewrite: (name: string, text: string | undefined) => string | undefined,
): Start {
  return {
    ...start,
    flags: start.flags.map((flag) => {
      const match = /^--([a-z_]+)(?:=(.*))?$/s.exec(flag);
      return (match === null ? undefined : rewrite(match[1] ?? "", match[2])) ?? flag;
    }),
  };
}

/** Words, strings and signs of a text proto, without comments; undefined where it cannot be cut up like that. */
function pieces(text: string): string[] | undefined {
  const found: string[] = [];
  const pattern = /\s+|#[^\n]*|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\w.+-]+|[{}<>[\]:;,/])/gy;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null || pattern.lastIndex === at) return undefined;
    if (match[1] !== undefined) found.push(match[1]);
  }
  // Nothing but comments: less would be an empty file, which is another thing.
  return found.length === 0 ? undefined : found;
}

/** Rewrites the text protos that some kind of the server's files accepts. */
function rewriteTexts(start: Start, rewrite: (text: string) => string | undefined): Start {
  const files = Object.entries(start.files).map(([path, file]): [string, ScenarioFile] => {
    if (typeof file !== "string" || file === "" || /saved_model|requests$/.test(path)) return [path, file];
    const filled = substitute(file, { dir: "/d", port: 1, rest: 2 });
    const accepted = textProtoKinds.some(
      (kind) => lintTextProto(filled, { file: path, kind, version: "2.17.1", purpose: "file" }).accepted,
    );
    return [path, accepted ? (rewrite(file) ?? file) : file];
  });
  return { ...start, files: Object.fromEntries(files) };
}

type Change = (start: Start, roll: (below: number) => number) => Start | undefined;

/** None of these changes what becomes of a start. */
const keeping: Readonly<Record<string, Change>> = {
  "flags in another order": (start, roll) => {
    if (!plain(start.flags)) return undefined;
    const groups = new Map<string, string[]>();
    for (const flag of start.flags) {
      const name = flag.split("=")[0] ?? flag;
      groups.set(name, [...(groups.get(name) ?? []), flag]);
    }
    const left = [...groups.values()].map((group) => [...group]);
    const flags: string[] = [];
    while (flags.length < start.flags.length) {
      const group = left[roll(left.length)];
      const next = group?.shift();
      if (next !== undefined) flags.push(next);
    }
    return { ...start, flags };
  },
  "flags at their defaults before": (start) => ({
    ...start,
    flags: [
      ...flagTable
        .filter(({ name, until }) => until === undefined && name !== "version")
        .flatMap((flag) => (typeof flag.default === "object" ? [] : [`--${flag.name}=${flag.default}`])),
      ...start.flags,
    ],
  }),
  "other ports": (start) => ({ ...start, port: 28_111, rest: 39_222 }),
  "a folder with blanks and accents": (start) => ({ ...start, folder: "my models é 模型" }),
  "a folder whose name looks like a version": (start) => ({ ...start, folder: "7" }),
  "another model name": (start) =>
    rewriteFlags(start, (name, text) =>
      name === "model_name" && text !== "" ? "--model_name=modèle n° 2/b" : undefined,
    ),
  "configs with comments and other blanks": (start, roll) =>
    rewriteTexts(start, (text) =>
      pieces(text)
        ?.map((piece) => piece + ([" ", "\n", "\t", " # note: } { \" '\n", "\r\n"][roll(5)] ?? " "))
        .join(""),
    ),
  "configs with angle brackets": (start) =>
    rewriteTexts(start, (text) =>
      pieces(text)
        ?.map((piece) => (piece === "{" ? "<" : piece === "}" ? ">" : piece))
        .join(" "),
    ),
  "configs with colons and separators": (start, roll) =>
    rewriteTexts(start, (text) => {
      const parts = pieces(text);
      if (parts === undefined || parts.includes("[")) return undefined;
      return parts
        .map((piece, index) => {
          const next = parts[index + 1];
          if (next === "{" && /^\w+$/.test(piece)) return `${piece}:`;
          if (piece === "}" && next !== ";" && next !== ",") return `}${["", ";", ","][roll(3)]}`;
          return piece;
        })
        .join(" ");
    }),
  "configs with CRLF": (start) => rewriteTexts(start, (text) => text.replace(/(?<!\r)\n/g, "\r\n")),
  "strings in pieces and single quotes": (start) =>
    rewriteTexts(start, (text) =>
      pieces(text)
        ?.map((piece) =>
          /^"[^"'\\$]{4,}"$/.test(piece) && !/^"[\w.]+\/[\w.]+"$/.test(piece)
            ? `'${piece.slice(1, 3)}' "${piece.slice(3)}`
            : piece,
        )
        .join(" "),
    ),
  "relative paths of files": (start) =>
    rewriteFlags(start, (name, text) =>
      name.endsWith("_file") && text?.startsWith("${DIR}/") === true
        ? `--${name}=./${text.slice("${DIR}/".length)}`
        : undefined,
    ),
  "paths with slashes and dots": (start) =>
    rewriteFlags(start, (name, text) =>
      /_(file|base_path)$/.test(name) && text?.startsWith("${DIR}/") === true
        ? `--${name}=\${DIR}//./${text.slice("${DIR}/".length)}`
        : undefined,
    ),
  "bools in other forms": (start, roll) =>
    rewriteFlags(start, (name, text) => {
      if (names.get(name as FlagName)?.type !== "bool") return undefined;
      if (text === undefined || /^(true|1)$/i.test(text))
        return `--${name}${["", "=true", "=TRUE", "=True", "=1"][roll(5)]}`;
      return /^(false|0)$/i.test(text) ? `--${name}=${["false", "FALSE", "fAlse", "0"][roll(4)]}` : undefined;
    }),
  "numbers with blanks, signs and zeros": (start, roll) =>
    rewriteFlags(start, (name, text) => {
      if (!/^int/.test(names.get(name as FlagName)?.type ?? "")) return undefined;
      if (text === "${PORT}" || text === "${REST}")
        return `--${name}=${["00", "+", " ", "\t+0"][roll(4)]}${text}`;
      if (text !== undefined && /^-\d+$/.test(text)) return `--${name}= -00${text.slice(1)}`;
      return text !== undefined && /^\d+$/.test(text)
        ? `--${name}=${["00", "+", "  ", " +0"][roll(4)]}${text}`
        : undefined;
    }),
  "every flag once before with another value": (start) => ({
    ...start,
    flags: start.flags.flatMap((flag) => {
      const name = /^--([a-z_]+)(=|$)/.exec(flag)?.[1];
      const spec = names.get(name as FlagName);
      if (spec === undefined || spec.name === "version" || read([flag]).settings.length === 0) return [flag];
      return [
        `--${spec.name}=${spec.type === "bool" ? "false" : spec.type === "string" ? "/none" : "7"}`,
        flag,
      ];
    }),
  }),
  "an unknown argument behind": (start) => ({ ...start, flags: [...start.flags, "--no_such_flag=1"] }),
  "flags behind a double dash": (start) => ({
    ...start,
    flags: [...start.flags, "--", "--port=abc", "--version"],
  }),
};

const original = (scenario: Scenario): Start => ({
  flags: scenario.flags,
  files: scenario.files,
  folder: "d",
  port: 18_500,
  rest: 18_501,
});

/** `METAMORPHIC=all` tries every change on every scenario; otherwise each scenario gets a few of them. */
const all = process.env["METAMORPHIC"] === "all";
const tries = 2;

describe("changes that keep the outcome", () => {
  const changes = Object.entries(keeping);
  it.each(scenarios.map((scenario) => [scenario.id, scenario] as const))("%s", (id, scenario) => {
    const roll = dice(id);
    const first = roll(changes.length);
    for (const index of all ? changes.keys() : Array.from({ length: tries }, (_, i) => first + i * 5)) {
      const [name, change] = changes[index % changes.length]!;
      const start = change(original(scenario), roll);
      if (start === undefined) continue;
      const { outcome, diagnostics } = predict(start, scenario.occupied_ports);
      const told = `${name}: ${start.flags.join(" ")}\n${JSON.stringify(start.files).slice(0, 800)}\n${diagnostics
        .map((d) => `${d.severity} ${d.rule}: ${d.message}`)
        .join("\n")}`;
      expect(outcome.prediction, told).toBe(scenario.outcome);
    }
  });
});

const serving = scenarios.filter(({ outcome }) => outcome === "serves");
const hasModels = (scenario: Scenario): boolean =>
  predict(original(scenario)).models.some(({ versions }) => versions.length > 0);
/** Neither the usage nor the version is printed. */
const starts = ({ flags }: Scenario): boolean => read(flags).action === "start";

describe("changes that change the outcome", () => {
  const each = (list: readonly Scenario[], keep: number): Scenario[] =>
    all ? [...list] : list.filter((scenario) => dice(scenario.id)(100) < keep / 2);
  const withFlags = (scenario: Scenario, ...flags: readonly string[]) => {
    // Behind a double dash nothing is read.
    const at = scenario.flags.indexOf("--");
    const own = at === -1 ? scenario.flags : scenario.flags.slice(0, at);
    return predict({ ...original(scenario), flags: [...own, ...flags] }, scenario.occupied_ports).outcome;
  };
  it("ends every start with a value that cannot be read", () => {
    for (const scenario of each(scenarios, 25)) {
      expect(withFlags(scenario, "--rest_api_num_threads=8.0"), scenario.id).toMatchObject({
        prediction: "exits",
      });
      expect(withFlags(scenario, "--port=8500 ").because, scenario.id).toContain("flags/value-readable");
    }
  });
  it("ends every start that leaves gRPC no endpoint, or asks for two kinds of credentials", () => {
    for (const scenario of each(scenarios.filter(starts), 25)) {
      if (scenario.flags.some((flag) => flag === "--" || flag.includes("socket"))) continue;
      expect(withFlags(scenario, "--port=0"), scenario.id).toEqual({
        prediction: "exits",
        because: ["flags/grpc-endpoint"],
      });
      if (scenario.flags.includes("--port=0")) continue;
      expect(withFlags(scenario, "--use_alts_credentials", "--ssl_config_file=x"), scenario.id).toEqual({
        prediction: "exits",
        because: ["flags/alts-or-ssl"],
      });
    }
  });
  it("hangs without the model folders, or without ever looking for them", () => {
    for (const scenario of each(serving.filter(starts), 20).filter(hasModels)) {
      const files = Object.fromEntries(
        Object.entries(scenario.files).filter(
          ([path]) => /^[^/]+\.\w+$|^[a-z]$/.test(path) && !/^[a-z]$/.test(path),
        ),
      );
      const gone = predict({ ...original(scenario), files: { ...files, here: "" } });
      expect(gone.outcome, scenario.id).toEqual({ prediction: "hangs", because: ["start/base-path-exists"] });
      expect(withFlags(scenario, "--file_system_poll_wait_seconds=-1").prediction, scenario.id).toBe("hangs");
    }
  });
  it("aborts with a negative number of load threads before anything is looked at", () => {
    for (const scenario of each(scenarios, 20)) {
      if (!["serves", "serves-partially", "hangs"].includes(scenario.outcome)) continue;
      expect(withFlags(scenario, "--num_load_threads=-1"), scenario.id).toEqual({
        prediction: "aborts",
        because: ["flags/load-threads-not-negative"],
      });
    }
  });
  it("ends a hang on retries at once where there are none", () => {
    for (const scenario of scenarios.filter(({ outcome }) => outcome === "hangs")) {
      const { because } = predict(original(scenario)).outcome;
      if (!because.includes("start/retries-hide-failures")) continue;
      expect(withFlags(scenario, "--max_num_load_retries=0").prediction, scenario.id).toBe("exits");
    }
  });
});

describe("two mistakes at once", () => {
  /** In the order of the server's start. */
  const mistakes: readonly (readonly [flags: readonly string[], prediction: string, cause: string])[] = [
    [["--port=x"], "exits", "flags/value-readable"],
    [["--version"], "exits", "flags/help-does-not-start"],
    [["--port=0"], "exits", "flags/grpc-endpoint"],
    [["--use_alts_credentials", "--ssl_config_file=/none"], "exits", "flags/alts-or-ssl"],
    [["--model_config_file=/none"], "exits", "start/file-readable"],
    [["--enable_batching", "--batching_parameters_file=/none"], "exits", "start/file-readable"],
    [["--tensorflow_session_config_file=/none"], "exits", "start/file-readable"],
    [
      [
        "--tensorflow_session_parallelism=1",
        "--tensorflow_intra_op_parallelism=1",
        "--tensorflow_inter_op_parallelism=1",
      ],
      "exits",
      "flags/session-parallelism-conflict",
    ],
    [["--num_load_threads=-1"], "aborts", "flags/load-threads-not-negative"],
    [["--model_base_path=relative"], "exits", "flags/base-path-absolute"],
    [["--model_base_path=/none"], "hangs", "start/base-path-exists"],
    [["--thread_pool_factory_config_file=/none"], "exits", "flags/no-thread-pool-factory"],
    [["--ssl_config_file=/none"], "aborts", "start/file-readable"],
    [["--grpc_channel_arguments=a=1,"], "aborts", "flags/grpc-channel-arguments"],
    [["--port=-1"], "exits", "flags/grpc-port-range"],
    [["--grpc_max_threads=0"], "aborts", "flags/grpc-threads"],
    [["--monitoring_config_file=/none"], "serves-partially", "start/file-readable"],
    [["--rest_api_num_threads=0"], "aborts", "flags/rest-threads"],
  ];
  const base = scenarios.find(({ id }) => id === "flag-base")!;
  it("lets the one that the server meets first decide", () => {
    for (const [early, first] of mistakes.entries()) {
      for (const [late, second] of mistakes.entries()) {
        if (late < early) continue;
        const flags = late === early ? first[0] : [...second[0], ...first[0]];
        const { outcome } = predict({ ...original(base), flags: [...base.flags, ...flags] });
        const told = flags.join(" ");
        // The same flag twice: the last wins, and the first was put last.
        expect(outcome.prediction, told).toBe(first[1]);
        expect(outcome.because, told).toContain(first[2]);
      }
    }
  });
});
