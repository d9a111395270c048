import { WIRE, WireReader } from "@servable/tensors";

/** Names of the ops that run when these tensors (`node:0`) are fetched. */
export type OpsOfTensors = (tensors: readonly string[]) => ReadonlySet<string>;

interface Node {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  /** Functions named in its attributes. */
  readonly functions: readonly string[];
}

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");

function eachField(bytes: Uint8Array, visit: (field: number, value: Uint8Array) => void): void {
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.wire === WIRE.bytes) visit(reader.field, reader.view());
    else reader.skip();
  }
}

/** Names of the functions in an AttrValue: `func` (10), or `list.func` (1, 9). */
function attributeFunctions(bytes: Uint8Array, into: string[]): void {
  const named = (list: Uint8Array): void =>
    eachField(list, (field, value) => {
      if (field === 1) into.push(text(value));
    });
  eachField(bytes, (field, value) => {
    if (field === 10) named(value);
    else if (field === 1) {
      eachField(value, (inner, item) => {
        if (inner === 9) named(item);
      });
    }
  });
}

function readNode(bytes: Uint8Array): Node {
  let name = "";
  let op = "";
  const inputs: string[] = [];
  const functions: string[] = [];
  eachField(bytes, (field, value) => {
    if (field === 1) name = text(value);
    else if (field === 2) op = text(value);
    else if (field === 3) inputs.push(text(value));
    else if (field === 5) {
      eachField(value, (inner, attribute) => {
        if (inner === 2) attributeFunctions(attribute, functions);
      });
    }
  });
  return { name, op, inputs, functions };
}

/**
 * Reads the node names, ops, edges and function calls of a serialized GraphDef (tensor values are passed over) and
 * answers which ops a fetch runs. In functions every node counts, as stateful ones run whatever is fetched.
 * @throws TensorError for bytes that are no GraphDef.
 */
export function graphOps(graphDef: Uint8Array): OpsOfTensors {
  const nodes = new Map<string, Node>();
  const functions = new Map<string, Node[]>();
  eachField(graphDef, (field, value) => {
    if (field === 1) {
      const node = readNode(value);
      nodes.set(node.name, node);
    } else if (field === 2) {
      eachField(value, (inner, definition) => {
        if (inner !== 1) return;
        let name = "";
        const body: Node[] = [];
        eachField(definition, (part, bytes) => {
          if (part === 1) {
            eachField(bytes, (number, item) => {
              if (number === 1) name = text(item);
            });
          } else if (part === 3) body.push(readNode(bytes));
        });
        functions.set(name, body);
      });
    }
  });
  return (tensors) => {
    const ops = new Set<string>();
    const seenNodes = new Set<string>();
    const seenFunctions = new Set<string>();
    const pendingNodes = tensors.map(nodeOf);
    const pendingFunctions: string[] = [];
    const use = (node: Node): void => {
      ops.add(node.op);
      if (functions.has(node.op)) pendingFunctions.push(node.op);
      pendingFunctions.push(...node.functions);
    };
    for (;;) {
      const name = pendingNodes.pop();
      if (name !== undefined) {
        if (seenNodes.has(name)) continue;
        seenNodes.add(name);
        const node = nodes.get(name);
        if (node === undefined) continue;
        use(node);
        for (const input of node.inputs) pendingNodes.push(nodeOf(input));
        continue;
      }
      const called = pendingFunctions.pop();
      if (called === undefined) return ops;
      if (seenFunctions.has(called)) continue;
      seenFunctions.add(called);
      for (const node of functions.get(called) ?? []) use(node);
    }
  };
}

/** Node of `^node`, `node` or `node:1`. */
function nodeOf(input: string): string {
  return input.replace(/^\^/, "").replace(/:\d+$/, "");
}

/** Ops that change what later requests see, or reach out of the model. */
const CHANGES_STATE =
  /^(Assign|AssignAdd|AssignSub|AssignVariableOp|AssignAddVariableOp|AssignSubVariableOp|Scatter(Add|Sub|Mul|Div|Min|Max|Update|NdAdd|NdSub|NdUpdate)?|ResourceScatter\w+|ResourceApply\w+|Apply\w+|CountUpTo|ResourceCountUpTo|LookupTableInsertV?2?|LookupTableRemoveV2|QueueEnqueue\w*|QueueDequeue\w*|Stage|Unstage|MapStage|WriteFile|SaveV2|Save|ShardedFilename|MergeV2Checkpoints|PyFunc|EagerPyFunc|Stack\w*Push\w*|Barrier\w+|TensorArrayWrite\w*Global)$/;

/** The first op of a signature that changes state, if any. */
export function stateChangingOp(ops: ReadonlySet<string>): string | undefined {
  return [...ops].find((op) => CHANGES_STATE.test(op));
}

/** Whether a graph decodes pictures from its input. */
export function decodesImages(ops: ReadonlySet<string>): "jpeg" | "png" | undefined {
  if (ops.has("DecodeJpeg") || ops.has("DecodeImage") || ops.has("DecodeAndCropJpeg")) return "jpeg";
  return ops.has("DecodePng") ? "png" : undefined;
}

/** Whether a graph parses serialized Examples. */
export function parsesExamples(ops: ReadonlySet<string>): boolean {
  return [
    "ParseExample",
    "ParseExampleV2",
    "ParseSingleExample",
    "ParseSequenceExample",
    "ParseSequenceExampleV2",
  ].some((op) => ops.has(op));
}
