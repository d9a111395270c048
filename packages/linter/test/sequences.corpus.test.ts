import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseServerFlags } from "@servable/server-flags";
import { sharedFixture } from "@servable/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { explain } from "../src/registry.ts";
import { checkReload } from "../src/reload.ts";
import { checkStart } from "../src/start.ts";
import { put } from "./materialise.ts";

interface Setup {
  op: string;
  path?: string;
  from?: string;
  to?: string;
}

interface Boot {
  id: string;
  note: string;
  profile: { flags: string[]; files: Record<string, string>; setup?: Setup[] };
  expect?: { state: string; exit_code: number | null; grpc_port_open: boolean; rest_port_open: boolean };
  steps?: Step[];
}

interface Model {
  name?: string;
  basePath?: string;
  modelPlatform?: string;
  modelType?: string | number;
  modelVersionPolicy?: {
    latest?: { numVersions?: number };
    all?: object;
    specific?: { versions?: (string | number)[] };
  };
  versionLabels?: Record<string, string | number>;
}

interface Step {
  do: string;
  request?: { method?: string; message?: { config?: { modelConfigList?: { config?: Model[] } } } };
  response?: { code?: string; message?: string };
}

const all: Boot[] = readFileSync(sharedFixture("server", "sequences.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line) as Boot);

const root = mkdtempSync(join(tmpdir(), "sequence-"));
afterAll(() => rmSync(root, { recursive: true, force: true }), 120_000);

function substitute(text: string, dir: string): string {
  const values: Record<string, string> = {
    WORK: dir,
    MODELS: sharedFixture("models"),
    BROKEN: sharedFixture("broken-models"),
    SERVER_MODELS: sharedFixture("server", "models"),
    GRPC_PORT: "18500",
    REST_PORT: "18501",
  };
  return text.replace(/\$\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

function prepare({ id, profile }: Boot): { dir: string; argv: string[] } {
  const at = { dir: join(root, id), port: 18500, rest: 18501 };
  for (const step of profile.setup ?? []) {
    const target = substitute(step.to ?? step.path ?? "", at.dir).slice(at.dir.length + 1);
    if (step.op === "mkdir") put(`${target}/`, { $dir: 1 }, at);
    else if (step.op === "copy")
      put(target, { $model: (step.from ?? "").replace(/^\$\{MODELS\}/, "models") }, at);
    else throw new Error(`unknown setup ${step.op}`);
  }
  for (const [path, text] of Object.entries(profile.files)) put(path, substitute(text, at.dir), at);
  put("here", "", at);
  return { dir: at.dir, argv: profile.flags.map((flag) => substitute(flag, at.dir)) };
}

function textOf(models: readonly Model[]): string {
  const policy = ({ modelVersionPolicy: p }: Model): string =>
    p?.all !== undefined
      ? "model_version_policy { all {} }"
      : p?.specific !== undefined
        ? `model_version_policy { specific { ${(p.specific.versions ?? []).map((v) => `versions: ${v}`).join(" ")} } }`
        : p?.latest !== undefined
          ? `model_version_policy { latest { num_versions: ${p.latest.numVersions ?? 0} } }`
          : "";
  const one = (model: Model): string =>
    [
      "config {",
      model.name === undefined ? "" : `name: ${JSON.stringify(model.name)}`,
      model.basePath === undefined ? "" : `base_path: ${JSON.stringify(model.basePath)}`,
      model.modelPlatform === undefined ? "" : `model_platform: ${JSON.stringify(model.modelPlatform)}`,
      model.modelType === undefined ? "" : `model_type: ${model.modelType}`,
      policy(model),
      ...Object.entries(model.versionLabels ?? {}).map(
        ([key, value]) => `version_labels { key: ${JSON.stringify(key)} value: ${value} }`,
      ),
      "}",
    ].join(" ");
  return `model_config_list { ${models.map(one).join("\n")} }`;
}

describe("recorded starts (sequences)", () => {
  const boots = all.filter((boot) => boot.expect !== undefined);
  it.each(boots.map((boot) => [boot.id, boot] as const))("%s", (_, boot) => {
    const { dir, argv } = prepare(boot);
    const { outcome } = checkStart({ argv, cwd: dir, tfsVersion: "2.17.1", cpus: 2 });
    const { state, grpc_port_open: grpc, rest_port_open: rest } = boot.expect!;
    const want =
      state === "waiting"
        ? "hangs"
        : state === "exited"
          ? "exits"
          : grpc && rest
            ? "serves"
            : "serves-partially";
    expect(outcome.prediction).toBe(want);
  });
});

describe("recorded reloads (sequences)", () => {
  const reloads = all.filter((boot) =>
    boot.steps?.some((step) => step.request?.method === "HandleReloadConfigRequest"),
  );
  it.each(reloads.map((boot) => [boot.id, boot] as const))("%s", (id, boot) => {
    const { dir, argv } = prepare(boot);
    const flags = parseServerFlags(argv, "2.17.1");
    let applied = substitute(boot.profile.files["models.config"] ?? "", dir);
    let refused: string | undefined;
    for (const [index, step] of (boot.steps ?? []).entries()) {
      // What happens on disk is another test's business.
      if (step.do !== "grpc" && step.do !== "rest") return;
      const models = step.request?.message?.config?.modelConfigList?.config;
      if (step.request?.method !== "HandleReloadConfigRequest") continue;
      const text =
        step.request.message?.config?.modelConfigList === undefined
          ? "# nothing is set\n"
          : substitute(textOf(models ?? []), dir);
      const { reload, diagnostics } = checkReload({
        newText: text,
        newFile: "new.config",
        oldText: applied,
        oldFile: "old.config",
        flags,
        cwd: dir,
        ...(refused === undefined ? {} : { refusedText: refused }),
      });
      const told = `${id} step ${index}: ${JSON.stringify(step.response)}\n${text}\n${diagnostics.map((d) => `${d.severity} ${d.rule}: ${d.message}`).join("\n")}`;
      const code = step.response?.code;
      expect(reload.accepted, told).toBe(code === "OK");
      if (code === "DEADLINE_EXCEEDED") expect(reload.wedges, told).toBe(true);
      else if (code !== "OK") {
        const candidates = explain(step.response?.message ?? "").candidates.map(({ rule }) => rule.id);
        expect(
          diagnostics.filter(({ rule }) => candidates.includes(rule)),
          `${told}\ncandidates: ${candidates.join(", ")}`,
        ).not.toEqual([]);
      }
      if (reload.accepted || reload.because.includes("reload/new-model-loads")) {
        applied = text;
        refused = undefined;
      } else if (
        diagnostics.some((d) => d.rule === "reload/refused-list-kept") ||
        ["model-config/platform-known", "reload/label-available"].some((rule) =>
          reload.because.includes(rule),
        )
      ) {
        refused = text;
      }
      if (reload.wedges && code === "DEADLINE_EXCEEDED") return;
    }
  });
});
