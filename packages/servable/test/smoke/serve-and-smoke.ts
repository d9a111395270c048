import { readFileSync } from "node:fs";
import { startModelServer } from "@servable/model-server";
import { type Golden, runSmoke, type SmokeOptions, type SmokeReport } from "@servable/smoke-client";
import { type Tensor, tensorFromJson } from "@servable/tensors";

/** A golden as `fixtures/expected` has it. */
interface FixtureGolden {
  readonly signature: string;
  readonly api: "predict" | "classify" | "regress";
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly serialized_examples?: readonly string[];
  readonly classifications?: Golden["classifications"];
  readonly regressions?: readonly number[];
  readonly error?: object;
  readonly rtol?: number;
  readonly atol?: number;
  readonly stateful?: boolean;
}

const isDense = (tensors: Record<string, unknown> | undefined): boolean =>
  Object.values(tensors ?? {}).every(
    (tensor) => typeof tensor === "object" && tensor !== null && "dtype" in tensor,
  );

const tensors = (json: Record<string, unknown> | undefined): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(json ?? {}).map(([alias, tensor]) => [alias, tensorFromJson(tensor)]));

/** Goldens of a file in `fixtures/expected`, but for those with composite tensors, which Predict can't carry. */
export function fixtureGoldens(file: string): Golden[] {
  const { versions } = JSON.parse(readFileSync(file, "utf8")) as {
    versions: { version: number | string; goldens?: FixtureGolden[] }[];
  };
  return versions.flatMap(({ version, goldens }) =>
    (goldens ?? [])
      .filter((golden) => isDense(golden.inputs) && isDense(golden.outputs))
      .map((golden) => ({
        api: golden.api,
        signature: golden.signature,
        version: BigInt(version),
        ...(golden.api === "predict" ? { inputs: tensors(golden.inputs) } : {}),
        ...(golden.error === undefined && golden.api === "predict"
          ? { outputs: tensors(golden.outputs) }
          : {}),
        examples: golden.serialized_examples?.map((text) => new Uint8Array(Buffer.from(text, "base64"))),
        classifications: golden.classifications,
        regressions: golden.regressions,
        error: golden.error === undefined ? undefined : {},
        tolerance: { rtol: golden.rtol ?? 0, atol: golden.atol ?? 0 },
        stateful: golden.stateful,
      })),
  );
}

/** Serves one model with the embedded model server and smokes it, by gRPC and REST. */
export async function serveAndSmoke(
  name: string,
  basePath: string,
  options: Partial<SmokeOptions> & {
    readonly goldens?: readonly Golden[];
    readonly flags?: readonly string[];
  } = {},
): Promise<SmokeReport> {
  const { goldens, flags, ...rest } = options;
  const server = await startModelServer({
    argv: [
      "--port=0",
      "--rest_api_port=0",
      `--model_name=${name}`,
      `--model_base_path=${basePath}`,
      "--max_num_load_retries=0",
      ...(flags ?? []),
    ],
    log: () => {},
  });
  try {
    return await runSmoke({
      targets: { grpc: `127.0.0.1:${server.grpcPort}`, rest: `http://127.0.0.1:${server.restPort}` },
      models: [{ name, basePath, goldens }],
      ...rest,
    });
  } finally {
    await server.stop();
  }
}
