import { defReleases, opDefs, valueSets } from "../generated/op-defs.ts";
import type { AttrValue } from "./attr-value.ts";
import { releaseOrder } from "./op-table.ts";

/** Kinds of attributes, as {@link AttrValue} names them. */
export type AttrKind = "s" | "i" | "f" | "b" | "type" | "shape" | "tensor" | "func";

/** An attribute of an op's definition. */
export interface OpAttr {
  readonly name: string;
  readonly kind: AttrKind;
  readonly list: boolean;
  /** Nodes may leave it out. */
  readonly hasDefault: boolean;
  /** Default of a number or type. */
  readonly defaultNumber?: number;
  /** Least value, or least length of a list. */
  readonly min?: number;
  /** DataType numbers or strings. */
  readonly allowed?: ReadonlySet<string>;
  /** First release with it, as an index of {@link defReleases}. */
  readonly since?: number;
  /** First release without it. */
  readonly until?: number;
}

/** An input or output: one tensor, a run of tensors of one type (`count`), or a list of types. */
export interface OpArg {
  /** Outputs only. */
  readonly name: string;
  readonly ref: boolean;
  /** Attribute with the number of tensors. */
  readonly count?: string;
  /** DataType number, or the attribute with the type. */
  readonly type: number | string;
  /** The attribute is a list of types, one a tensor. */
  readonly list: boolean;
}

/** Definition of an op in its newest release. */
export interface OpDef {
  readonly inputs: readonly OpArg[];
  readonly outputs: readonly OpArg[];
  readonly attrs: ReadonlyMap<string, OpAttr>;
  /** First release (index) for which inputs, outputs and allowed values are as here. */
  readonly from: number;
  /** GraphDef version from which on graphs must not use it. */
  readonly deprecated?: number;
}

const KINDS: Readonly<Record<string, AttrKind>> = {
  s: "s",
  i: "i",
  f: "f",
  b: "b",
  t: "type",
  h: "shape",
  n: "tensor",
  u: "func",
};

let lines: Map<string, string> | undefined;
const parsed = new Map<string, OpDef>();
const allowedSets = new Map<number, ReadonlySet<string>>();

/** Definition of an op, or undefined for one that no wheel from 1.15 on has (or whose name begins with `_`). */
export function opDef(op: string): OpDef | undefined {
  const known = parsed.get(op);
  if (known !== undefined) return known;
  lines ??= new Map(opDefs.split("\n").map((line) => [line.slice(0, `${line}|`.indexOf("|")), line]));
  const line = lines.get(op);
  if (line === undefined) return undefined;
  const [, inputs = "", outputs = "", attrs = "", from = "", deprecated = ""] = line.split("|");
  const words = (text: string): string[] => (text === "" ? [] : text.split(" "));
  const def: OpDef = {
    inputs: words(inputs).map((text) => readArg("", text)),
    outputs: words(outputs).map((text) => {
      const colon = text.indexOf(":");
      return readArg(text.slice(0, colon), text.slice(colon + 1));
    }),
    attrs: new Map(
      words(attrs)
        .map(readAttr)
        .map((attr) => [attr.name, attr]),
    ),
    from: Number(from),
    ...(deprecated === "" ? {} : { deprecated: Number(deprecated) }),
  };
  parsed.set(op, def);
  return def;
}

function readArg(name: string, text: string): OpArg {
  const star = text.indexOf("*");
  const count = star < 0 ? undefined : text.slice(0, star);
  let rest = text.slice(star + 1);
  const ref = rest.startsWith("&");
  if (ref) rest = rest.slice(1);
  const list = rest.startsWith("@");
  const type = list ? rest.slice(1) : /^[0-9]+$/.test(rest) ? Number(rest) : rest;
  return { name, ref, type, list, ...(count === undefined ? {} : { count }) };
}

function readAttr(text: string): OpAttr {
  const match = /^([^:]+):([a-zA-Z])(\?(-?[0-9]*))?/.exec(text);
  const [, name = "", letter = "s", question, value = ""] = match ?? [];
  const min = />=(-?[0-9]+)/.exec(text)?.[1];
  const set = /\{([0-9]+)\}/.exec(text)?.[1];
  const since = /\+([0-9]+)$/.exec(text)?.[1];
  const until = /!([0-9]+)$/.exec(text)?.[1];
  return {
    name,
    kind: KINDS[letter.toLowerCase()] ?? "s",
    list: letter !== letter.toLowerCase(),
    hasDefault: question !== undefined,
    ...(value === "" || value === "-" ? {} : { defaultNumber: Number(value) }),
    ...(min === undefined ? {} : { min: Number(min) }),
    ...(set === undefined ? {} : { allowed: allowedSet(Number(set)) }),
    ...(since === undefined ? {} : { since: Number(since) }),
    ...(until === undefined ? {} : { until: Number(until) }),
  };
}

function allowedSet(index: number): ReadonlySet<string> {
  let set = allowedSets.get(index);
  if (set === undefined) {
    set = new Set((valueSets[index] ?? "").split(" "));
    allowedSets.set(index, set);
  }
  return set;
}

/** A release as the definitions count them; `exact` is false beyond the newest, whose definitions may lack what came later. */
export interface ReleaseIndex {
  readonly index: number;
  readonly exact: boolean;
}

const releases = new Map<string, ReleaseIndex>();

/** Index of a server's release among those that the definitions count: the newest not after it. */
export function releaseIndex(version: string): ReleaseIndex {
  let known = releases.get(version);
  if (known === undefined) {
    const target = releaseOrder(version);
    let index = 0;
    defReleases.forEach((release, at) => {
      if (releaseOrder(release) <= target) index = at;
    });
    known = { index, exact: target <= releaseOrder(defReleases.at(-1) ?? "0") };
    releases.set(version, known);
  }
  return known;
}

/** Name of the release with an index. */
export const releaseAt = (index: number): string => defReleases[index] ?? "";

/** A reference type's number is its base type's plus this. */
export const REF = 100;

type Attrs = ReadonlyMap<string, AttrValue>;

/** DataType numbers of all inputs or outputs of a node, or undefined where attributes leave them open. */
export function argTypes(args: readonly OpArg[], def: OpDef, attrs: Attrs): number[] | undefined {
  const types: number[] = [];
  for (const arg of args) {
    const found = typesOfArg(arg, def, attrs);
    if (found === undefined) return undefined;
    for (const type of found) types.push(type);
  }
  return types;
}

/** DataType numbers of one input or output, which may be several tensors. */
export function typesOfArg(arg: OpArg, def: OpDef, attrs: Attrs): readonly number[] | undefined {
  const ref = arg.ref ? REF : 0;
  if (arg.list) {
    const value = attrs.get(arg.type as string);
    if (value?.kind !== "list") return undefined;
    return value.value.type.map((type) => type + ref);
  }
  const type = typeof arg.type === "number" ? arg.type : numberOf(arg.type, "type", def, attrs);
  if (type === undefined) return undefined;
  if (arg.count === undefined) return [type + ref];
  const count = numberOf(arg.count, "i", def, attrs);
  // A count from a file may be anything.
  if (count === undefined || count < 0 || count > 100_000) return undefined;
  return new Array<number>(count).fill(type + ref);
}

function numberOf(name: string, kind: "i" | "type", def: OpDef, attrs: Attrs): number | undefined {
  const value = attrs.get(name);
  if (value === undefined) return def.attrs.get(name)?.defaultNumber;
  return value.kind === kind ? Number(value.value) : undefined;
}
