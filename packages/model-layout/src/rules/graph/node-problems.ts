import type { AttrValue } from "../../graph/attr-value.ts";
import { attrProblems, dtypeName, fits, leavesOpen, type Target } from "../../graph/check-node.ts";
import type { GraphFunction, GraphNode } from "../../graph/graph-def.ts";
import type { GraphIndex } from "../../graph/graph-index.ts";
import { argTypes, type OpArg, type OpDef, opDef } from "../../graph/op-defs.ts";
import { tensorTypesOf } from "../../graph/tensor-types.ts";
import { quoted } from "../model-rule.ts";

/** What is wrong with a node; `call`: a plain call of a function that takes or gives something else. */
export interface NodeProblem {
  readonly message: string;
  readonly call?: true;
  /** The server sees it only when it comes to the node. */
  readonly late: boolean;
  /** How many tensors the function gives, where the call says more. */
  readonly gives?: number;
}

/** What TensorFlow finds wrong with a node of the graph, or of a function's body, by the definition of its op. */
export function* nodeProblems(
  node: GraphNode,
  fn: GraphFunction | undefined,
  graph: GraphIndex,
  target: Target,
): Generator<NodeProblem> {
  const def = graph.functions.has(node.op) ? undefined : opDef(node.op);
  if (def === undefined) return;
  const { attrs } = node;
  const inFunction = fn !== undefined;
  let sound = true;
  for (const { attr, message } of attrProblems(node, target)) {
    // In a function's body nothing looks at settings that only the runtime of a call would read.
    if (inFunction && UNREAD.has(attr)) continue;
    sound = false;
    // What inputs and outputs there are is worked out when the graph is imported, all else when the kernel is made.
    yield { message, late: inFunction || !tellsTypes(def, attr, attrs) };
  }
  for (const [name, { kind }] of inFunction ? [] : attrs) {
    if (kind !== "placeholder" || !def.attrs.has(name)) continue;
    sound = false;
    yield {
      message: `has attribute ${quoted(name)} as a placeholder, which only functions can have`,
      late: !tellsTypes(def, name, attrs),
    };
  }
  for (const problem of callProblems(node, attrs, graph))
    yield { ...problem, late: inFunction, ...(/PartitionedCall$/.test(node.op) ? { call: true } : {}) };
  if (def.deprecated !== undefined && def.deprecated <= graph.graph.producer) {
    yield {
      message: `uses an op that ended with GraphDef version ${def.deprecated}, while the graph is of version ${graph.graph.producer}`,
      late: inFunction,
    };
  }
  // Wrong attributes leave the wanted inputs open; other releases may want others.
  if (!sound || target.index < def.from || leavesOpen(attrs)) return;
  const wanted = argTypes(def.inputs, def, attrs);
  if (wanted !== undefined) yield* inputProblems(node, fn, graph, wanted);
}

function* inputProblems(
  { inputs }: GraphNode,
  fn: GraphFunction | undefined,
  graph: GraphIndex,
  wanted: readonly number[],
): Generator<NodeProblem> {
  const types = tensorTypesOf(graph);
  const given = inputs.filter((input) => !input.startsWith("^"));
  const typeOf = (input: string): number | undefined =>
    fn === undefined ? types.ofTensor(input) : types.ofRef(input, fn)?.[0];
  const fitsAt = (input: string, index: number): boolean => {
    const type = typeOf(input);
    return type === undefined || fits(type, wanted[index]!);
  };
  let number = given.length;
  if (number !== wanted.length) {
    // In a function one input may stand for all tensors of a list.
    const all = fn === undefined ? undefined : given.map((input) => types.ofRef(input, fn));
    if (all?.some((item) => item === undefined) === true) return;
    if (all !== undefined) number = all.flatMap((item) => item ?? []).length;
    if (number === wanted.length) return;
    yield {
      message: `has ${number} input${number === 1 ? "" : "s"} where its op takes ${wanted.length}`,
      late: fn !== undefined || (number < wanted.length && given.every(fitsAt)),
    };
    return;
  }
  for (const [index, input] of given.entries()) {
    if (fitsAt(input, index)) continue;
    yield {
      message: `takes ${dtypeName(typeOf(input) ?? 0)} from ${quoted(input)} as input ${index}, which must be ${dtypeName(wanted[index]!)}`,
      late: fn !== undefined,
    };
  }
}

/** Whether the importer reads an attribute to know the inputs and outputs; of lists it takes what there is. */
function tellsTypes(def: OpDef, attr: string, attrs: ReadonlyMap<string, AttrValue>): boolean {
  const isOf = ({ type, count, list }: OpArg): boolean =>
    count === attr || (type === attr && (!list || !attrs.has(attr)));
  return def.inputs.some(isOf) || def.outputs.some(isOf);
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
): Generator<Omit<NodeProblem, "call" | "late">> {
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
): Generator<Omit<NodeProblem, "call" | "late">> {
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
      word === "gives" ? tensorTypesOf(graph).ofRef(fn.ret.get(name) ?? "", fn)?.[0] : undefined;
    const at = args.findIndex(
      ({ type, name }, index) => type !== wanted[index] && made(name) !== wanted[index],
    );
    if (at >= 0)
      yield {
        message: `calls function ${quoted(fn.name)}, which ${word} ${dtypeName(args[at]!.type)} as ${quoted(args[at]!.name)}, with ${dtypeName(wanted[at]!)}`,
      };
  }
}
