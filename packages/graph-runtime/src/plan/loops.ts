import { invalid } from "../graph-error.ts";
import type { Kernel } from "../kernel.ts";
import { DEAD, type Value } from "../value.ts";
import { makePlan, type Plan, runPlan } from "./plan.ts";
import type { PlanNode, Ref } from "./plan-node.ts";

/*
 * Loops of TensorFlow 1: Enter, Merge, Switch, NextIteration and Exit nodes that share a frame. Each frame becomes one
 * node, whose kernel runs the frame's inside once an iteration.
 */

interface Frame {
  readonly key: string;
  readonly parent: Frame | undefined;
  readonly depth: number;
  readonly members: PlanNode[];
}

type AddNode = (
  name: string,
  op: string,
  inputs: Ref[],
  feed: number,
  functionName: string | undefined,
) => PlanNode;

const isEnter = (node: PlanNode): boolean => node.op === "Enter" || node.op === "RefEnter";
const isExit = (node: PlanNode): boolean => node.op === "Exit" || node.op === "RefExit";
const isNext = (node: PlanNode): boolean => node.op === "NextIteration" || node.op === "RefNextIteration";

/** Finds the frame of every node. @throws GraphError for a node that mixes frames */
function framesOf(order: readonly PlanNode[]): Frame[] {
  const frames = new Map<string, Frame>();
  const of = new Map<PlanNode, Frame | undefined>();
  for (const node of order) {
    let deepest: Frame | undefined;
    const before = [...node.inputs.map((ref) => ref.node), ...node.controls];
    for (const producer of before) {
      if (isNext(producer)) continue;
      const frame = of.get(producer);
      const out = isExit(producer) ? frame?.parent : frame;
      if (out && (!deepest || out.depth > deepest.depth)) deepest = out;
    }
    if (isEnter(node)) {
      const key = `${deepest?.key ?? ""}/${node.functionName ?? ""}:${node.def.attrs.string("frame_name")}`;
      let frame = frames.get(key);
      if (!frame) {
        frame = { key, parent: deepest, depth: (deepest?.depth ?? 0) + 1, members: [] };
        frames.set(key, frame);
      }
      deepest = frame;
    }
    of.set(node, deepest);
    deepest?.members.push(node);
  }
  return [...frames.values()].sort((a, b) => b.depth - a.depth);
}

/**
 * Replaces each loop by one node. Inner loops go first and are then nodes of the outer ones.
 * @returns whether anything was replaced
 */
export function foldLoops(
  order: readonly PlanNode[],
  results: Ref[],
  outputsOf: (node: PlanNode) => number,
  add: AddNode,
): boolean {
  if (!order.some(isEnter)) return false;
  const moved = new Map<PlanNode, { node: PlanNode; index: number }>();
  const current = (ref: Ref): Ref => moved.get(ref.node) ?? ref;
  for (const frame of framesOf(order)) {
    const members = frame.members;
    const inside = new Set(members);
    const enters = members.filter(isEnter);
    const exits = members.filter(isExit);
    const merges = members.filter(
      (node) => node.op === "Merge" && node.inputs.some((ref) => isNext(ref.node)),
    );
    const condition = members.find((node) => node.op === "LoopCond");
    if (!condition || enters.length === 0) throw invalid(`Loop frame ${frame.key} has no condition`);
    const enterIndex = new Map(enters.map((node, i) => [node, i]));
    const feeds = [
      ...merges.map((node, i) => add(node.name, "_Feed", [], i, node.functionName)),
      ...enters.map((node, i) => add(node.name, "_Feed", [], merges.length + i, node.functionName)),
    ];
    const feedOf = new Map<PlanNode, PlanNode>([
      ...merges.map((node, i): [PlanNode, PlanNode] => [node, feeds[i]!]),
      ...enters.map((node, i): [PlanNode, PlanNode] => [node, feeds[merges.length + i]!]),
    ]);
    const within = (ref: Ref): Ref => {
      const feed = feedOf.get(ref.node);
      return feed ? { node: feed, index: 0 } : current(ref);
    };
    const first = merges.map((node) => enterIndex.get(node.inputs.find((ref) => isEnter(ref.node))!.node)!);
    const next = merges.map((node) => within(node.inputs.find((ref) => isNext(ref.node))!.node.inputs[0]!));
    const outputs = exits.map((node) => within(node.inputs[0]!));
    const go = within(condition.inputs[0]!);
    const gone = new Set<PlanNode>([...enters, ...exits, ...merges, condition, ...members.filter(isNext)]);
    const outerControls: PlanNode[] = [];
    const body = members.filter((node) => !gone.has(node) && !moved.has(node));
    for (const node of body) {
      // The condition stands for itself: what reads it reads what it was made from.
      node.inputs = node.inputs.map((ref) => (ref.node === condition ? go : within(ref)));
      const kept: PlanNode[] = [];
      for (const control of node.controls) {
        if (gone.has(control)) continue;
        if (inside.has(control)) kept.push(moved.get(control)?.node ?? control);
        else outerControls.push(control);
      }
      node.controls = kept;
    }
    const innerLoops = new Set(
      [...moved.values()]
        .map(({ node }) => node)
        .filter(
          (node) =>
            body.some((b) => b.inputs.some((ref) => ref.node === node)) ||
            [go, ...next, ...outputs].some((ref) => ref.node === node),
        ),
    );
    const steps = ordered([...body, ...innerLoops], feeds);
    const plan = makePlan(
      steps,
      feeds,
      feeds.map(() => undefined),
      [go, ...next, ...outputs],
      outputsOf,
      [],
    );
    const loop = add(
      condition.name,
      "_Loop",
      enters.map((node) => current(node.inputs[0]!)),
      -1,
      condition.functionName,
    );
    loop.controls = [...new Set([...outerControls, ...enters.flatMap((node) => node.controls)])].filter(
      (node) => !inside.has(node),
    );
    loop.outputs = exits.length;
    loop.kernel = loopKernel(plan, first, exits.length);
    for (const [i, exit] of exits.entries()) moved.set(exit, { node: loop, index: i });
  }
  for (const node of order) {
    node.inputs = node.inputs.map(current);
    node.controls = node.controls.map((control) => moved.get(control)?.node ?? control);
  }
  for (const { node } of moved.values()) {
    node.inputs = node.inputs.map(current);
    node.controls = node.controls.map((control) => moved.get(control)?.node ?? control);
  }
  for (const [i, ref] of results.entries()) results[i] = current(ref);
  return true;
}

/** The nodes in an order in which each comes after those of them that it needs. */
function ordered(nodes: readonly PlanNode[], feeds: readonly PlanNode[]): PlanNode[] {
  const wanted = new Set(nodes);
  const done = new Set<PlanNode>(feeds);
  const result: PlanNode[] = [];
  const visit = (start: PlanNode): void => {
    const stack: { node: PlanNode; next: number }[] = [{ node: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const needs = [...top.node.inputs.map((ref) => ref.node), ...top.node.controls];
      const producer = needs[top.next++];
      if (producer === undefined) {
        stack.pop();
        if (!done.has(top.node)) {
          done.add(top.node);
          result.push(top.node);
        }
      } else if (!done.has(producer) && (wanted.has(producer) || producer.constant)) {
        if (stack.some(({ node }) => node === producer))
          throw invalid(`Graph is invalid, contains a cycle through the node '${producer.name}'`);
        stack.push({ node: producer, next: 0 });
      }
    }
  };
  for (const node of nodes) visit(node);
  return result;
}

function loopKernel(plan: Plan, first: readonly number[], exits: number): Kernel {
  return function* (enters, run) {
    let merges: Value[] = first.map((index) => enters[index]!);
    for (;;) {
      const results = yield* runPlan(plan, [...merges, ...enters], run, true);
      const go = results[0]!;
      if (go === DEAD) throw invalid("the condition of a loop has no value");
      if (!(go.data as Uint8Array)[0]) return results.slice(1 + merges.length, 1 + merges.length + exits);
      merges = results.slice(1, 1 + merges.length);
      if (run.pause()) yield;
    }
  };
}
