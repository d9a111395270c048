import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { memoryFileSystem } from "@servable/model-layout";
import { compareTensors, type Tensor, type TensorJson, tensorFromJson } from "@servable/tensors";
import { describe, expect, it } from "vitest";
import { Gemm } from "../src/gemm/gemm.ts";
import { readNodeDef } from "../src/graph/graph-def.ts";
import { GraphError } from "../src/graph-error.ts";
import { kernelOf } from "../src/kernels/registry.ts";
import { Resources } from "../src/resources.ts";
import type { Value } from "../src/value.ts";

/** One op with concrete inputs, and what TensorFlow 2.17.1 computes (scripts/op-goldens.py). */
interface OpGolden {
  readonly op: string;
  readonly node: string;
  readonly inputs: readonly TensorJson[];
  readonly outputs?: readonly TensorJson[];
  readonly error?: string;
  readonly rtol?: number;
  readonly atol?: number;
}

const goldens = gunzipSync(readFileSync(join(import.meta.dirname, "golden", "ops.jsonl.gz")))
  .toString("utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as OpGolden);

const run = {
  resources: new Resources(memoryFileSystem(new Map())),
  depth: 0,
  gemm: new Gemm(),
  pause: () => false,
};

function compute(golden: OpGolden): readonly Value[] {
  const def = readNodeDef(new Uint8Array(Buffer.from(golden.node, "base64")));
  const inputs = golden.inputs.map((json) => tensorFromJson(json));
  const factory = kernelOf(golden.op);
  if (!factory) throw new Error(`no kernel for ${golden.op}`);
  const kernel = factory({
    name: def.name,
    op: def.op,
    def,
    attrs: def.attrs,
    inputCount: inputs.length,
    constant: () => undefined,
    callable: () => {
      throw new Error("no functions here");
    },
    functionDef: () => undefined,
  });
  const made = kernel(inputs, run) as Value | readonly Value[];
  return Array.isArray(made) ? made : [made as Value];
}

const byOp = grouped();

function grouped(): Map<string, OpGolden[]> {
  const map = new Map<string, OpGolden[]>();
  for (const golden of goldens) map.set(golden.op, [...(map.get(golden.op) ?? []), golden]);
  return map;
}

describe("ops compute what TensorFlow computes", () => {
  it.each([...byOp])("%s", (_, cases) => {
    const wrong: string[] = [];
    for (const [i, golden] of cases.entries()) {
      const shapes = golden.inputs.map(({ dtype, shape }) => `${dtype}${JSON.stringify(shape)}`).join(" ");
      const label = `#${i} ${shapes}`;
      try {
        const got = compute(golden);
        if (golden.error !== undefined) {
          wrong.push(`${label}: no error, expected ${golden.error}`);
          continue;
        }
        for (const [k, json] of golden.outputs!.entries()) {
          const comparison = compareTensors(got[k] as Tensor, tensorFromJson(json), {
            rtol: golden.rtol ?? 0,
            atol: golden.atol ?? 0,
          });
          if (!comparison.equal) wrong.push(`${label} output ${k}: ${comparison.difference}`);
        }
      } catch (error) {
        if (golden.error === undefined || !(error instanceof GraphError))
          wrong.push(`${label}: ${String(error)}`);
        else if (error.message !== golden.error)
          wrong.push(`${label}: "${error.message}", expected "${golden.error}"`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
