import type { AttrValue } from "../../graph/attr-value.ts";
import { attrProblems, dtypeName, fits, leavesOpen, type Target } from "../../graph/check-node.ts";
import { type GraphFunction, type GraphNode, splitTensorName } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { argTypes, opDef, releaseIndex } from "../../graph/op-defs.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";
import { callable, tensorNames } from "../signature/signatures.ts";
import { faultIn, runningParts } from "./running-parts.ts";

export const rule = versionRule({
  id: "graph/nodes-fit-ops",
  level: "graph",
  summary: "every node has the attributes, inputs and types that its op wants",
  severity: "error",
  effect: "load-fails",
  why: "The server checks each node against the definition of its op when it imports the graph: attributes without default must be there and of the right kind and value, and inputs must be as many and of the types that the op wants. Inside a function it does so at the first call.",
  mend: "Export the model again with TensorFlow; graphs edited by hand must keep to the op definitions.",
  evidence: [
    "op definitions of the TensorFlow wheels 1.15 to 2.20",
    "tensorflow/core/framework/node_def_util.cc ValidateNodeDef, common_runtime/graph_constructor.cc",
    "TensorFlow 2.17.1's loader on graphs edited in these ways",
  ],
  logTexts: [
    "NodeDef missing attr '…' from Op<…>; NodeDef: …",
    "NodeDef expected inputs '…' do not match … inputs specified; …",
    "Value for attr '…' of … is not in the list of allowed values: …",
    "Input … of node … was passed … from … incompatible with expected ….",
    "AttrValue had value with type '…' when '…' expected",
    "Op … is not available in GraphDef version …. It has been removed in version …. ….",
  ],
  examples: {
    bad: [folder("an input too few", { "m/1/saved_model.pb": "AddV2 with one input" })],
    good: [folder("as defined", { "m/1/saved_model.pb": "AddV2 with two inputs of one type" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    const { file } = context.savedModel.value;
    const target = releaseIndex(context.target.tfsVersion);
    let told = 0;
    let running: ReturnType<typeof runningParts> | undefined;
    for (const { node, fn, where } of graph.nodesInUse) {
      for (const { message, call, gives } of problems(node, fn, graph, target)) {
        // A graph of another op set has thousands of these: the first few tell enough.
        if (told++ >= 10) return;
        running ??= runningParts(context, graph);
        // What saves a model is there but never runs in a server, which does not unfold its calls (branches and loops it does).
        const runs = fn === undefined ? running.nodes.has(node) : running.functions.has(fn);
        const missed =
          gives === undefined || fn !== undefined || readsBeyond(node, gives, graph, callable(context));
        const idle = call && (!runs || !missed);
        yield {
          file,
          message: `node ${quoted(node.name)} (${node.op})${where} ${message}`,
          ...(idle ? IDLE : fn === undefined ? LOAD_FAILS : faultIn(fn, running)),
        };
      }
    }
  },
});

const LOAD_FAILS = { help: "The load fails. Export the model again." };

const IDLE = {
  severity: "warning",
  effect: "silent",
  help: "Nothing that the server runs comes to it, or reads what is missing; but the graph is not what was exported. Export the model again.",
} as const;

/** Whether a node of the graph, or a signature, takes a tensor of `node` from index `first` on. */
function readsBeyond(
  node: GraphNode,
  first: number,
  graph: GraphIndex,
  signatures: ReturnType<typeof callable>,
): boolean {
  const beyond = (tensor: string): boolean => {
    const split = tensor.startsWith("^") ? undefined : splitTensorName(tensor);
    return split !== undefined && split.node === node.name && split.index >= first;
  };
  return (
    graph.graph.nodes.some(({ inputs }) => inputs.some(beyond)) ||
    signatures.some(([, { outputs }]) =>
      [...outputs.values()].some((info) => [...tensorNames(info)].some(beyond)),
    )
  );
}

/** What is wrong with a node; `call`: a plain call of a function that takes or gives something else. */
interface Problem {
  readonly message: string;
  readonly call?: true;
  /** How many tensors the function gives, where the call says more. */
  readonly gives?: number;
}

function* problems(
  node: GraphNode,
  fn: GraphFunction | undefined,
  graph: GraphIndex,
  target: Target,
): Generator<Problem> {
  const def = graph.functions.has(node.op) ? undefined : opDef(node.op);
  if (def === undefined) return;
  const { attrs } = node;
  let sound = true;
  for (const { attr, message } of attrProblems(node, target)) {
    // In a function's body nothing looks at settings that only the runtime of a call would read.
    if (fn !== undefined && UNREAD.has(attr)) continue;
    sound = false;
    yield { message };
  }
  for (const problem of callProblems(node, attrs, graph))
    yield { ...problem, ...(/PartitionedCall$/.test(node.op) ? { call: true } : {}) };
  if (def.deprecated !== undefined && def.deprecated <= graph.graph.producer) {
    yield {
      message: `uses an op that ended with GraphDef version ${def.deprecated}, while the graph is of version ${graph.graph.producer}`,
    };
  }
  // Wrong attributes leave the wanted inputs open; other releases may want others.
  if (!sound || target.index < def.from) return;
  const wanted = argTypes(def.inputs, def, attrs);
  if (wanted === undefined || leavesOpen(attrs)) return;
  const types = graph.tensorTypes;
  const given = node.inputs.filter((input) => !input.startsWith("^"));
  // In a function one input may stand for all tensors of a list.
  const listed = fn !== undefined && given.length !== wanted.length;
  if (listed) {
    const all = given.map((input) => types.ofRef(input, fn));
    if (all.some((item) => item === undefined)) return;
    const flat = all.flatMap((item) => item ?? []);
    if (flat.length !== wanted.length)
      yield {
        message: `has ${flat.length} input${flat.length === 1 ? "" : "s"} where its op takes ${wanted.length}`,
      };
    return;
  }
  if (given.length !== wanted.length) {
    yield {
      message: `has ${given.length} input${given.length === 1 ? "" : "s"} where its op takes ${wanted.length}`,
    };
    return;
  }
  for (const [index, input] of given.entries()) {
    const type = fn === undefined ? types.ofTensor(input) : types.ofRef(input, fn)?.[0];
    const want = wanted[index]!;
    if (type === undefined || fits(type, want)) continue;
    yield {
      message: `takes ${dtypeName(type)} from ${quoted(input)} as input ${index}, which must be ${dtypeName(want)}`,
    };
  }
}

/** Attributes of calls that are never read once the call was inlined. */
const UNREAD: ReadonlySet<string> = new Set(["config", "config_proto", "executor_type"]);

/**
 * Attributes with functions, and those with the types that each takes and gives. What branches and loops give is only
 * counted: they are unfolded without a look at the types.
 */
const CALLS: Readonly<Record<string, readonly (readonly [fn: string, takes: string, gives?: string])[]>> = {
  PartitionedCall: [["f", "Tin", "Tout"]],
  StatefulPartitionedCall: [["f", "Tin", "Tout"]],
  If: [
    ["then_branch", "Tin", "Tout"],
    ["else_branch", "Tin", "Tout"],
  ],
  StatelessIf: [
    ["then_branch", "Tin", "Tout"],
    ["else_branch", "Tin", "Tout"],
  ],
  Case: [["branches", "Tin", "Tout"]],
  StatelessCase: [["branches", "Tin", "Tout"]],
  While: [
    ["cond", "T"],
    ["body", "T", "T"],
  ],
  StatelessWhile: [
    ["cond", "T"],
    ["body", "T", "T"],
  ],
};

/** Whether functions take and give what the call says. */
function* callProblems(
  node: GraphNode,
  attrs: ReadonlyMap<string, AttrValue>,
  graph: GraphIndex,
): Generator<Omit<Problem, "call">> {
  for (const [attr, takes, gives] of CALLS[node.op] ?? []) {
    const value = attrs.get(attr);
    const names = value?.kind === "func" ? [value.value] : value?.kind === "list" ? value.value.func : [];
    for (const name of names) {
      const fn = graph.functions.get(name);
      if (fn !== undefined) yield* callProblem(fn, attr, takes, gives, attrs, graph);
    }
  }
}

function* callProblem(
  fn: GraphFunction,
  attr: string,
  takes: string,
  gives: string | undefined,
  attrs: ReadonlyMap<string, AttrValue>,
  graph: GraphIndex,
): Generator<Omit<Problem, "call">> {
  for (const [list, args, word] of [
    [takes, fn.inputs, "takes"],
    [gives, fn.outputs, "gives"],
  ] as const) {
    const types = list === undefined ? undefined : attrs.get(list);
    // Arguments of a type that hangs on an attribute may be any number of tensors.
    if (types?.kind !== "list" || args.some(({ type }) => type === 0)) continue;
    const wanted = types.value.type;
    if (wanted.length !== args.length) {
      yield {
        message: `calls function ${quoted(fn.name)}, which ${word} ${args.length} tensors, with ${wanted.length}`,
        ...(word === "gives" && args.length < wanted.length ? { gives: args.length } : {}),
      };
      continue;
    }
    if (word === "gives" && attr !== "f") continue;
    // What counts of a result is what is made; that it is declared otherwise is function-results-fit's.
    const made = (name: string): number | undefined =>
      word === "gives" ? graph.tensorTypes.ofRef(fn.ret.get(name) ?? "", fn)?.[0] : undefined;
    const at = args.findIndex(
      ({ type, name }, index) => type !== wanted[index] && made(name) !== wanted[index],
    );
    if (at >= 0)
      yield {
        message: `calls function ${quoted(fn.name)}, which ${word} ${dtypeName(args[at]!.type)} as ${quoted(args[at]!.name)}, with ${dtypeName(wanted[at]!)}`,
      };
  }
}
