import { readFileSync } from "node:fs";
import { sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { checkManifest } from "../src/manifests.ts";
import { checkTextProto, kindMessages, type TextProtoKind, textProtoKinds } from "../src/text-proto.ts";
import { expectFixLaws } from "./fix-laws.ts";
import { recordedStarts } from "./recorded-starts.ts";

const lines = (...path: string[]): unknown[] =>
  readFileSync(sharedFixture(...path), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);

const kindOf = (message: string): TextProtoKind | undefined =>
  textProtoKinds.find((kind) => kindMessages[kind] === message);

describe("safe fixes of the text proto corpus", () => {
  const cases = (
    lines("textproto", "cases.jsonl") as { id: string; message: string; text: string | null }[]
  ).flatMap(({ id, message, text }) => {
    const kind = kindOf(message);
    return kind === undefined || text === null || text === undefined ? [] : [[id, kind, text] as const];
  });
  let fixes = 0;
  it.each(cases)("%s", (_, kind, text) => {
    fixes += expectFixLaws(text, (source) => checkTextProto(source, { file: "x", kind }), "x");
  });
  it("are many", () => {
    console.log(`${fixes} safe fixes in ${cases.length} texts`);
    expect(fixes).toBeGreaterThan(20);
  });
});

describe("safe fixes of the recorded starts", () => {
  const kinds: Readonly<Record<string, TextProtoKind>> = {
    "models.config": "model-server-config",
    "batching.config": "batching-parameters",
    "mon.config": "monitoring-config",
    "ssl.config": "ssl-config",
    "platform.config": "platform-config",
    "session.config": "session-config",
  };
  const texts = recordedStarts().flatMap(({ id, files }) =>
    Object.entries(files).flatMap(([file, text]) => {
      const kind = kinds[file] ?? (file.endsWith("batching_params.pbtxt") ? "per-model-batching" : undefined);
      return typeof text === "string" && kind !== undefined ? [[`${id} ${file}`, kind, text] as const] : [];
    }),
  );
  it.each(texts)("%s", (_, kind, text) => {
    expectFixLaws(text, (source) => checkTextProto(source, { file: "x", kind }), "x");
  });

  const scripts = recordedStarts().map(({ id, flags }) => {
    const quoted = flags.map((flag) => `'${flag.replaceAll("'", `'\\''`)}'`);
    return [id, `#!/bin/sh\n# ${id}\ntensorflow_model_server ${quoted.join(" \\\n  ")} # end\n`] as const;
  });
  it.each(scripts)("%s as a script", (_, text) => {
    const check = (source: string) =>
      checkManifest(source, { file: "run.sh", path: "/none/run.sh", cwd: "/none" }).diagnostics;
    expectFixLaws(text, check, "run.sh");
  });
});
