import { readFileSync } from "node:fs";
import { join } from "node:path";
import { messageType } from "@servable/protos/message-types";
import { describe, expect, it } from "vitest";
import { readGraph } from "../src/graph/graph-def.ts";
import { GraphIndex } from "../src/graph/graph-index.ts";
import { shapesOf } from "../src/graph/shapes/graph-shapes.ts";
import { compatible, type Shape } from "../src/graph/shapes/shape.ts";

/** What TensorFlow 2.17.1 says of a node; made by scripts/record-shapes.py. */
interface Fact {
  readonly op: string;
  readonly attrs: Readonly<Record<string, object>>;
  readonly inputs: readonly {
    readonly shape: Shape;
    readonly ints?: readonly number[];
    readonly dtype?: number;
  }[];
  /** Null where it is refused. */
  readonly outputs: readonly Shape[] | null;
}

const GraphDef = messageType("tensorflow.GraphDef");
const facts: readonly Fact[] = JSON.parse(
  readFileSync(process.env["SHAPE_FACTS"] ?? join(import.meta.dirname, "shapes/facts.json"), "utf8"),
);

const proto = (shape: Shape): object =>
  shape === null ? { unknown_rank: true } : { dim: shape.map((size) => ({ size })) };

function index(nodes: readonly object[], functions: readonly object[] = []): GraphIndex {
  const graph = { node: nodes, library: { function: functions }, versions: { producer: 1882 } };
  return new GraphIndex(readGraph(GraphDef.encode(GraphDef.fromObject(graph)).finish()));
}

const placeholder = (name: string, shape: Shape, dtype = 1): object => ({
  name,
  op: "Placeholder",
  attr: { dtype: { type: dtype }, shape: { shape: proto(shape) } },
});
const ints = (name: string, values: readonly number[], shape: Shape = [values.length]): object => ({
  name,
  op: "Const",
  attr: { dtype: { type: 3 }, value: { tensor: { dtype: 3, tensor_shape: proto(shape), int_val: values } } },
});

/** Strings are bytes on the wire. */
const asProto = (attrs: Fact["attrs"]): object =>
  Object.fromEntries(
    Object.entries(attrs).map(([name, value]) => [
      name,
      "s" in value ? { s: new TextEncoder().encode(String(value.s)) } : value,
    ]),
  );

function graphOf({ op, attrs, inputs }: Fact): GraphIndex {
  return index([
    ...inputs.map(({ shape, ints: values, dtype }, at) =>
      values === undefined ? placeholder(`i${at}`, shape, dtype) : ints(`i${at}`, values, shape),
    ),
    { name: "x", op, input: inputs.map((_, at) => `i${at}`), attr: asProto(attrs) },
  ]);
}

describe("shapes of what a node makes", () => {
  const ops = [...new Set(facts.map(({ op }) => op))];
  it.each(ops)("%s, as TensorFlow says", (op) => {
    for (const fact of facts.filter((one) => one.op === op)) {
      const shapes = shapesOf(graphOf(fact));
      const what = `${JSON.stringify(fact)}: ${shapes.problems.map(({ message }) => message)}`;
      expect(shapes.problems.length > 0, what).toBe(fact.outputs === null);
      for (const [at, wanted] of fact.outputs?.entries() ?? []) {
        const made = shapes.ofTensor(`x:${at}`) ?? null;
        expect(compatible(made, wanted), `${what}: made ${JSON.stringify(made)}`).toBe(true);
        expect(made, what).toEqual(wanted);
      }
    }
  });
});

const reshape = (name: string, tensor: string, shape: string): object => ({
  name,
  op: "Reshape",
  input: [tensor, shape],
  attr: { T: { type: 1 }, Tshape: { type: 3 } },
});

describe("shapes of a graph", () => {
  it("follow constants that are worked out of shapes", () => {
    const number = { T: { type: 3 } };
    const shapes = shapesOf(
      index([
        placeholder("x", [-1, 3, 4]),
        { name: "shape", op: "Shape", input: ["x"], attr: { T: { type: 1 }, out_type: { type: 3 } } },
        ...[0, 1, 2].flatMap((at) => [
          ints(`from${at}`, [at]),
          ints(`to${at}`, [at + 1]),
          {
            name: `size${at}`,
            op: "StridedSlice",
            input: ["shape", `from${at}`, `to${at}`, "one"],
            attr: { ...number, Index: { type: 3 }, shrink_axis_mask: { i: 1 } },
          },
        ]),
        ints("one", [1]),
        { name: "rest", op: "Mul", input: ["size1", "size2"], attr: number },
        { name: "wanted", op: "Pack", input: ["size0", "rest"], attr: { ...number, N: { i: 2 } } },
        reshape("y", "x", "wanted"),
      ]),
    );
    expect(shapes.problems).toEqual([]);
    expect(shapes.ofTensor("y:0")).toEqual([-1, 12]);
    expect(shapes.ofTensor("nothing:0")).toBeUndefined();
  });

  it("go into functions that are called, with the variables that they are handed", () => {
    const fn = {
      signature: {
        name: "f",
        input_arg: [
          { name: "a", type: 1 },
          { name: "handle", type: 20 },
        ],
        output_arg: [{ name: "o", type: 1 }],
      },
      node_def: [
        { name: "w", op: "ReadVariableOp", input: ["handle"], attr: { dtype: { type: 1 } } },
        { name: "y", op: "MatMul", input: ["a", "w:value:0"], attr: { T: { type: 1 } } },
      ],
      ret: { o: "y:product:0" },
    };
    const called = (columns: number, more: object = {}): GraphIndex =>
      index(
        [
          placeholder("x", [-1, columns]),
          { name: "v", op: "VarHandleOp", attr: { dtype: { type: 1 }, shape: { shape: proto([3, 2]) } } },
          {
            name: "call",
            op: "PartitionedCall",
            input: ["x", "v"],
            attr: {
              f: { func: { name: "f" } },
              Tin: { list: { type: [1, 20] } },
              Tout: { list: { type: [1] } },
              ...more,
            },
          },
        ],
        [fn],
      );
    expect(shapesOf(called(3)).ofTensor("call:0")).toEqual([-1, 2]);
    expect(shapesOf(called(3)).problems).toEqual([]);
    expect(shapesOf(called(4)).problems).toMatchObject([
      {
        kind: "refused",
        fn: { name: "f" },
        message: "can't take inputs of shape [?,4], [3,2]: dimensions 4 and 3 must be equal",
      },
    ]);
    const noted = (shape: Shape): object => ({ _output_shapes: { list: { shape: [proto(shape)] } } });
    expect(shapesOf(called(3, noted([7, -1]))).ofTensor("call:0")).toEqual([7, 2]);
    expect(shapesOf(called(3, noted([-1, 5]))).problems).toMatchObject([
      { kind: "noted", message: "gives the shape [?,2], but _output_shapes says [?,5]" },
    ]);
    expect(shapesOf(called(4, { _disable_call_shape_inference: { b: true } })).problems).toEqual([]);
  });

  it("end on cycles, deep chains and calls that come back to themselves", () => {
    const same = (name: string, input: string): object => ({
      name,
      op: "Identity",
      input: [input],
      attr: { T: { type: 3 } },
    });
    const ring = index([same("a", "b"), same("b", "a"), reshape("y", "a", "a")]);
    expect(shapesOf(ring).ofTensor("y:0")).toBeNull();
    const chain = Array.from({ length: 20_000 }, (_, at) => same(`n${at}`, at === 0 ? "c" : `n${at - 1}`));
    const deep = index([...chain.reverse(), ints("c", [2]), reshape("y", "n19999", "n19999")]);
    expect(shapesOf(deep).ofTensor("n19999:0")).toEqual([1]);
    const call = (name: string, input: string): object => ({
      name,
      op: "PartitionedCall",
      input: [input],
      attr: { f: { func: { name: "f" } } },
    });
    const itself = {
      signature: {
        name: "f",
        input_arg: [{ name: "a", type: 3 }],
        output_arg: [{ name: "o", type: 3 }],
      },
      node_def: [call("one", "a"), call("two", "a")],
      ret: { o: "one:output:0" },
    };
    const started = performance.now();
    expect(shapesOf(index([ints("c", [2]), call("x", "c")], [itself])).ofTensor("x:0")).toBeNull();
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
