import { LENGTH, VARINT, WireReader } from "../wire/wire-reader.ts";
import { type AttrValue, readAttrValue } from "./attr-value.ts";

const NO_NAMES: readonly string[] = [];

/** A NodeDef: name, op and inputs are read at once, attributes when they are first asked for. */
export class GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly device: string;
  /** Wire bytes of the graph, and where this node's attributes lie in them, with what is between. */
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;
  #attrs: ReadonlyMap<string, AttrValue> | undefined;
  #functionNames: readonly string[] | undefined;

  constructor(
    name: string,
    op: string,
    inputs: readonly string[],
    device: string,
    bytes: Uint8Array,
    start: number,
    end: number,
  ) {
    this.name = name;
    this.op = op;
    this.inputs = inputs;
    this.device = device;
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** All attributes by name; the last of several of one name counts, as in every map on the wire. @throws WireError */
  get attrs(): ReadonlyMap<string, AttrValue> {
    this.#attrs ??= readAttrs(new WireReader(this.#bytes, this.#start, this.#end));
    return this.#attrs;
  }

  /** One attribute, or undefined. @throws WireError */
  attr(name: string): AttrValue | undefined {
    return this.attrs.get(name);
  }

  /** Functions that the attributes name. @throws WireError */
  get functionNames(): readonly string[] {
    this.#functionNames ??= namedFunctions(this.attrs);
    return this.#functionNames;
  }
}

function namedFunctions(attrs: ReadonlyMap<string, AttrValue>): readonly string[] {
  const names: string[] = [];
  for (const attr of attrs.values()) {
    if (attr.kind === "func") names.push(attr.value);
    else if (attr.kind === "list") for (const name of attr.value.func) names.push(name);
  }
  return names.length === 0 ? NO_NAMES : names;
}

function readAttrs(reader: WireReader): ReadonlyMap<string, AttrValue> {
  const attrs = new Map<string, AttrValue>();
  while (!reader.done) {
    const tag = reader.tag();
    if (tag !== ((5 << 3) | LENGTH)) {
      reader.skip(tag);
      continue;
    }
    const outer = reader.enter();
    let key = "";
    let value: AttrValue = { kind: "none" };
    while (!reader.done) {
      const field = reader.tag();
      if (field === ((1 << 3) | LENGTH)) key = reader.string();
      else if (field === ((2 << 3) | LENGTH)) value = reader.inside(readAttrValue);
      else reader.skip(field);
    }
    reader.leave(outer);
    attrs.set(key, value);
  }
  return attrs;
}

/** An argument of a function. */
export interface FunctionArg {
  readonly name: string;
  /** DataType number, 0 where it hangs on an attribute. */
  readonly type: number;
}

/** A FunctionDef. */
export interface GraphFunction {
  readonly name: string;
  readonly inputs: readonly FunctionArg[];
  readonly outputs: readonly FunctionArg[];
  readonly nodes: readonly GraphNode[];
  /** Output name to `node:out:index` (or an input's name). */
  readonly ret: ReadonlyMap<string, string>;
  /** Nodes that must have run before a call is done, although it returns nothing of theirs. */
  readonly controlRet: readonly string[];
}

/** A GraphDef. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly functions: readonly GraphFunction[];
  /** Names of functions that are there several times, with different contents. */
  readonly ambiguousFunctions: readonly string[];
  /** Functions with a gradient registered for them: those names count as known. */
  readonly producer: number;
  readonly minConsumer: number;
  readonly badConsumers: readonly number[];
}

function readNode(reader: WireReader): GraphNode {
  let attrs: number | undefined;
  let name = "";
  let op = "";
  let device = "";
  const inputs: string[] = [];
  while (!reader.done) {
    const start = reader.at;
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
        name = reader.string();
        break;
      case (2 << 3) | LENGTH:
        op = reader.string();
        break;
      case (3 << 3) | LENGTH:
        inputs.push(reader.string());
        break;
      case (4 << 3) | LENGTH:
        device = reader.string();
        break;
      case (5 << 3) | LENGTH:
        attrs ??= start;
        reader.skip(tag);
        break;
      default:
        reader.skip(tag);
    }
  }
  return new GraphNode(name, op, inputs, device, reader.bytes, attrs ?? reader.end, reader.end);
}

function readArg(reader: WireReader): FunctionArg {
  let name = "";
  let type = 0;
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) name = reader.string();
    else if (tag === ((3 << 3) | VARINT)) type = reader.int32();
    else reader.skip(tag);
  }
  return { name, type };
}

/** An entry of a map of names to names. */
function readNames(reader: WireReader): { readonly key: string; readonly value: string } {
  let key = "";
  let value = "";
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | LENGTH)) key = reader.string();
    else if (tag === ((2 << 3) | LENGTH)) value = reader.string();
    else reader.skip(tag);
  }
  return { key, value };
}

function readFunction(reader: WireReader): GraphFunction {
  let name = "";
  const inputs: FunctionArg[] = [];
  const outputs: FunctionArg[] = [];
  const nodes: GraphNode[] = [];
  const ret = new Map<string, string>();
  const controlRet: string[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH: {
        const outer = reader.enter();
        while (!reader.done) {
          const field = reader.tag();
          if (field === ((1 << 3) | LENGTH)) name = reader.string();
          else if (field === ((2 << 3) | LENGTH)) inputs.push(reader.inside(readArg));
          else if (field === ((3 << 3) | LENGTH)) outputs.push(reader.inside(readArg));
          else reader.skip(field);
        }
        reader.leave(outer);
        break;
      }
      case (3 << 3) | LENGTH:
        nodes.push(reader.inside(readNode));
        break;
      case (4 << 3) | LENGTH: {
        const { key, value } = reader.inside(readNames);
        ret.set(key, value);
        break;
      }
      case (6 << 3) | LENGTH: {
        controlRet.push(reader.inside(readNames).value);
        break;
      }
      default:
        reader.skip(tag);
    }
  }
  return { name, inputs, outputs, nodes, ret, controlRet };
}

/**
 * Whether two messages can't be one in another order of their map entries: of other length, or of other bytes in whatever
 * order.
 */
function differ(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return true;
  const counts = new Int32Array(256);
  for (const [at, byte] of a.entries()) {
    counts[byte]!++;
    counts[b[at]!]!--;
  }
  return counts.some((count) => count !== 0);
}

/** Reads a serialized GraphDef: nodes and functions, attributes left for later. @throws WireError */
export function readGraph(bytes: Uint8Array): Graph {
  const reader = new WireReader(bytes);
  const nodes: GraphNode[] = [];
  const functions: GraphFunction[] = [];
  const places = new Map<string, readonly [from: number, to: number]>();
  const ambiguousFunctions: string[] = [];
  const addFunction = (from: number, to: number, fn: GraphFunction): void => {
    functions.push(fn);
    const known = places.get(fn.name);
    if (known === undefined) places.set(fn.name, [from, to]);
    else if (differ(bytes.subarray(...known), bytes.subarray(from, to))) ambiguousFunctions.push(fn.name);
  };
  let producer = 0;
  let minConsumer = 0;
  const badConsumers: number[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    switch (tag) {
      case (1 << 3) | LENGTH:
        nodes.push(reader.inside(readNode));
        break;
      case (2 << 3) | LENGTH: {
        const outer = reader.enter();
        while (!reader.done) {
          const field = reader.tag();
          if (field === ((1 << 3) | LENGTH)) {
            const from = reader.at;
            const fn = reader.inside(readFunction);
            addFunction(from, reader.at, fn);
          } else reader.skip(field);
        }
        reader.leave(outer);
        break;
      }
      case (4 << 3) | LENGTH: {
        const versions = reader.message();
        while (!versions.done) {
          const field = versions.tag();
          if (field === ((1 << 3) | VARINT)) producer = versions.int32();
          else if (field === ((2 << 3) | VARINT)) minConsumer = versions.int32();
          else if (field === ((3 << 3) | LENGTH)) {
            const packed = versions.message();
            while (!packed.done) badConsumers.push(packed.int32());
          } else versions.skip(field);
        }
        break;
      }
      default:
        reader.skip(tag);
    }
  }
  return { nodes, functions, ambiguousFunctions, producer, minConsumer, badConsumers };
}

/** Node name and output index of a tensor name; `node` alone means output 0. Undefined for a control input (`^node`). */
export function splitTensorName(name: string): { readonly node: string; readonly index: number } | undefined {
  if (name === "" || name.startsWith("^")) return undefined;
  const colon = name.lastIndexOf(":");
  if (colon < 0) return { node: name, index: 0 };
  const index = outputIndex(name, colon + 1);
  return index === undefined ? { node: name, index: 0 } : { node: name.slice(0, colon), index };
}

/** The decimal number without needless zeros that a name ends with from a place on. */
function outputIndex(name: string, start: number): number | undefined {
  for (let at = start; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code < 48 || code > 57) return undefined;
  }
  const digits = name.slice(start);
  return digits === "" || (digits.length > 1 && digits.startsWith("0")) ? undefined : Number(digits);
}

/** How often each op occurs in nodes and functions, by name in byte order. */
export function countOps(graph: Graph): Map<string, number> {
  const counts = new Map<string, number>();
  const count = (nodes: readonly GraphNode[]): void => {
    for (const { op } of nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  };
  count(graph.nodes);
  for (const { nodes } of graph.functions) count(nodes);
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
