import { DTYPE_NUMBERS, dtypeOf } from "@servable/tensors";
import type { AttrValue } from "./attr-value.ts";
import type { GraphNode } from "./graph-def.ts";
import { argTypes, type OpAttr, type OpDef, opDef, REF, releaseAt } from "./op-defs.ts";

/** What is wrong with a node by its op's definition. */
export interface NodeProblem {
  /** Continues "node x (Op) …". */
  readonly message: string;
  /** `unknown-attr` is ignored by servers from 2.5 on; the rest fails the import. */
  readonly kind: "unknown-attr" | "invalid";
  readonly attr: string;
}

/** A release as the op definitions count them. */
export interface Target {
  readonly index: number;
  /** The definitions are those of this very release or older ones: what they lack, the server lacks. */
  readonly exact: boolean;
}

/** Attributes that must be there, have the right kind and an allowed value, as ValidateNodeDef wants them. */
export function* checkAttrs(node: GraphNode, target: Target): Generator<NodeProblem> {
  const def = opDef(node.op);
  if (def === undefined) return;
  const { attrs } = node;
  for (const [name, value] of attrs) {
    if (name.startsWith("_")) continue;
    const attr = def.attrs.get(name);
    if (attr === undefined || !isThere(attr, target)) {
      if (!target.exact) continue;
      yield {
        kind: "unknown-attr",
        attr: name,
        message:
          attr === undefined
            ? `has an attribute ${JSON.stringify(name)} that the op does not have`
            : attr.until !== undefined && target.index >= attr.until
              ? `has an attribute ${JSON.stringify(name)} that the op no longer has since TensorFlow ${releaseAt(attr.until)}`
              : `has an attribute ${JSON.stringify(name)} that the op has only since TensorFlow ${releaseAt(attr.since ?? 0)}`,
      };
      continue;
    }
    // Inside a function a value may stand for one that the caller gives.
    if (value.kind === "placeholder") continue;
    const problem = checkValue(attr, value, target.index >= def.from);
    if (problem !== undefined)
      yield { kind: "invalid", attr: name, message: `has attribute ${JSON.stringify(name)} ${problem}` };
  }
  for (const attr of def.attrs.values()) {
    if (attr.hasDefault || attrs.has(attr.name) || !isThere(attr, target)) continue;
    yield { kind: "invalid", attr: attr.name, message: `lacks the attribute ${JSON.stringify(attr.name)}` };
  }
}

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

function checkValue(attr: OpAttr, value: AttrValue, allowedKnown: boolean): string | undefined {
  const wanted = attr.list
    ? `a list of ${KIND_WORDS[attr.kind].replace(/^an? /, "")}s`
    : KIND_WORDS[attr.kind];
  if (attr.list) {
    if (value.kind !== "list") return `as ${KIND_WORDS[value.kind]}, which must be ${wanted}`;
    const { s, i, type, shape, func, floats, bools, tensors } = value.value;
    const lengths: Readonly<Record<OpAttr["kind"], number>> = {
      s: s.length,
      i: i.length,
      f: floats,
      b: bools,
      type: type.length,
      shape: shape.length,
      tensor: tensors,
      func: func.length,
    };
    for (const [kind, length] of Object.entries(lengths)) {
      if (length > 0 && kind !== attr.kind)
        return `as a list of ${KIND_WORDS[kind as OpAttr["kind"]].replace(/^an? /, "")}s, which must be ${wanted}`;
    }
    if (attr.min !== undefined && lengths[attr.kind] < attr.min)
      return `with ${lengths[attr.kind]} of at least ${attr.min} elements`;
    for (const item of type) {
      const problem = checkType(attr, item, allowedKnown);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (value.kind !== attr.kind) return `as ${KIND_WORDS[value.kind]}, which must be ${wanted}`;
  if (value.kind === "type") return checkType(attr, value.value, allowedKnown);
  if (value.kind === "i" && attr.min !== undefined && Number(value.value) < attr.min)
    return `of ${value.value}, which must be at least ${attr.min}`;
  if (value.kind === "s" && attr.allowed !== undefined && allowedKnown) {
    const text = new TextDecoder("latin1").decode(value.value);
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
