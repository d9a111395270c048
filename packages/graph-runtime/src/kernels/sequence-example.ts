import type { DType, PartialShape } from "@servable/tensors";
import { walk } from "../graph/walk.ts";
import { GraphError, invalid } from "../graph-error.ts";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.ts";
import { allocate, dtypeName, integers, product, strings, type Value } from "../value.ts";
import { type Feature, readEntries, readFeature, readFeatures } from "./example-features.ts";
import { copyRun } from "./gather.ts";

const decoder = new TextDecoder();

interface SequenceExample {
  readonly context: Map<string, Feature>;
  /** Features of each step. */
  readonly lists: Map<string, (Feature | undefined)[]>;
}

function parse(serialized: Uint8Array): SequenceExample {
  let context = new Map<string, Feature>();
  const lists = new Map<string, (Feature | undefined)[]>();
  try {
    walk(serialized, (field, wire, reader) => {
      if (wire !== 2) return false;
      if (field === 1) context = readFeatures(wrapped(reader.view()));
      else if (field === 2) {
        readEntries(reader.view(), (key, value) => {
          const steps: (Feature | undefined)[] = [];
          walk(value, (inner, innerWire, step) => {
            if (inner !== 1 || innerWire !== 2) return false;
            steps.push(readFeature(step.view()));
            return true;
          });
          lists.set(key, steps);
        });
      } else return false;
      return true;
    });
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    throw invalid("Invalid protocol buffer: could not parse a SequenceExample");
  }
  return { context, lists };
}

/** `Features` as they stand in an `Example`, which is one field more around them. */
function wrapped(features: Uint8Array): Uint8Array {
  const head: number[] = [0x0a];
  for (let n = features.length; ; n = Math.floor(n / 128)) {
    head.push(n < 128 ? n : (n % 128) | 128);
    if (n < 128) break;
  }
  const out = new Uint8Array(head.length + features.length);
  out.set(head);
  out.set(features, head.length);
  return out;
}

interface Sparse {
  readonly key: string;
  readonly dtype: DType;
  readonly splits?: DType;
}
interface Dense extends Sparse {
  readonly shape: PartialShape;
  readonly fallback?: Value;
  /** For lists: whether an example may lack it. */
  readonly optional?: boolean;
}

interface Configs {
  readonly contextSparse: readonly Sparse[];
  readonly contextDense: readonly Dense[];
  readonly contextRagged: readonly Sparse[];
  readonly listSparse: readonly Sparse[];
  readonly listDense: readonly Dense[];
  readonly listRagged: readonly Sparse[];
}

function typed(feature: Feature | undefined, { key, dtype }: Sparse, name: string): Feature | undefined {
  if (feature && feature.dtype !== dtype) {
    throw invalid(
      `Name: ${name}, Key: ${key}, Index: 0.  Data types don't match. Data type: ${dtypeName(feature.dtype)} but expected type: ${dtypeName(dtype)}`,
    );
  }
  return feature;
}

function collected(dtype: DType, parts: readonly (Feature | undefined)[]): Value {
  const count = parts.reduce((n, part) => n + (part?.values.length ?? 0), 0);
  const data = allocate(dtype, [count]) as unknown as unknown[];
  let at = 0;
  for (const part of parts) for (const value of part?.values ?? []) data[at++] = value;
  return { dtype, shape: [count], data: data as unknown as Value["data"] };
}

function splitsOf(lengths: readonly number[], dtype: DType): Value {
  const at = [0];
  for (const n of lengths) at.push(at[at.length - 1]! + n);
  return integers(dtype, [at.length], at);
}

/** Outputs of the ops that read SequenceExamples, in their order. A scalar input gives them without the batch dimension. */
function outputs(serialized: Value, namesValue: Value, c: Configs): Value[] {
  const lone = serialized.shape.length === 0;
  const texts = strings(serialized);
  const given = strings(namesValue);
  const names = texts.map((_, i) => (given[i]?.length ? decoder.decode(given[i]) : "<unknown>"));
  const examples = texts.map(parse);
  const batch = examples.length;
  const contextSparse = c.contextSparse.map((config) => {
    const parts = examples.map((example, i) => typed(example.context.get(config.key), config, names[i]!));
    const indices: number[] = [];
    let longest = 0;
    for (const [i, part] of parts.entries()) {
      longest = Math.max(longest, part?.values.length ?? 0);
      for (let k = 0; k < (part?.values.length ?? 0); k++) indices.push(...(lone ? [k] : [i, k]));
    }
    const width = lone ? 1 : 2;
    return [
      integers("DT_INT64", [indices.length / width, width], indices),
      collected(config.dtype, parts),
      integers("DT_INT64", [width], lone ? [longest] : [batch, longest]),
    ] as const;
  });
  const contextDense = c.contextDense.map((config) => {
    const shape = config.shape ?? [];
    const each = product(shape);
    const full = lone ? [...shape] : [batch, ...shape];
    const data = allocate(config.dtype, full);
    for (const [i, example] of examples.entries()) {
      const feature = typed(example.context.get(config.key), config, names[i]!);
      if (!feature) {
        if (product(config.fallback!.shape) === 0 && each > 0) {
          throw invalid(
            `Name: ${names[i]}, Context feature '${config.key}' is required but could not be found.`,
          );
        }
        copyRun(data, i * each, config.fallback!.data, 0, each);
        continue;
      }
      if (feature.values.length !== each) {
        throw invalid(
          `Name: ${names[i]}, Key: ${config.key}, Index: ${i}.  Number of ${dtypeName(config.dtype)} values != expected.  values size: ${feature.values.length} but output shape: [${shape.join(",")}]`,
        );
      }
      for (const [k, value] of feature.values.entries()) (data as unknown as unknown[])[i * each + k] = value;
    }
    return { dtype: config.dtype, shape: full, data };
  });
  const contextRagged = c.contextRagged.map((config) => {
    const parts = examples.map((example, i) => typed(example.context.get(config.key), config, names[i]!));
    return [
      collected(config.dtype, parts),
      splitsOf(
        parts.map((part) => part?.values.length ?? 0),
        config.splits!,
      ),
    ] as const;
  });
  const stepsOf = (config: Sparse): (Feature | undefined)[][] =>
    examples.map((example, i) =>
      (example.lists.get(config.key) ?? []).map((step) => typed(step, config, names[i]!)),
    );
  const listSparse = c.listSparse.map((config) => {
    const all = stepsOf(config);
    const indices: number[] = [];
    let longest = 0;
    let widest = 0;
    for (const [i, steps] of all.entries()) {
      longest = Math.max(longest, steps.length);
      for (const [t, step] of steps.entries()) {
        const count = step?.values.length ?? 0;
        widest = Math.max(widest, count);
        for (let k = 0; k < count; k++) indices.push(...(lone ? [t, k] : [i, t, k]));
      }
    }
    const width = lone ? 2 : 3;
    return [
      integers("DT_INT64", [indices.length / width, width], indices),
      collected(config.dtype, all.flat()),
      integers("DT_INT64", [width], lone ? [longest, widest] : [batch, longest, widest]),
    ] as const;
  });
  const listDense = c.listDense.map((config) => {
    const shape = config.shape ?? [];
    const each = product(shape);
    for (const [i, example] of examples.entries()) {
      if (!config.optional && !example.lists.has(config.key)) {
        throw invalid(
          `Name: ${names[i]}, Feature list '${config.key}' is required but could not be found.  Did you mean to include it in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?`,
        );
      }
    }
    const all = stepsOf(config);
    const longest = Math.max(0, ...all.map((steps) => steps.length));
    const full = lone ? [longest, ...shape] : [batch, longest, ...shape];
    const data = allocate(config.dtype, full) as unknown as unknown[];
    for (const [i, steps] of all.entries()) {
      for (const [t, step] of steps.entries()) {
        const values = step?.values ?? [];
        if (values.length !== each) {
          throw invalid(
            `Name: ${names[i]}, Key: ${config.key}, Index: ${t}.  Number of ${dtypeName(config.dtype)} values != expected.  values size: ${values.length} but output shape: [${shape.join(",")}]`,
          );
        }
        for (const [k, value] of values.entries()) data[(i * longest + t) * each + k] = value;
      }
    }
    const lengths = all.map((steps) => steps.length);
    return {
      values: { dtype: config.dtype, shape: full, data: data as unknown as Value["data"] } as Value,
      lengths: integers("DT_INT64", lone ? [] : [batch], lengths),
    };
  });
  const listRagged = c.listRagged.map((config) => {
    const all = stepsOf(config);
    return [
      collected(config.dtype, all.flat()),
      splitsOf(
        all.map((steps) => steps.length),
        config.splits!,
      ),
      splitsOf(
        all.flatMap((steps) => steps.map((step) => step?.values.length ?? 0)),
        config.splits!,
      ),
    ] as const;
  });
  return [
    ...[0, 1, 2].flatMap((k) => contextSparse.map((part) => part[k as 0])),
    ...contextDense,
    ...[0, 1].flatMap((k) => contextRagged.map((part) => part[k as 0])),
    ...[0, 1, 2].flatMap((k) => listSparse.map((part) => part[k as 0])),
    ...listDense.map(({ values }) => values),
    ...listDense.map(({ lengths }) => lengths),
    ...[0, 1, 2].flatMap((k) => listRagged.map((part) => part[k as 0])),
  ];
}

const keysOf = (of: Value): string[] => strings(of).map((key) => decoder.decode(key));

const dtypesOf = (node: KernelNode, name: string): DType[] =>
  node.attrs.has(name) ? node.attrs.dtypes(name) : [];

const sequenceExampleV2: KernelFactory = (node) => {
  const denseShapes = node.attrs.shapes("context_dense_shapes");
  const listShapes = node.attrs.shapes("feature_list_dense_shapes");
  return ([serialized, names, cs, cd, cr, ls, ld, lr, missing, ...defaults]) => {
    const sparse = (keys: Value, types: string, splits?: string): Sparse[] =>
      keysOf(keys).map((key, i) => ({
        key,
        dtype: dtypesOf(node, types)[i]!,
        ...(splits === undefined ? {} : { splits: dtypesOf(node, splits)[i]! }),
      }));
    const optional = missing!.data as Uint8Array;
    return outputs(serialized!, names!, {
      contextSparse: sparse(cs!, "context_sparse_types"),
      contextDense: sparse(cd!, "Tcontext_dense").map((config, i) => ({
        ...config,
        shape: denseShapes[i]!,
        fallback: defaults[i]!,
      })),
      contextRagged: sparse(cr!, "context_ragged_value_types", "context_ragged_split_types"),
      listSparse: sparse(ls!, "feature_list_sparse_types"),
      listDense: sparse(ld!, "feature_list_dense_types").map((config, i) => ({
        ...config,
        shape: listShapes[i]!,
        optional: optional[i] === 1,
      })),
      listRagged: sparse(lr!, "feature_list_ragged_value_types", "feature_list_ragged_split_types"),
    });
  };
};

function configs(
  node: KernelNode,
  keys: { cs: string[]; cd: string[]; ls: string[]; ld: string[] },
  missing: readonly string[],
  defaults: readonly Value[],
): Configs {
  const denseShapes = node.attrs.shapes("context_dense_shapes");
  const listShapes = node.attrs.shapes("feature_list_dense_shapes");
  const named = (names: string[], types: string): Sparse[] =>
    names.map((key, i) => ({ key, dtype: dtypesOf(node, types)[i]! }));
  return {
    contextSparse: named(keys.cs, "context_sparse_types"),
    contextDense: named(keys.cd, "Tcontext_dense").map((config, i) => ({
      ...config,
      shape: denseShapes[i]!,
      fallback: defaults[i]!,
    })),
    contextRagged: [],
    listSparse: named(keys.ls, "feature_list_sparse_types"),
    listDense: named(keys.ld, "feature_list_dense_types").map((config, i) => ({
      ...config,
      shape: listShapes[i]!,
      optional: missing.includes(config.key),
    })),
    listRagged: [],
  };
}

/** The first form of the batch op: keys are attributes. */
const sequenceExample: KernelFactory = (node) => {
  const keys = {
    cs: node.attrs.strings("context_sparse_keys"),
    cd: node.attrs.strings("context_dense_keys"),
    ls: node.attrs.strings("feature_list_sparse_keys"),
    ld: node.attrs.strings("feature_list_dense_keys"),
  };
  const missing = node.attrs.strings("feature_list_dense_missing_assumed_empty");
  return ([serialized, names, ...defaults]) =>
    outputs(serialized!, names!, configs(node, keys, missing, defaults));
};

/** One example: keys are inputs, and dense lists come without their lengths. */
const singleSequenceExample: KernelFactory = (node) => {
  const counts = [
    node.attrs.int("Ncontext_sparse"),
    node.attrs.int("Ncontext_dense"),
    node.attrs.int("Nfeature_list_sparse"),
    node.attrs.int("Nfeature_list_dense"),
  ] as const;
  return ([serialized, missing, ...rest]) => {
    let at = 0;
    const next = (count: number): string[] => {
      at += count;
      return rest.slice(at - count, at).flatMap(keysOf);
    };
    const keys = { cs: next(counts[0]), cd: next(counts[1]), ls: next(counts[2]), ld: next(counts[3]) };
    const defaults = rest.slice(at, at + counts[1]);
    const made = outputs(
      { ...serialized!, shape: [] },
      { dtype: "DT_STRING", shape: [0], data: [] },
      configs(node, keys, keysOf(missing!), defaults),
    );
    return made.slice(0, made.length - counts[3]);
  };
};

/** Reading `tf.train.SequenceExample` in the graph. */
export const sequenceExampleKernels: KernelTable = {
  ParseSequenceExample: sequenceExample,
  ParseSequenceExampleV2: sequenceExampleV2,
  ParseSingleSequenceExample: singleSequenceExample,
};
