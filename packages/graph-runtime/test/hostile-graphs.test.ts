import { readFileSync } from "node:fs";
import { memoryFileSystem } from "@servable/model-layout";
import type { Tensor } from "@servable/tensors";
import { fixture } from "@servable/test-fixtures";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GraphError, loadGraphModel } from "../src/index.ts";
import { attr, type FunctionSpec, intTensor, type NodeSpec, savedModel } from "./graph-writer.ts";

const float = attr.type(1);
const x: Tensor = { dtype: "DT_FLOAT", shape: [2], data: Float32Array.of(1, 2) };

async function answer(
  nodes: readonly NodeSpec[],
  functions: readonly FunctionSpec[],
  fetch: string,
  deadline?: number,
) {
  const model = await loadGraphModel("/m/1", { fs: savedModel(nodes, functions, fetch) });
  const outputs = await model.run(
    "serving_default",
    new Map([["x", x]]),
    [],
    deadline === undefined ? {} : { deadline: performance.now() + deadline },
  );
  return outputs.get("y")!;
}

async function refusal(
  nodes: readonly NodeSpec[],
  functions: readonly FunctionSpec[],
  fetch: string,
  deadline?: number,
): Promise<GraphError> {
  const error = await answer(nodes, functions, fetch, deadline).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(GraphError);
  return error as GraphError;
}

const identity = (name: string, input: string): NodeSpec => ({
  name,
  op: "Identity",
  inputs: [input],
  attrs: { T: float },
});
const call = (name: string, f: string, ...inputs: string[]): NodeSpec => ({
  name,
  op: "PartitionedCall",
  inputs,
  attrs: { f: attr.func(f), Tin: attr.types(1), Tout: attr.types(1) },
});

describe("hostile graphs", () => {
  it("refuses a circle", async () => {
    const error = await refusal([identity("a", "b"), identity("b", "a")], [], "a:0");
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.message).toContain("cycle");
  });

  it("refuses a node that waits for itself", async () => {
    expect((await refusal([{ ...identity("a", "x"), inputs: ["x", "^a"] }], [], "a:0")).code).toBe(
      "INVALID_ARGUMENT",
    );
  });

  it("refuses calls that go round in a circle", async () => {
    const f: FunctionSpec = { name: "f", args: ["v"], outputs: ["o"], nodes: [], ret: { o: "v" } };
    expect((await refusal([call("a", "f", "b"), call("b", "f", "a")], [f], "a:0")).code).toBe(
      "INVALID_ARGUMENT",
    );
  });

  it("refuses a function that calls itself", async () => {
    const f: FunctionSpec = {
      name: "f",
      args: ["v"],
      outputs: ["o"],
      nodes: [call("again", "f", "v")],
      ret: { o: "again:output:0" },
    };
    expect((await refusal([call("a", "f", "x")], [f], "a:0")).code).toBe("RESOURCE_EXHAUSTED");
  });

  it("refuses calls that double at each level", async () => {
    const functions = Array.from({ length: 60 }, (_, i): FunctionSpec => {
      const inner = i === 59 ? identity("p", "v") : call("p", `f${i + 1}`, "v");
      const other = i === 59 ? identity("q", "v") : call("q", `f${i + 1}`, "v");
      const out = i === 59 ? "output" : "output";
      return {
        name: `f${i}`,
        args: ["v"],
        outputs: ["o"],
        nodes: [
          inner,
          other,
          { name: "s", op: "AddV2", inputs: [`p:${out}:0`, `q:${out}:0`], attrs: { T: float } },
        ],
        ret: { o: "s:z:0" },
      };
    });
    expect((await refusal([call("a", "f0", "x")], functions, "a:0")).code).toBe("RESOURCE_EXHAUSTED");
  });

  it("follows a chain of 100,000 nodes", async () => {
    const nodes = Array.from({ length: 100_000 }, (_, i) => identity(`n${i}`, i === 0 ? "x" : `n${i - 1}`));
    expect((await answer(nodes, [], "n99999:0")).data).toEqual(x.data);
  });

  it("refuses a tensor larger than memory should hold", async () => {
    const nodes: NodeSpec[] = [
      {
        name: "dims",
        op: "Const",
        attrs: { dtype: attr.type(3), value: attr.tensor(intTensor([3], [100000, 100000, 100000])) },
      },
      { name: "zero", op: "Const", attrs: { dtype: attr.type(3), value: attr.tensor(intTensor([], [0])) } },
      { name: "fill", op: "Fill", inputs: ["dims", "zero"], attrs: { T: attr.type(3) } },
    ];
    const error = await refusal(nodes, [], "fill:0");
    expect(error.code).toBe("RESOURCE_EXHAUSTED");
    expect(error.message).toContain(
      "OOM when allocating tensor with shape[100000,100000,100000] and type int32",
    );
  });

  it("gives up an endless loop at the deadline, and lets others run meanwhile", async () => {
    const always: FunctionSpec = {
      name: "always",
      args: ["v"],
      outputs: ["go"],
      nodes: [
        { name: "true", op: "Const", attrs: { dtype: attr.type(3), value: attr.tensor(intTensor([], [1])) } },
      ],
      ret: { go: "true:output:0" },
    };
    const body: FunctionSpec = {
      name: "body",
      args: ["v"],
      outputs: ["o"],
      nodes: [identity("i", "v")],
      ret: { o: "i:output:0" },
    };
    const loop: NodeSpec = {
      name: "loop",
      op: "StatelessWhile",
      inputs: ["x"],
      attrs: { cond: attr.func("always"), body: attr.func("body"), T: attr.types(1) },
    };
    let turns = 0;
    const timer = setInterval(() => {
      turns++;
    }, 1);
    const error = await refusal([loop], [always, body], "loop:0", 600);
    clearInterval(timer);
    expect(error.code).toBe("DEADLINE_EXCEEDED");
    expect(turns).toBeGreaterThan(1);
  });

  it("names every op that it does not run", async () => {
    const nodes: NodeSpec[] = [
      { name: "a", op: "Eig", inputs: ["x"], attrs: { T: float } },
      { name: "b", op: "MatrixLogarithm", inputs: ["a:1"], attrs: { T: float } },
    ];
    const error = await refusal(nodes, [], "b:0");
    expect(error.code).toBe("UNIMPLEMENTED");
    expect([...error.unsupported].sort()).toEqual(["Eig", "MatrixLogarithm"]);
    const model = await loadGraphModel("/m/1", { fs: savedModel(nodes, [], "b:0") });
    expect(model.unsupported("serving_default").map(({ op, node }) => [op, node])).toEqual([
      ["Eig", "a"],
      ["MatrixLogarithm", "b"],
    ]);
  });

  it("refuses complex numbers by name where a kernel knows real ones only", async () => {
    const nodes: NodeSpec[] = [
      { name: "c", op: "Cast", inputs: ["x"], attrs: { SrcT: float, DstT: attr.type(8) } },
      { name: "b", op: "MatrixInverse", inputs: ["c"], attrs: { T: attr.type(8) } },
    ];
    const error = await refusal(nodes, [], "b:0");
    expect(error.code).toBe("UNIMPLEMENTED");
    expect(error.unsupported).toEqual(["MatrixInverse"]);
    expect(error.message).toContain("the embedded runtime does not run this: MatrixInverse of complex64");
  });

  it("refuses wrong dtypes and unknown names as a session does", async () => {
    const model = await loadGraphModel("/m/1", { fs: savedModel([identity("y", "x")], [], "y:0") });
    const wrong: Tensor = { dtype: "DT_INT32", shape: [1], data: Int32Array.of(1) };
    await expect(model.runTensors(new Map([["x:0", wrong]]), ["y:0"])).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: "Expects arg[0] to be float but int32 is provided",
    });
    await expect(model.runTensors(new Map([["nope:0", x]]), ["y:0"])).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: "FeedInputs: unable to find feed output nope:0",
    });
    await expect(model.runTensors(new Map(), ["nope:0"])).rejects.toMatchObject({
      message: "FetchOutputs node nope:0: not found",
    });
    await expect(model.runTensors(new Map(), ["y:3"])).rejects.toMatchObject({
      message: "FetchOutputs y:3: output index too large, must be < 1",
    });
    await expect(model.run("nope", new Map())).rejects.toMatchObject({
      code: "FAILED_PRECONDITION",
      message: 'Serving signature key "nope" not found.',
    });
    await expect(model.run("serving_default", new Map())).rejects.toThrow("missing required input 'x'");
    model.close();
    await expect(model.run("serving_default", new Map([["x", x]]))).rejects.toMatchObject({
      code: "CANCELLED",
    });
  });

  it("never throws anything but GraphError for a changed model file", async () => {
    const folder = "tf1_classify_regress/7";
    const names = ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"];
    const files = new Map(
      names.map((name) => [name, new Uint8Array(readFileSync(fixture("models", folder, name)))]),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(14_000), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (edits) => {
          const model = files.get("saved_model.pb")!.slice();
          for (const [at, byte] of edits) model[at % model.length] = byte;
          const fs = memoryFileSystem(
            new Map(
              [...files].map(([name, bytes]) => [`/m/7/${name}`, name === "saved_model.pb" ? model : bytes]),
            ),
          );
          try {
            const loaded = await loadGraphModel("/m/7", { fs });
            for (const [name, { inputs }] of loaded.signatures) {
              loaded.unsupported(name);
              const feeds = new Map(
                [...inputs.keys()].map((alias): [string, Tensor] => [
                  alias,
                  { dtype: "DT_FLOAT", shape: [1, 2], data: Float32Array.of(1, 2) },
                ]),
              );
              await loaded.run(name, feeds, [], { deadline: performance.now() + 2000 });
            }
          } catch (error) {
            if (!(error instanceof GraphError)) throw error;
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
