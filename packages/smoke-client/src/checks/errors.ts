import { type Tensor, TensorError } from "@servable/tensors";
import { type Attempt, attempt, type SmokeContext, type Transport } from "../smoke-context.ts";
import { jsonVersion, type SmokeCheck } from "./check.ts";
import type { Finding } from "./finding.ts";

/**
 * Requests that a model server refuses before it runs anything. Others are left alone: an empty batch, for one, can end
 * a server that has allowed_batch_sizes.
 */
const NAME = "servable-smoke-no-such-thing";
const ONE: Tensor = { dtype: "DT_FLOAT", shape: [1], data: Float32Array.of(0) };

interface Expectation {
  /** gRPC codes of tensorflow_model_server (2.17.1). */
  readonly grpc: readonly string[];
  readonly restStatus: number;
}

function judge(
  transport: Transport,
  result: Attempt<unknown>,
  want: Expectation,
  what: string,
): Pick<Finding, "outcome" | "message" | "help"> {
  const help =
    "something other than a TensorFlow model server answers, or a proxy rewrites errors: clients that tell errors apart by their codes will not work as expected";
  if (result.ok) return { outcome: "fail", message: `${what} was answered as if it were right`, help };
  const { error } = result;
  const good = transport === "grpc" ? want.grpc.includes(error.code) : error.status === want.restStatus;
  if (good) {
    const shown = transport === "grpc" ? error.code : `HTTP ${error.status}`;
    return { outcome: "pass", message: `${what} is refused with ${shown}` };
  }
  const wanted = transport === "grpc" ? want.grpc.join(" or ") : `HTTP ${want.restStatus}`;
  const got = transport === "rest" && error.status !== undefined ? `HTTP ${error.status}: ` : "";
  return { outcome: "fail", message: `${what} gave ${got}${error.message}, not ${wanted}`, help };
}

async function probe(
  context: SmokeContext,
  transport: Transport,
  spec: { name: string; version?: bigint; signature?: string },
  inputs: Readonly<Record<string, Tensor>>,
): Promise<Attempt<unknown>> {
  try {
    if (transport === "grpc") {
      return await attempt(context.grpc!.predict({ model: spec, inputs }, context.callOptions));
    }
    const request = { model: spec, inputs, outputs: { any: "DT_FLOAT" } } as const;
    return await attempt(context.rest!.predict(request, context.callOptions));
  } catch (error) {
    // an answer that can't be read is an answer nevertheless
    if (error instanceof TensorError) return { ok: true, value: error };
    throw error;
  }
}

export const unknownModel: SmokeCheck = {
  id: "errors/unknown-model",
  title: "an unknown model is refused",
  proves: "a request for a model that does not exist is refused with the documented code",
  async *run(context) {
    for (const transport of context.transports) {
      const result = await probe(context, transport, { name: NAME }, { x: ONE });
      yield {
        transport,
        ...judge(transport, result, { grpc: ["NOT_FOUND"], restStatus: 404 }, "a model that does not exist"),
      };
    }
  },
};

export const unknownSignature: SmokeCheck = {
  id: "errors/unknown-signature",
  title: "an unknown signature is refused",
  proves: "a request for a signature that does not exist is refused with the documented code",
  async *run(context) {
    for (const model of context.options.models) {
      const [version] = await context.availableVersions(model);
      if (version === undefined) continue;
      for (const transport of context.transports) {
        const result = await probe(
          context,
          transport,
          { name: model.name, version, signature: NAME },
          { x: ONE },
        );
        yield {
          model: model.name,
          version: jsonVersion(version),
          transport,
          ...judge(
            transport,
            result,
            { grpc: ["FAILED_PRECONDITION", "INVALID_ARGUMENT"], restStatus: 400 },
            "a signature that does not exist",
          ),
        };
      }
    }
  },
};

export const wrongInput: SmokeCheck = {
  id: "errors/wrong-input",
  title: "a wrong input name is refused",
  proves: "a request whose input has another name than the signature's is refused with the documented code",
  async *run(context) {
    for (const model of context.options.models) {
      const [version] = await context.availableVersions(model);
      if (version === undefined) continue;
      const signatures = await context.signatures(model, version);
      // with defaults the server may take the request without the input
      const found = Object.entries(signatures)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .find(
          ([, signature]) =>
            signature.defaults.length === 0 &&
            Object.keys(signature.inputs).length > 0 &&
            Object.values(signature.inputs).every((input) => input.encoding === "dense"),
        );
      if (found === undefined) continue;
      const [name] = found;
      for (const transport of context.transports) {
        const result = await probe(
          context,
          transport,
          { name: model.name, version, signature: name },
          { [NAME]: ONE },
        );
        yield {
          model: model.name,
          version: jsonVersion(version),
          signature: name,
          transport,
          ...judge(transport, result, { grpc: ["INVALID_ARGUMENT"], restStatus: 400 }, "a wrong input name"),
        };
      }
    }
  },
};
