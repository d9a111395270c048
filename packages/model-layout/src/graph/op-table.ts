import { forestOps, outputCounts, ranges, releases, textOps } from "../generated/op-table.ts";

/** Releases in which an op is registered, as minor versions (`2.4`); `last` is absent while it is still there. */
export interface OpRange {
  readonly first: string;
  readonly last?: string;
}

/** Number of outputs: fixed, or fixed plus what the named attributes (a count or a list of types) add. */
export type OutputRule = number | { readonly fixed: number; readonly attrs: readonly string[] };

let table: Map<string, readonly [first: number, last: number]> | undefined;
let outputs: Map<string, OutputRule | undefined> | undefined;
let extras: { readonly text: ReadonlySet<string>; readonly forest: ReadonlySet<string> } | undefined;

function ops(): Map<string, readonly [first: number, last: number]> {
  if (table === undefined) {
    table = new Map();
    for (const [first, last, names] of ranges)
      for (const name of names.split(" ")) table.set(name, [first, last]);
  }
  return table;
}

/** All op names that the table knows, of any release. */
export function knownOps(): Iterable<string> {
  return ops().keys();
}

const orders = new Map<string, number>();

/** A release as a number that grows with it, worked out once. */
export function releaseOrder(version: string): number {
  let order = orders.get(version);
  if (order === undefined) {
    const [a = 0, b = 0] = version.split(".").map(Number);
    order = a * 1000 + b;
    orders.set(version, order);
  }
  return order;
}

/** Releases that register an op, or undefined for one that no TensorFlow wheel from 1.13 on has. */
export function opRange(op: string): OpRange | undefined {
  const range = ops().get(op);
  if (range === undefined) return undefined;
  const first = releases[range[0]]?.[0] ?? "1.13";
  const last = releases[range[1]]?.[0];
  return range[1] === releases.length - 1 || last === undefined ? { first } : { first, last };
}

/** Whether the server of a release has an op. Names with a leading underscore are internal and always taken as there. */
export function hasOp(op: string, version: string): boolean {
  const range = ops().get(op);
  if (range === undefined) return false;
  const target = releaseOrder(version);
  const first = releaseOrder(releases[range[0]]?.[0] ?? "1.13");
  const last =
    range[1] === releases.length - 1
      ? Number.POSITIVE_INFINITY
      : releaseOrder(releases[range[1]]?.[0] ?? "1.13");
  // Releases before the table's first are taken for the first.
  return target <= last && (target >= first || range[0] === 0);
}

/** Which library besides TensorFlow registers an op that the official image of the server links. */
export function extraOpLibrary(op: string): "TensorFlow Text" | "TensorFlow Decision Forests" | undefined {
  extras ??= { text: new Set(textOps.split(" ")), forest: new Set(forestOps.split(" ")) };
  return extras.text.has(op)
    ? "TensorFlow Text"
    : extras.forest.has(op)
      ? "TensorFlow Decision Forests"
      : undefined;
}

/** How many outputs an op has, or undefined where that is not known. */
export function opOutputs(op: string): OutputRule | undefined {
  if (outputs === undefined) {
    outputs = new Map();
    for (const [count, names] of outputCounts) {
      const [fixed = "0", ...attrs] = count.split("+");
      const rule =
        count === "?" ? undefined : attrs.length > 0 ? { fixed: Number(fixed), attrs } : Number(fixed);
      for (const name of names.split(" ")) outputs.set(name, rule);
    }
  }
  return outputs.has(op) ? outputs.get(op) : ops().has(op) ? 1 : undefined;
}

/** Newest GraphDef version that the server of a release reads (TF_GRAPH_DEF_VERSION), for a release of the table. */
export function graphDefVersion(
  version: string,
): { readonly release: string; readonly version: number } | undefined {
  const target = releaseOrder(version);
  const found = releases.find(([release]) => releaseOrder(release) === target);
  return found === undefined ? undefined : { release: found[0], version: found[1] };
}
