import { classify, multiInference, regress, type TaskAnswer } from "./inference/examples-inference.ts";
import {
  DEFAULT_SIGNATURE,
  type InferenceOptions,
  type Prediction,
  predict,
  type RequestInput,
} from "./inference/predict.ts";
import type { Deadline, ServableModel } from "./inference/servable-model.ts";
import type { ServableHandle, ServerCore } from "./lifecycle/server-core.ts";
import type { Metrics } from "./metrics.ts";
import { invalidArgument } from "./status.ts";
import type { InputExamples, ModelSpec, MultiInferenceRequest } from "./wire/requests.ts";
import type { AnsweredSpec, ScoredClass } from "./wire/responses.ts";
import type { SignatureDef } from "./wire/signatures.ts";

export type ModelCore = ServerCore<ServableModel>;

/** A result with the spec that its answer names. */
export interface Answered<T> {
  readonly spec: AnsweredSpec;
  readonly result: T;
  readonly synthetic: boolean;
}

/** What gRPC and REST share: finds the version, runs the signature, keeps the metrics. */
export class InferenceService {
  readonly core: ModelCore;
  readonly metrics: Metrics;
  private readonly checkMethodNames: boolean;

  constructor(core: ModelCore, metrics: Metrics, checkMethodNames: boolean) {
    this.core = core;
    this.metrics = metrics;
    this.checkMethodNames = checkMethodNames;
  }

  private options(deadline: Deadline): InferenceOptions {
    return { checkMethodNames: this.checkMethodNames, deadline };
  }

  private async within<T>(
    spec: ModelSpec | undefined,
    api: string,
    run: (handle: ServableHandle<ServableModel>, signatureName: string) => Promise<T>,
  ): Promise<T> {
    if (spec === undefined) throw invalidArgument("Missing ModelSpec");
    const handle = this.core.resolve(spec);
    const started = performance.now();
    try {
      const result = await run(handle, spec.signatureName === "" ? DEFAULT_SIGNATURE : spec.signatureName);
      if (api !== "") {
        this.metrics.runtimeLatency.add([spec.name, api, "TF1"], (performance.now() - started) * 1000);
      }
      return result;
    } finally {
      handle.release();
    }
  }

  /** @throws StatusError */
  predict(
    spec: ModelSpec | undefined,
    inputs: ReadonlyMap<string, RequestInput>,
    outputFilter: readonly string[],
    deadline: Deadline,
  ): Promise<Answered<Prediction>> {
    return this.within(spec, "Predict", async ({ name, version, servable }, signatureName) => {
      const result = await predict(servable, signatureName, inputs, outputFilter, this.options(deadline));
      return { spec: { name, version, signatureName }, result, synthetic: result.synthetic };
    });
  }

  /** @throws StatusError */
  classify(
    spec: ModelSpec | undefined,
    examples: InputExamples,
    deadline: Deadline,
  ): Promise<Answered<readonly (readonly ScoredClass[])[]>> {
    return this.within(spec, "Classify", async ({ name, version, servable }, signatureName) => {
      const { results, synthetic } = await classify(
        servable,
        signatureName,
        examples,
        this.options(deadline),
      );
      return { spec: { name, version, signatureName }, result: results, synthetic };
    });
  }

  /** @throws StatusError */
  regress(
    spec: ModelSpec | undefined,
    examples: InputExamples,
    deadline: Deadline,
  ): Promise<Answered<readonly number[]>> {
    return this.within(spec, "Regress", async ({ name, version, servable }, signatureName) => {
      const { values, synthetic } = await regress(servable, signatureName, examples, this.options(deadline));
      return { spec: { name, version, signatureName }, result: values, synthetic };
    });
  }

  /** @throws StatusError */
  multiInference(
    request: MultiInferenceRequest,
    deadline: Deadline,
  ): Promise<{
    readonly version: bigint;
    readonly answers: readonly TaskAnswer[];
    readonly synthetic: boolean;
  }> {
    const spec = request.tasks[0]?.modelSpec ?? { name: "", signatureName: "" };
    return this.within(spec, "", async ({ name, version, servable }) => {
      const result = await multiInference(servable, request, this.options(deadline));
      this.metrics.countExamples(name, request.examples.length);
      return { version, ...result };
    });
  }

  /** Signatures of the version that a spec means. @throws StatusError */
  signatures(spec: ModelSpec): {
    readonly spec: AnsweredSpec;
    readonly signatures: ReadonlyMap<string, SignatureDef>;
  } {
    const { name, version, servable, release } = this.core.resolve(spec);
    release();
    return { spec: { name, version, signatureName: "" }, signatures: servable.signatures };
  }
}
