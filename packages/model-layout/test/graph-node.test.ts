import { messageType } from "@servable/protos/message-types";
import { describe, expect, it } from "vitest";
import { readGraph } from "../src/graph/graph-def.ts";

const NodeDef = messageType("tensorflow.NodeDef");
const GraphDef = messageType("tensorflow.GraphDef");

/** A graph of one node whose bytes are those of several NodeDefs in a row, which a parser merges. */
function merged(...nodes: readonly object[]) {
  const node = Buffer.concat(nodes.map((fields) => NodeDef.encode(NodeDef.fromObject(fields)).finish()));
  // The graph's own field of the node: number 1, length-delimited.
  const graph = Buffer.concat([Uint8Array.of(0x0a, node.length), node]);
  return readGraph(graph).nodes[0]!;
}

describe("the attributes of a node", () => {
  it("are read by name", () => {
    const [node] = readGraph(
      GraphDef.encode(
        GraphDef.fromObject({
          node: [{ name: "a", op: "MatMul", attr: { T: { type: 1 }, transpose_a: { b: true } } }],
        }),
      ).finish(),
    ).nodes;
    expect(node?.attr("T")).toEqual({ kind: "type", value: 1 });
    expect(node?.attr("transpose_a")).toEqual({ kind: "b", value: true });
    expect(node?.attr("transpose_b")).toBeUndefined();
    expect([...node!.attrs.keys()].sort()).toEqual(["T", "transpose_a"]);
  });

  it("count as they come last where one comes twice, as the server's parser has it", () => {
    const node = merged(
      { name: "a", op: "If", attr: { T: { type: 1 }, then_branch: { func: { name: "old" } } } },
      { attr: { T: { type: 3 }, then_branch: { func: { name: "new" } } } },
    );
    expect(node.attr("T")).toEqual({ kind: "type", value: 3 });
    expect(node.attrs.size).toBe(2);
    expect(node.functionNames).toEqual(["new"]);
  });

  it("name functions singly and in lists", () => {
    const node = merged({
      name: "a",
      op: "Case",
      attr: { branches: { list: { func: [{ name: "f" }, { name: "g" }] } }, other: { func: { name: "h" } } },
    });
    expect([...node.functionNames].sort()).toEqual(["f", "g", "h"]);
    expect(merged({ name: "a", op: "NoOp" }).functionNames).toEqual([]);
  });
});
