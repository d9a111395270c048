import { compareTensors, TensorError } from "@servable/tensors";
import { explainError } from "../explain-error.ts";
import type { Exchange, SmokeContext } from "../smoke-context.ts";
import { jsonVersion, type SmokeCheck } from "./check.ts";
import type { Finding } from "./finding.ts";
import { exchangeKey, type Outputs, send } from "./predict-signatures.ts";

/** REST prints floats so that they read back the same; runs on several threads may differ in the last bits. */
const TOLERANCE = { rtol: 1e-4, atol: 1e-5 };

/** Ops whose answers differ from request to request. */
const RANDOM =
  /^(Random|StatelessMultinomial|Multinomial|TruncatedNormal|ParameterizedTruncatedNormal|Stateful(Uniform|StandardNormal|Random))/;

export function firstDifference(got: Outputs, want: Outputs): string | undefined {
  for (const [alias, tensor] of want) {
    const other = got.get(alias);
    if (other === undefined) return `output ${alias} is missing`;
    if (tensor.data.length === 0 && other.data.length === 0) continue;
    const { difference } = compareTensors(other, tensor, TOLERANCE);
    if (difference !== undefined) return `output ${alias}: ${difference}`;
  }
  return undefined;
}

/** Whether the row form can carry a request: all inputs and outputs share a first dimension. */
function rows(exchange: Exchange): boolean {
  const tensors = [...Object.values(exchange.inputs), ...exchange.outputs.values()];
  const first = tensors[0]?.shape[0];
  return first !== undefined && first > 0 && tensors.every((tensor) => tensor.shape[0] === first);
}

const HELP =
  "the two answers are of different servers or models, or a proxy changes one of them: compare the ports; if the model is random or keeps state, give goldens with a tolerance instead";

async function rowForm(
  context: SmokeContext,
  grpc: Exchange,
  spec: { name: string; version: bigint; signature: string },
): Promise<Pick<Finding, "outcome" | "message" | "help"> | undefined> {
  if (!rows(grpc)) return undefined;
  const model = context.options.models.find((one) => one.name === spec.name)!;
  const signature = (await context.signatures(model, spec.version))[spec.signature]!;
  const result = await send(context, "rest", spec, signature, grpc.inputs, "row");
  if (!result.ok)
    return {
      outcome: "fail",
      message: `row form: ${result.error.message}`,
      help: explainError(result.error).help,
    };
  const difference = firstDifference(result.value.outputs, grpc.outputs);
  return difference === undefined
    ? undefined
    : { outcome: "fail", message: `REST's row form differs from gRPC: ${difference}`, help: HELP };
}

export const check: SmokeCheck = {
  id: "predict/agreement",
  title: "gRPC and REST give the same answers",
  proves: "the same inputs give the same outputs by gRPC and by REST, in column and in row form",
  async *run(context) {
    if (context.transports.length < 2) {
      yield { outcome: "skip", message: "only one of gRPC and REST is there to compare" };
      return;
    }
    for (const model of context.options.models) {
      for (const version of await context.availableVersions(model)) {
        for (const name of Object.keys(await context.signatures(model, version)).sort()) {
          const grpc = context.exchanges.get(exchangeKey(model, version, name, "grpc"));
          const rest = context.exchanges.get(exchangeKey(model, version, name, "rest"));
          if (grpc === undefined || rest === undefined) continue;
          const about = {
            model: model.name,
            version: jsonVersion(version),
            signature: name,
            transport: "rest",
          } as const;
          const random = [...(context.disk(model)?.version(version)?.ops(name) ?? [])].find((op) =>
            RANDOM.test(op),
          );
          if (random !== undefined) {
            yield {
              ...about,
              outcome: "skip",
              message: `it runs ${random}, so its answers differ from request to request`,
            };
            continue;
          }
          const difference = firstDifference(rest.outputs, grpc.outputs);
          if (difference !== undefined) {
            yield { ...about, outcome: "fail", message: `REST differs from gRPC: ${difference}`, help: HELP };
            continue;
          }
          let row: Awaited<ReturnType<typeof rowForm>>;
          try {
            row = await rowForm(context, grpc, { name: model.name, version, signature: name });
          } catch (error) {
            if (!(error instanceof TensorError)) throw error;
            row = { outcome: "fail", message: `REST's row form: ${error.message}`, help: HELP };
          }
          yield row === undefined
            ? {
                ...about,
                outcome: "pass",
                message: `the same outputs${rows(grpc) ? ", in column and row form" : ""}`,
              }
            : { ...about, ...row };
        }
      }
    }
  },
};
