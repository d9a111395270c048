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

function golden(value: unknown, where: string, standard: string | undefined): Golden {
  if (!isRecord(value)) throw new UserError("bad-golden", `${where} is not an object`);
  const api = value["api"] ?? "predict";
  if (api !== "predict")
    throw new UserError(
      "bad-golden",
      `${where}.api is ${JSON.stringify(api)}; goldens of a spec are for predict`,
    );
  const number = (key: string): number => {
    const found = value[key];
    if (found !== undefined && typeof found !== "number")
      throw new UserError("bad-golden", `${where}.${key} is not a number`);
    return found ?? 0;
  };
  const hasTolerance = value["rtol"] !== undefined || value["atol"] !== undefined;
  const signature = typeof value["signature"] === "string" ? value["signature"] : standard;
  const fails = isRecord(value["error"]);
  return {
    name: where,
    api: "predict",
    ...(signature === undefined ? {} : { signature }),
    inputs: tensors(value["inputs"], `${where}.inputs`),
    ...(fails
      ? {
          error:
            typeof (value["error"] as Record<string, unknown>)["code"] === "string"
              ? { code: (value["error"] as { code: string }).code }
              : {},
        }
      : { outputs: tensors(value["outputs"], `${where}.outputs`) }),
    ...(hasTolerance ? { tolerance: { rtol: number("rtol"), atol: number("atol") } } : {}),
    ...(value["stateful"] === true ? { stateful: true } : {}),
  };
}

/**
 * Reads a file of goldens: one object or an array of `{signature?, inputs, outputs, rtol?, atol?}` with tensors as
 * `{dtype, shape, values}`. @throws UserError that names file and place
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
