import { UserError } from "@servable/diagnostics";
import { encodeExample } from "@servable/model-layout";
import type { Golden } from "@servable/smoke-client";
import { type Tensor, TensorError, type TensorJson, tensorFromJson } from "@servable/tensors";
import { readNamedFile } from "../cli/read-input.ts";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function tensors(value: unknown, where: string): Record<string, Tensor> {
  if (!isRecord(value)) throw new UserError("bad-golden", `${where} is not an object of tensors`);
  return Object.fromEntries(
    Object.entries(value).map(([alias, tensor]) => {
      try {
        return [alias, tensorFromJson(tensor as TensorJson)];
      } catch (error) {
        if (!(error instanceof TensorError)) throw error;
        throw new UserError("bad-golden", `${where}.${alias}: ${error.message}`, {
          hint: 'a tensor is {"dtype": "DT_FLOAT", "shape": [1, 2], "values": [0.5, 1]}',
        });
      }
    }),
  );
}

/** `InvalidArgumentError`, as TensorFlow for Python names it, is `INVALID_ARGUMENT` on the wire. */
const statusCode = (name: string): string =>
  /^[A-Z][a-z]/.test(name)
    ? name
        .replace(/Error$/, "")
        .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
        .toUpperCase()
    : name;

function expectation(value: Record<string, unknown>, api: Golden["api"], where: string): Partial<Golden> {
  const { error } = value;
  if (isRecord(error))
    return { error: typeof error["code"] === "string" ? { code: statusCode(error["code"]) } : {} };
  if (api === "predict") return { outputs: tensors(value["outputs"], `${where}.outputs`) };
  const key = api === "classify" ? "classifications" : "regressions";
  if (!Array.isArray(value[key])) throw new UserError("bad-golden", `${where} has no ${key}`);
  return { [key]: value[key] };
}

/** The request of a golden, without the answer. */
export type GoldenRequest = {
  /** For messages: the file, and the place in it. */
  readonly name: string;
  readonly signature?: string;
} & (
  | {
      readonly api: "predict";
      readonly inputs: Readonly<Record<string, Tensor>>;
      readonly outputFilter?: readonly string[];
    }
  | { readonly api: "classify" | "regress"; readonly examples: readonly Uint8Array[] }
);

function examplesOf(value: Record<string, unknown>, where: string): readonly Uint8Array[] {
  const serialized = value["serialized_examples"];
  if (Array.isArray(serialized)) {
    return serialized.map((item) => {
      const text: unknown = isRecord(item) ? item["b64"] : item;
      if (typeof text !== "string")
        throw new UserError("bad-golden", `${where}.serialized_examples holds ${JSON.stringify(item)}`, {
          hint: "an example is base64 text",
        });
      return new Uint8Array(Buffer.from(text, "base64"));
    });
  }
  const { examples } = value;
  if (!Array.isArray(examples) || !examples.every(isFeatures)) {
    throw new UserError("bad-golden", `${where} has no serialized_examples`, {
      hint: 'classify and regress goldens hold serialized tf.train.Examples in base64, or `examples` such as [{"x": [0.5]}]',
    });
  }
  return examples.map(encodeExample);
}

const isFeatures = (value: unknown): value is Record<string, number[] | string[]> =>
  isRecord(value) &&
  Object.values(value).every(
    (list) =>
      Array.isArray(list) &&
      (list.every((item) => typeof item === "number") || list.every((item) => typeof item === "string")),
  );

function request(value: unknown, where: string, standard: string | undefined): GoldenRequest {
  if (!isRecord(value)) throw new UserError("bad-golden", `${where} is not an object`);
  const api = value["api"] ?? "predict";
  if (api !== "predict" && api !== "classify" && api !== "regress") {
    throw new UserError(
      "bad-golden",
      `${where}.api is ${JSON.stringify(api)}, not predict, classify or regress`,
    );
  }
  const named = value["signature"] ?? value["signature_name"];
  const signature = typeof named === "string" && named !== "" ? named : standard;
  const common = { name: where, ...(signature === undefined ? {} : { signature }) };
  if (api !== "predict") return { ...common, api, examples: examplesOf(value, where) };
  const filter = value["output_filter"];
  return {
    ...common,
    api,
    inputs: tensors(value["inputs"], `${where}.inputs`),
    ...(Array.isArray(filter) ? { outputFilter: filter.map(String) } : {}),
  };
}

function golden(value: unknown, where: string, standard: string | undefined): Golden {
  const { outputFilter: _, ...asked } = { outputFilter: undefined, ...request(value, where, standard) };
  const fields = value as Record<string, unknown>; // request() refuses all else
  const number = (key: string): number => {
    const found = fields[key];
    if (found !== undefined && typeof found !== "number")
      throw new UserError("bad-golden", `${where}.${key} is not a number`);
    return found ?? 0;
  };
  const hasTolerance = fields["rtol"] !== undefined || fields["atol"] !== undefined;
  return {
    ...asked,
    ...expectation(fields, asked.api, where),
    ...(hasTolerance ? { tolerance: { rtol: number("rtol"), atol: number("atol") } } : {}),
    ...(fields["stateful"] === true ? { stateful: true } : {}),
  };
}

/** The entries of a golden file, each with the words for its place. */
function entriesOf(path: string, shown: string): readonly (readonly [entry: unknown, where: string])[] {
  const text = new TextDecoder().decode(readNamedFile(path, shown));
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new UserError("bad-golden", `${shown} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  const list = Array.isArray(data) ? data : [data];
  return list.map((entry, index) => [entry, list.length === 1 ? shown : `${shown}[${index}]`] as const);
}

/**
 * Reads a file of goldens: one object or an array of `{signature?, inputs, outputs, rtol?, atol?}` with tensors as
 * `{dtype, shape, values}`; for `api` classify and regress `serialized_examples` (or `examples` as features) with
 * `classifications` or `regressions`; an `error` with a `code` instead of an answer.
 * @param path absolute
 * @throws UserError that names file and place
 */
export const readGoldens = (path: string, shown: string, signature: string | undefined): readonly Golden[] =>
  entriesOf(path, shown).map(([entry, where]) => golden(entry, where, signature));

/**
 * The requests of such a file, whose entries need no answers. Those that are meant to fail are left out.
 * @param path absolute
 * @throws UserError that names file and place
 */
export const readGoldenRequests = (path: string, shown: string): readonly GoldenRequest[] =>
  entriesOf(path, shown)
    .filter(([entry]) => !isRecord(entry) || !isRecord(entry["error"]))
    .map(([entry, where]) => request(entry, where, undefined));
