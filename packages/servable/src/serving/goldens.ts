import { readFileSync } from "node:fs";
import { UserError } from "@servable/diagnostics";
import type { Golden } from "@servable/smoke-client";
import { type Tensor, TensorError, type TensorJson, tensorFromJson } from "@servable/tensors";

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

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

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

function request(value: Record<string, unknown>, api: Golden["api"], where: string): Partial<Golden> {
  if (api === "predict") return { inputs: tensors(value["inputs"], `${where}.inputs`) };
  const serialized = value["serialized_examples"];
  if (!Array.isArray(serialized) || !serialized.every((item) => typeof item === "string")) {
    throw new UserError("bad-golden", `${where} has no serialized_examples`, {
      hint: "classify and regress goldens hold serialized tf.train.Examples in base64",
    });
  }
  return { examples: serialized.map(bytesOf) };
}

function golden(value: unknown, where: string, standard: string | undefined): Golden {
  if (!isRecord(value)) throw new UserError("bad-golden", `${where} is not an object`);
  const api = value["api"] ?? "predict";
  if (api !== "predict" && api !== "classify" && api !== "regress") {
    throw new UserError(
      "bad-golden",
      `${where}.api is ${JSON.stringify(api)}, not predict, classify or regress`,
    );
  }
  const number = (key: string): number => {
    const found = value[key];
    if (found !== undefined && typeof found !== "number")
      throw new UserError("bad-golden", `${where}.${key} is not a number`);
    return found ?? 0;
  };
  const hasTolerance = value["rtol"] !== undefined || value["atol"] !== undefined;
  const signature = typeof value["signature"] === "string" ? value["signature"] : standard;
  return {
    name: where,
    api,
    ...(signature === undefined ? {} : { signature }),
    ...request(value, api, where),
    ...expectation(value, api, where),
    ...(hasTolerance ? { tolerance: { rtol: number("rtol"), atol: number("atol") } } : {}),
    ...(value["stateful"] === true ? { stateful: true } : {}),
  };
}

/**
 * Reads a file of goldens: one object or an array of `{signature?, inputs, outputs, rtol?, atol?}` with tensors as
 * `{dtype, shape, values}`; for `api` classify and regress `serialized_examples` with `classifications` or `regressions`;
 * an `error` with a `code` instead of an answer. @throws UserError that names file and place
 */
export function readGoldens(path: string, shown: string, signature: string | undefined): readonly Golden[] {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UserError("bad-golden", `cannot read the golden ${shown}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  const list = Array.isArray(data) ? data : [data];
  return list.map((entry, index) =>
    golden(entry, list.length === 1 ? shown : `${shown}[${index}]`, signature),
  );
}
