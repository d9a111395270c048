import type { DType, PartialShape } from "@servable/tensors";
import { GraphError, invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, dtypeName, integers, product, shapeText, strings, type Value } from "../value.ts";
import { type Feature, readFeatures } from "./example-features.ts";
import { copyRun } from "./gather.ts";

const decoder = new TextDecoder();

function parse(serialized: Uint8Array): Map<string, Feature> {
  try {
    return readFeatures(serialized);
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    const shown = decoder.decode(serialized.subarray(0, 50));
    throw invalid(`Could not parse example input, value: '${shown}${serialized.length > 50 ? "…" : ""}'`);
  }
}

/** Stands for the name of ParseSingleExample's one example. */
const ALONE = "\0alone";

interface DenseConfig {
  readonly key: string;
  readonly dtype: DType;
  readonly shape: PartialShape;
  readonly fallback: Value;
}

interface RaggedConfig {
  readonly key: string;
  readonly dtype: DType;
  readonly splits?: DType;
}

/** Names the example and the feature at fault; a lone example is not named. */
function mismatch(name: string, key: string, index: number, what: string): GraphError {
  return invalid(
    name === ALONE ? `Key: ${key}.  ${what}` : `Name: ${name}, Key: ${key}, Index: ${index}.  ${what}`,
  );
}

function typeMismatch(name: string, key: string, index: number, got: DType, want: DType): GraphError {
  return mismatch(
    name,
    key,
    index,
    `Data types don't match. Data type: ${dtypeName(got)} but expected type: ${dtypeName(want)}`,
  );
}

/** Batch of one dense feature; examples without it take the default. */
function dense(
  examples: readonly Map<string, Feature>[],
  names: readonly string[],
  config: DenseConfig,
): Value {
  const { key, dtype, fallback } = config;
  const shape = config.shape ?? [];
  const variable = shape.length > 0 && shape[0]! < 0;
  const inner = product(shape, variable ? 1 : 0);
  const features = examples.map((example, i) => {
    const feature = example.get(key);
    if (feature && feature.dtype !== dtype) throw typeMismatch(names[i]!, key, i, feature.dtype, dtype);
    return feature;
  });
  if (variable) {
    let longest = 0;
    for (const [i, feature] of features.entries()) {
      const count = feature?.values.length ?? 0;
      if (inner > 0 && count % inner !== 0) {
        throw mismatch(
          names[i]!,
          key,
          i,
          `Number of ${dtypeName(dtype)} values is not a multiple of stride length. Saw ${count} values but output shape is: ${partial(shape)}`,
        );
      }
      longest = Math.max(longest, inner === 0 ? 0 : count / inner);
    }
    const outShape = [examples.length, longest, ...shape.slice(1)];
    const data = allocate(dtype, outShape);
    const filler = fallback.data as ArrayLike<unknown>;
    if (filler.length > 0) (data as unknown[]).fill(filler[0]);
    for (const [i, feature] of features.entries()) {
      if (feature) put(data, i * longest * inner, feature);
    }
    return { dtype, shape: outShape, data };
  }
  const outShape = [examples.length, ...shape];
  const data = allocate(dtype, outShape);
  for (const [i, feature] of features.entries()) {
    if (!feature) {
      if (product(fallback.shape) === 0 && inner > 0) {
        throw invalid(
          `${names[i] === ALONE ? "" : `Name: ${names[i]}, `}Feature: ${key} (data type: ${dtypeName(dtype)}) is required but could not be found.`,
        );
      }
      copyRun(data, i * inner, fallback.data, 0, inner);
      continue;
    }
    if (feature.values.length !== inner) {
      throw mismatch(
        names[i]!,
        key,
        i,
        names[i] === ALONE
          ? "Can't parse serialized Example."
          : `Number of ${dtypeName(dtype)} values != expected.  Values size: ${feature.values.length} but output shape: ${partial(shape)}`,
      );
    }
    put(data, i * inner, feature);
  }
  return { dtype, shape: outShape, data };
}

const partial = (shape: readonly number[]): string => `[${shape.map((n) => (n < 0 ? "?" : n)).join(",")}]`;

function put(data: Value["data"], at: number, feature: Feature): void {
  const target = data as unknown as unknown[];
  for (const [k, v] of feature.values.entries()) target[at + k] = v;
}

function collected(dtype: DType, features: readonly (Feature | undefined)[]): Value {
  const count = features.reduce((n, feature) => n + (feature?.values.length ?? 0), 0);
  const data = allocate(dtype, [count]);
  let at = 0;
  for (const feature of features) {
    if (!feature) continue;
    put(data, at, feature);
    at += feature.values.length;
  }
  return { dtype, shape: [count], data };
}

function pick(
  examples: readonly Map<string, Feature>[],
  names: readonly string[],
  { key, dtype }: RaggedConfig,
): (Feature | undefined)[] {
  return examples.map((example, i) => {
    const feature = example.get(key);
    if (feature && feature.dtype !== dtype) throw typeMismatch(names[i]!, key, i, feature.dtype, dtype);
    return feature;
  });
}

/** Indices, values and shape of a feature of varying length. */
function sparse(
  examples: readonly Map<string, Feature>[],
  names: readonly string[],
  config: RaggedConfig,
  scalar: boolean,
): [Value, Value, Value] {
  const features = pick(examples, names, config);
  const indices: number[] = [];
  let longest = 0;
  for (const [i, feature] of features.entries()) {
    const count = feature?.values.length ?? 0;
    longest = Math.max(longest, count);
    for (let k = 0; k < count; k++) {
      if (scalar) indices.push(k);
      else indices.push(i, k);
    }
  }
  const width = scalar ? 1 : 2;
  return [
    integers("DT_INT64", [indices.length / width, width], indices),
    collected(config.dtype, features),
    integers("DT_INT64", [width], scalar ? [longest] : [examples.length, longest]),
  ];
}

function ragged(
  examples: readonly Map<string, Feature>[],
  names: readonly string[],
  config: RaggedConfig,
): [Value, Value] {
  const features = pick(examples, names, config);
  const splits = [0];
  for (const feature of features) splits.push(splits[splits.length - 1]! + (feature?.values.length ?? 0));
  return [collected(config.dtype, features), integers(config.splits ?? "DT_INT64", [splits.length], splits)];
}

function parseBatch(
  serialized: Value,
  nameTensor: Value,
  sparseConfigs: readonly RaggedConfig[],
  denseConfigs: readonly DenseConfig[],
  raggedConfigs: readonly RaggedConfig[],
): Value[] {
  const texts = strings(serialized);
  const given = strings(nameTensor);
  if (given.length > 0 && given.length !== texts.length) {
    throw invalid(`Expected len(names) == len(serialized), but got: ${given.length} vs. ${texts.length}`);
  }
  const names = texts.map((_, i) =>
    given[i] && given[i].length > 0
      ? decoder.decode(given[i])
      : serialized.shape.length === 0
        ? ALONE
        : "<unknown>",
  );
  for (const { key, dtype, shape, fallback } of denseConfigs) {
    const fits =
      fallback.dtype === dtype &&
      (product(fallback.shape) === 0 ||
        (shape !== null &&
          (shape[0]! < 0 ? product(fallback.shape) === 1 : product(fallback.shape) === product(shape))));
    if (!fits)
      throw invalid(
        `dense_defaults of ${key} has shape ${shapeText(fallback.shape)} and type ${dtypeName(fallback.dtype)}`,
      );
  }
  const examples = texts.map(parse);
  const sparseParts = sparseConfigs.map((config) => sparse(examples, names, config, false));
  const raggedParts = raggedConfigs.map((config) => ragged(examples, names, config));
  const outputs = [
    ...sparseParts.map(([indices]) => indices),
    ...sparseParts.map(([, values]) => values),
    ...sparseParts.map(([, , shape]) => shape),
    ...denseConfigs.map((config) => dense(examples, names, config)),
    ...raggedParts.map(([values]) => values),
    ...raggedParts.map(([, splits]) => splits),
  ];
  if (serialized.shape.length !== 0) return outputs;
  // A scalar gives one example without the batch dimension.
  const n = sparseConfigs.length;
  return outputs.map((output, i) => {
    if (i < n) return sparse(examples, names, sparseConfigs[i]!, true)[0];
    if (i >= 2 * n && i < 3 * n) return sparse(examples, names, sparseConfigs[i - 2 * n]!, true)[2];
    if (i >= 3 * n && i < 3 * n + denseConfigs.length) return { ...output, shape: output.shape.slice(1) };
    return output;
  });
}

export const keys = (of: Value): string[] => strings(of).map((key) => decoder.decode(key));

const parseExampleV2: KernelFactory = (node) => {
  const sparseTypes = node.attrs.dtypes("sparse_types");
  const denseTypes = node.attrs.dtypes("Tdense");
  const shapes = node.attrs.shapes("dense_shapes");
  const raggedTypes = node.attrs.dtypes("ragged_value_types");
  const splitTypes = node.attrs.dtypes("ragged_split_types");
  return ([serialized, names, sparseKeys, denseKeys, raggedKeys, ...defaults]) => {
    const denseNames = keys(denseKeys!);
    return parseBatch(
      serialized!,
      names!,
      keys(sparseKeys!).map((key, i) => ({ key, dtype: sparseTypes[i]! })),
      denseNames.map((key, i) => ({ key, dtype: denseTypes[i]!, shape: shapes[i]!, fallback: defaults[i]! })),
      keys(raggedKeys!).map((key, i) => ({ key, dtype: raggedTypes[i]!, splits: splitTypes[i]! })),
    );
  };
};

const parseExample: KernelFactory = (node) => {
  const sparseCount = node.attrs.int("Nsparse");
  const denseCount = node.attrs.int("Ndense");
  const sparseTypes = node.attrs.dtypes("sparse_types");
  const denseTypes = node.attrs.dtypes("Tdense");
  const shapes = node.attrs.shapes("dense_shapes");
  return ([serialized, names, ...rest]) => {
    const keyOf = (i: number): string => decoder.decode(strings(rest[i]!)[0]);
    return parseBatch(
      serialized!,
      names!,
      Array.from({ length: sparseCount }, (_, i) => ({ key: keyOf(i), dtype: sparseTypes[i]! })),
      Array.from({ length: denseCount }, (_, i) => ({
        key: keyOf(sparseCount + i),
        dtype: denseTypes[i]!,
        shape: shapes[i]!,
        fallback: rest[sparseCount + denseCount + i]!,
      })),
      [],
    );
  };
};

const parseSingle: KernelFactory = (node) => {
  const sparseKeys = node.attrs.strings("sparse_keys");
  const denseKeys = node.attrs.strings("dense_keys");
  const sparseTypes = node.attrs.dtypes("sparse_types");
  const denseTypes = node.attrs.dtypes("Tdense");
  const shapes = node.attrs.shapes("dense_shapes");
  const noNames: Value = { dtype: "DT_STRING", shape: [0], data: [] };
  return ([serialized, ...defaults]) =>
    parseBatch(
      { ...serialized!, shape: [] },
      noNames,
      sparseKeys.map((key, i) => ({ key, dtype: sparseTypes[i]! })),
      denseKeys.map((key, i) => ({ key, dtype: denseTypes[i]!, shape: shapes[i]!, fallback: defaults[i]! })),
      [],
    );
};

export const parseExampleKernels: KernelTable = {
  ParseExample: parseExample,
  ParseExampleV2: parseExampleV2,
  ParseSingleExample: parseSingle,
};
