import { compareTensors, type Tensor, TensorError } from "@servable/tensors";
import { explainError } from "../explain-error.ts";
import { decodeExample } from "../grpc/decode-example.ts";
import type { ModelSpec, Signature } from "../messages.ts";
import { ServingError } from "../serving-error.ts";
import type { SmokeContext, Transport } from "../smoke-context.ts";
import type { Golden, SmokeModel } from "../smoke-options.ts";
import { jsonVersion, type SmokeCheck } from "./check.ts";
import type { Finding } from "./finding.ts";
import { restCannot } from "./predict-signatures.ts";

/** Goldens without a tolerance of their own: float32 sums in another order. */
const DEFAULT_TOLERANCE = { rtol: 1e-4, atol: 1e-5 };

type Verdict = Pick<Finding, "outcome" | "message" | "help">;

const mismatch = (message: string): Verdict => ({
  outcome: "fail",
  message,
  help: "the model that is served is not the one that the golden was made with, or it runs on other hardware or another build: compare the versions, and widen the tolerance if only the last digits differ",
});

async function predict(
  context: SmokeContext,
  transport: Transport,
  spec: ModelSpec,
  golden: Golden,
  signature: Signature | undefined,
): Promise<Verdict> {
  const inputs = golden.inputs ?? {};
  const wanted = golden.outputs ?? {};
  let outputs: ReadonlyMap<string, Tensor>;
  if (transport === "grpc")
    outputs = (await context.grpc!.predict({ model: spec, inputs }, context.callOptions)).outputs;
  else {
    const dtypes = Object.fromEntries(
      Object.entries(signature?.outputs ?? wanted).map(([alias, output]) => [alias, output.dtype]),
    );
    outputs = (await context.rest!.predict({ model: spec, inputs, outputs: dtypes }, context.callOptions))
      .outputs;
  }
  for (const [alias, want] of Object.entries(wanted)) {
    const got = outputs.get(alias);
    if (got === undefined)
      return mismatch(`output ${alias} is missing; there is ${[...outputs.keys()].join(", ")}`);
    if (transport === "rest" && want.data.length === 0 && got.data.length === 0) continue;
    const { difference } = compareTensors(got, want, golden.tolerance ?? DEFAULT_TOLERANCE);
    if (difference !== undefined) return mismatch(`output ${alias}: ${difference}`);
  }
  const count = Object.keys(wanted).length;
  return { outcome: "pass", message: `${count} output${count === 1 ? "" : "s"} as expected` };
}

const near = (got: number, want: number, golden: Golden): boolean => {
  const { rtol = 0, atol = 0 } = golden.tolerance ?? DEFAULT_TOLERANCE;
  return (
    got === want ||
    (Number.isNaN(got) && Number.isNaN(want)) ||
    Math.abs(got - want) <= atol + rtol * Math.abs(want)
  );
};

async function examples(
  context: SmokeContext,
  transport: Transport,
  spec: ModelSpec,
  golden: Golden,
): Promise<Verdict> {
  const client = context.client(transport);
  // REST takes Examples as features only
  const sent = (golden.examples ?? []).map((example) =>
    example instanceof Uint8Array && transport === "rest" ? decodeExample(example) : example,
  );
  const request = { model: spec, examples: sent };
  if (golden.api === "regress") {
    const { regressions } = await client.regress(request, context.callOptions);
    const want = golden.regressions ?? [];
    if (regressions.length !== want.length)
      return mismatch(`${regressions.length} regressions, expected ${want.length}`);
    for (const [index, value] of want.entries()) {
      if (!near(regressions[index]!, value, golden))
        return mismatch(`regression ${index} is ${regressions[index]}, expected ${value}`);
    }
    return {
      outcome: "pass",
      message: `${want.length} regression${want.length === 1 ? "" : "s"} as expected`,
    };
  }
  const { classifications } = await client.classify(request, context.callOptions);
  const want = golden.classifications ?? [];
  if (classifications.length !== want.length) {
    return mismatch(`${classifications.length} classifications, expected ${want.length}`);
  }
  for (const [index, classes] of want.entries()) {
    const got = classifications[index]!;
    if (got.length !== classes.length)
      return mismatch(`example ${index} has ${got.length} classes, expected ${classes.length}`);
    for (const [place, { label, score }] of classes.entries()) {
      const one = got[place]!;
      if (one.label !== label || !near(one.score, score, golden)) {
        return mismatch(
          `example ${index} class ${place} is "${one.label}" ${one.score}, expected "${label}" ${score}`,
        );
      }
    }
  }
  return {
    outcome: "pass",
    message: `${want.length} classification${want.length === 1 ? "" : "s"} as expected`,
  };
}

async function examine(
  context: SmokeContext,
  transport: Transport,
  spec: ModelSpec,
  golden: Golden,
  signature: Signature | undefined,
): Promise<Verdict> {
  const wantsError = golden.error !== undefined;
  try {
    const verdict =
      golden.api === "predict"
        ? await predict(context, transport, spec, golden, signature)
        : await examples(context, transport, spec, golden);
    if (!wantsError) return verdict;
    return mismatch(`it was answered, but ${golden.error?.code ?? "an error"} was expected`);
  } catch (error) {
    if (error instanceof TensorError) return mismatch(error.message);
    if (!(error instanceof ServingError)) throw error;
    const { code } = golden.error ?? {};
    // REST has one status for several codes, so any refusal will do there
    if (
      wantsError &&
      error.trouble === undefined &&
      (code === undefined || code === error.code || transport === "rest")
    ) {
      return { outcome: "pass", message: `refused with ${error.code}, as expected` };
    }
    return {
      outcome: "fail",
      message: error.message.replaceAll(/\s*\n\s*/g, " "),
      help: explainError(error).help,
    };
  }
}

/** Why a golden is not sent by a transport, or undefined. */
function notBy(
  context: SmokeContext,
  transport: Transport,
  golden: Golden,
  signature: Signature | undefined,
): string | undefined {
  if (context.options.syntheticAnswers === true && golden.error === undefined) {
    return "the server makes its answers up from the signatures' shapes, so values can't be compared";
  }
  if (golden.stateful === true && context.options.stateful !== true) {
    return "the golden depends on the model's state; ask for stateful requests to send it";
  }
  if (transport === "grpc") return undefined;
  if (golden.stateful === true && context.grpc !== undefined)
    return "a stateful golden is sent once, by gRPC";
  if (golden.api === "predict") {
    if (signature === undefined) return undefined;
    const left = Object.keys(signature.inputs).filter((alias) => golden.inputs?.[alias] === undefined);
    if (
      golden.error === undefined &&
      left.length > 0 &&
      left.every((alias) => signature.defaults.includes(alias))
    ) {
      return `the golden leaves ${left.join(", ")} to the signature's defaults, which REST does not know`;
    }
    return restCannot(signature);
  }
  return undefined;
}

async function* model(context: SmokeContext, one: SmokeModel): AsyncGenerator<Finding, void, undefined> {
  const goldens = one.goldens ?? [];
  if (goldens.length === 0) return;
  for (const version of await context.availableVersions(one)) {
    const signatures = await context.signatures(one, version);
    for (const [index, golden] of goldens.entries()) {
      if (golden.version !== undefined && golden.version !== version) continue;
      const name = golden.signature ?? "serving_default";
      for (const transport of context.transports) {
        const about = { model: one.name, version: jsonVersion(version), signature: name, transport } as const;
        const label = golden.name ?? `golden ${index + 1}`;
        const reason = notBy(context, transport, golden, signatures[name]);
        const verdict: Verdict =
          reason !== undefined
            ? { outcome: "skip", message: reason }
            : await examine(
                context,
                transport,
                { name: one.name, version, signature: name },
                golden,
                signatures[name],
              );
        yield { ...about, ...verdict, message: `${label}: ${verdict.message}` };
      }
    }
  }
}

export const check: SmokeCheck = {
  id: "goldens/answers",
  title: "goldens give their answers",
  proves: "known requests give known answers within the tolerance, and bad ones are refused",
  async *run(context) {
    for (const one of context.options.models) yield* model(context, one);
    if (context.options.models.every((one) => (one.goldens ?? []).length === 0)) {
      yield {
        outcome: "skip",
        message: "no goldens were given: answers were checked for dtype and shape, not for their values",
      };
    }
  },
};
