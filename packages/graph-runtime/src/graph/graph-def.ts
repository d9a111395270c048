import type { WireReader } from "@servable/tensors";
import { Attributes } from "./attributes.ts";
import { walk } from "./walk.ts";

/** One node of a graph or function body. Attribute values stay encoded until somebody asks for one. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  /** Data inputs (`node`, `node:index`, in functions `node:output:index`), then control inputs (`^node`). */
  readonly inputs: readonly string[];
  readonly device: string;
  readonly attrs: Attributes;
}

/** A function of the graph's library, decoded on first use. */
export interface FunctionDef {
  readonly name: string;
  readonly args: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: ReadonlyMap<string, NodeDef>;
  /** Output argument → tensor of the body. */
  readonly ret: ReadonlyMap<string, string>;
  /** Nodes of the body that have to run for their effects. */
  readonly controlRet: readonly string[];
}

/** A decoded `GraphDef`. */
export interface GraphDef {
  readonly nodes: readonly NodeDef[];
  readonly byName: ReadonlyMap<string, NodeDef>;
  readonly minConsumer: number;
  readonly producer: number;
  readonly functionNames: readonly string[];
  /** Encoded `FunctionDef` by name. */
  readonly functionBytes: ReadonlyMap<string, Uint8Array>;
  /** @returns undefined for a name that the library lacks */
  function(name: string): FunctionDef | undefined;
  /** First name that two nodes share, if any. */
  readonly duplicate: string | undefined;
}

const NO_ATTRIBUTE: Uint8Array = new Uint8Array(0);

function readMapEntry(bytes: Uint8Array): { key: string; value: Uint8Array } {
  let key = "";
  let value: Uint8Array = NO_ATTRIBUTE;
  walk(bytes, (field, wire, reader) => {
    if (field === 1 && wire === 2) key = reader.string();
    else if (field === 2 && wire === 2) value = reader.view();
    else return false;
    return true;
  });
  return { key, value };
}

/** Decodes one `NodeDef`. */
export function readNodeDef(bytes: Uint8Array): NodeDef {
  let name = "";
  let op = "";
  let device = "";
  const inputs: string[] = [];
  let attrs: Uint8Array[] | undefined;
  walk(bytes, (field, wire, reader) => {
    if (wire !== 2) return false;
    if (field === 1) name = reader.string();
    else if (field === 2) op = reader.string();
    else if (field === 3) inputs.push(reader.string());
    else if (field === 4) device = reader.string();
    else if (field === 5) {
      attrs ??= [];
      attrs.push(reader.view());
    } else return false;
    return true;
  });
  const encoded = attrs ?? [];
  return {
    name,
    op,
    inputs,
    device,
    attrs: new Attributes(op, () => {
      const map = new Map<string, Uint8Array>();
      for (const entry of encoded) {
        const { key, value } = readMapEntry(entry);
        map.set(key, value);
      }
      return map;
    }),
  };
}

function readStringMap(reader: WireReader, into: Map<string, string>): void {
  let key = "";
  let value = "";
  walk(reader.view(), (field, wire, inner) => {
    if (field === 1 && wire === 2) key = inner.string();
    else if (field === 2 && wire === 2) value = inner.string();
    else return false;
    return true;
  });
  into.set(key, value);
}

/** Reads the name out of an encoded `FunctionDef`. */
function functionName(bytes: Uint8Array): string {
  let name = "";
  walk(bytes, (field, wire, reader) => {
    if (field !== 1 || wire !== 2) return false;
    walk(reader.view(), (inner, innerWire, signature) => {
      if (inner !== 1 || innerWire !== 2) return false;
      name = signature.string();
      return true;
    });
    return true;
  });
  return name;
}

function readFunction(bytes: Uint8Array): FunctionDef {
  let name = "";
  const args: string[] = [];
  const outputs: string[] = [];
  const nodes = new Map<string, NodeDef>();
  const ret = new Map<string, string>();
  const controlRet = new Map<string, string>();
  const argName = (arg: Uint8Array): string => {
    let result = "";
    walk(arg, (field, wire, reader) => {
      if (field !== 1 || wire !== 2) return false;
      result = reader.string();
      return true;
    });
    return result;
  };
  walk(bytes, (field, wire, reader) => {
    if (wire !== 2) return false;
    if (field === 1) {
      walk(reader.view(), (inner, innerWire, signature) => {
        if (innerWire !== 2) return false;
        if (inner === 1) name = signature.string();
        else if (inner === 2) args.push(argName(signature.view()));
        else if (inner === 3) outputs.push(argName(signature.view()));
        else return false;
        return true;
      });
    } else if (field === 3) {
      const node = readNodeDef(reader.view());
      nodes.set(node.name, node);
    } else if (field === 4) readStringMap(reader, ret);
    else if (field === 6) readStringMap(reader, controlRet);
    else return false;
    return true;
  });
  return { name, args, outputs, nodes, ret, controlRet: [...controlRet.values()] };
}

/**
 * Decodes a `GraphDef`: nodes at once, functions and attribute values on demand.
 * @throws GraphError (DATA_LOSS) for bytes that are no protobuf message
 */
export function readGraphDef(bytes: Uint8Array): GraphDef {
  const nodes: NodeDef[] = [];
  const functionBytes = new Map<string, Uint8Array>();
  let minConsumer = 0;
  let producer = 0;
  walk(bytes, (field, wire, reader) => {
    if (wire !== 2) return false;
    if (field === 1) nodes.push(readNodeDef(reader.view()));
    else if (field === 2) {
      walk(reader.view(), (inner, innerWire, library) => {
        if (inner !== 1 || innerWire !== 2) return false;
        const encoded = library.view();
        functionBytes.set(functionName(encoded), encoded);
        return true;
      });
    } else if (field === 4) {
      walk(reader.view(), (inner, innerWire, versions) => {
        if (innerWire !== 0) return false;
        if (inner === 1) producer = versions.int32();
        else if (inner === 2) minConsumer = versions.int32();
        else return false;
        return true;
      });
    } else return false;
    return true;
  });
  const byName = new Map<string, NodeDef>();
  let duplicate: string | undefined;
  for (const node of nodes) {
    if (byName.has(node.name)) duplicate ??= node.name;
    else byName.set(node.name, node);
  }
  const functions = new Map<string, FunctionDef>();
  return {
    nodes,
    byName,
    minConsumer,
    producer,
    functionBytes,
    functionNames: [...functionBytes.keys()],
    duplicate,
    function: (name) => {
      const known = functions.get(name);
      if (known) return known;
      const encoded = functionBytes.get(name);
      if (!encoded) return undefined;
      const decoded = readFunction(encoded);
      functions.set(name, decoded);
      return decoded;
    },
  };
}

/** Op types of a function's body, read without decoding the rest. */
export function* functionOps(bytes: Uint8Array): Generator<{ op: string; node: string }> {
  const found: { op: string; node: string }[] = [];
  walk(bytes, (field, wire, reader) => {
    if (field !== 3 || wire !== 2) return false;
    let op = "";
    let node = "";
    walk(reader.view(), (inner, innerWire, body) => {
      if (innerWire !== 2) return false;
      if (inner === 1) node = body.string();
      else if (inner === 2) op = body.string();
      else return false;
      return true;
    });
    found.push({ op, node });
    return true;
  });
  yield* found;
}
