import { DTYPE_NUMBERS, dtypeOf } from "@servable/tensors";
import { byteText } from "../files/byte-text.ts";
import type { AttrList, AttrValue } from "./attr-value.ts";
import type { GraphNode } from "./graph-def.ts";
import { argTypes, type OpAttr, type OpDef, opDef, REF, releaseAt } from "./op-defs.ts";

/** What is wrong with an attribute of a node by its op's definition. */
export interface AttrProblem {
  readonly attr: string;
  /** Continues "node x (Op) …". */
  readonly message: string;
}

/** A release as the op definitions count them. */
export interface Target {
  readonly index: number;
  /** The definitions are those of this very release or older ones: what they lack, the server lacks. */
  readonly exact: boolean;
}

/** Attributes that the op does not have in the server's release, which servers from 2.5 on ignore. */
export function unknownAttrs(node: GraphNode, target: Target): readonly AttrProblem[] {
  const def = target.exact ? opDef(node.op) : undefined;
  if (def === undefined) return NONE;
  const problems: AttrProblem[] = [];
  for (const name of node.attrs.keys()) {
    const attr = def.attrs.get(name);
    if (isPrivate(name) || (attr !== undefined && isThere(attr, target))) continue;
    problems.push({
      attr: name,
      message:
        attr === undefined
          ? `has an attribute ${JSON.stringify(name)} that the op does not have`
          : attr.until !== undefined && target.index >= attr.until
            ? `has an attribute ${JSON.stringify(name)} that the op no longer has since TensorFlow ${releaseAt(attr.until)}`
            : `has an attribute ${JSON.stringify(name)} that the op has only since TensorFlow ${releaseAt(attr.since ?? 0)}`,
    });
  }
  return problems;
}

/** Attributes of another kind or value than the op takes, or that are not there, as ValidateNodeDef wants them. */
export function attrProblems(node: GraphNode, target: Target): readonly AttrProblem[] {
  const def = opDef(node.op);
  if (def === undefined) return NONE;
  const { attrs } = node;
  const problems: AttrProblem[] = [];
  for (const [name, value] of attrs) {
    const attr = def.attrs.get(name);
    // Inside a function a value may stand for one that the caller gives.
    if (attr === undefined || value.kind === "placeholder" || isPrivate(name) || !isThere(attr, target))
      continue;
    const problem = checkValue(attr, value, target.index >= def.from);
    if (problem !== undefined)
      problems.push({ attr: name, message: `has attribute ${JSON.stringify(name)} ${problem}` });
  }
  for (const attr of def.attrs.values()) {
    if (attr.hasDefault || attrs.has(attr.name) || !isThere(attr, target)) continue;
    problems.push({ attr: attr.name, message: `lacks the attribute ${JSON.stringify(attr.name)}` });
  }
  return problems;
}

const NONE: readonly never[] = [];

/** Whether an attribute stands for a value that the caller of the function gives. */
export function leavesOpen(attrs: ReadonlyMap<string, AttrValue>): boolean {
  for (const { kind } of attrs.values()) if (kind === "placeholder") return true;
  return false;
}

/** Notes of the exporter, which no op defines. */
const isPrivate = (name: string): boolean => name.startsWith("_");

const isThere = ({ since, until }: OpAttr, { index }: Target): boolean =>
  (since === undefined || index >= since) && (until === undefined || index < until);

const KIND_WORDS: Readonly<Record<AttrValue["kind"], string>> = {
  s: "a string",
  i: "an integer",
  f: "a float",
  b: "a bool",
  type: "a type",
  shape: "a shape",
  tensor: "a tensor",
  func: "a function",
  placeholder: "a placeholder",
  list: "a list",
  none: "no value",
};

/** How many values of each kind a list has, in the order in which they are looked at. */
const LENGTHS: readonly (readonly [kind: OpAttr["kind"], of: (list: AttrList) => number])[] = [
  ["s", ({ s }) => s.length],
  ["i", ({ i }) => i.length],
  ["f", ({ floats }) => floats],
  ["b", ({ bools }) => bools],
  ["type", ({ type }) => type.length],
  ["shape", ({ shape }) => shape.length],
  ["tensor", ({ tensors }) => tensors],
  ["func", ({ func }) => func.length],
];

const listWord = (kind: OpAttr["kind"]): string => `a list of ${KIND_WORDS[kind].replace(/^an? /, "")}s`;

function checkValue(attr: OpAttr, value: AttrValue, allowedKnown: boolean): string | undefined {
  if (attr.list) {
    if (value.kind !== "list") return `as ${KIND_WORDS[value.kind]}, which must be ${listWord(attr.kind)}`;
    let length = 0;
    for (const [kind, lengthOf] of LENGTHS) {
      const found = lengthOf(value.value);
      if (kind === attr.kind) length = found;
      else if (found > 0) return `as ${listWord(kind)}, which must be ${listWord(attr.kind)}`;
    }
    if (attr.min !== undefined && length < attr.min) return `with ${length} of at least ${attr.min} elements`;
    for (const item of value.value.type) {
      const problem = checkType(attr, item, allowedKnown);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (value.kind !== attr.kind) return `as ${KIND_WORDS[value.kind]}, which must be ${KIND_WORDS[attr.kind]}`;
  if (value.kind === "type") return checkType(attr, value.value, allowedKnown);
  if (value.kind === "i" && attr.min !== undefined && Number(value.value) < attr.min)
    return `of ${value.value}, which must be at least ${attr.min}`;
  if (value.kind === "s" && attr.allowed !== undefined && allowedKnown) {
    const text = byteText(value.value);
    if (!attr.allowed.has(text))
      return `of ${JSON.stringify(text)}, which must be one of ${[...attr.allowed].map((item) => JSON.stringify(item)).join(", ")}`;
  }
  return undefined;
}

const NUMBERS: ReadonlySet<number> = new Set(Object.values(DTYPE_NUMBERS));

function checkType(attr: OpAttr, type: number, allowedKnown: boolean): string | undefined {
  if (type > REF) return `of the reference type ${dtypeName(type)}`;
  if (!NUMBERS.has(type)) return undefined;
  if (attr.allowed === undefined || !allowedKnown || attr.allowed.has(`${type}`)) return undefined;
  const allowed = [...attr.allowed].map((item) => dtypeName(Number(item)));
  const list =
    allowed.length > 8
      ? `${allowed.slice(0, 8).join(", ")} and ${allowed.length - 8} more`
      : allowed.join(", ");
  return `of ${dtypeName(type)}, but it may be ${list}`;
}

/** `DT_FLOAT`, `DT_FLOAT_REF`, or the number. */
export function dtypeName(type: number): string {
  if (type > REF) return `${dtypeOf(type - REF) ?? type - REF}_REF`;
  return dtypeOf(type) ?? `dtype ${type}`;
}

/** DataTypes of a node's outputs, or undefined where they are not known. */
export function outputTypes(node: GraphNode): number[] | undefined {
  const def: OpDef | undefined = opDef(node.op);
  return def === undefined ? undefined : argTypes(def.outputs, def, node.attrs);
}

/** Whether a tensor of one type may be the input where another is wanted: a reference also serves as a value. */
export const fits = (given: number, wanted: number): boolean =>
  given === wanted || (given > REF && given - REF === wanted);
