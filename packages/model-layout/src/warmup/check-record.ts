import { nearest, type Severity } from "@servable/diagnostics";
import { decodeTensorProto, shapeMatches, showShape, type Tensor, TensorError } from "@servable/tensors";
import type { Signature } from "../saved-model/signature.ts";
import type { DecodedMessage } from "../wire/decode-message.ts";
import { unreachable } from "./feedable.ts";
import { decodePredictionLog, TENSORS_AS_BYTES } from "./prediction-log.ts";

/** What is wrong with a warm-up record. */
export interface RecordFinding {
  readonly severity: Severity;
  readonly message: string;
  readonly help: string;
}

const FAILS = "The request fails, and with it the load of the version.";
const show = (names: Iterable<string>): string =>
  [...names].map((name) => JSON.stringify(name)).join(", ") || "none";
const text = (message: DecodedMessage | undefined, name: string): string =>
  (message?.[name] as string | undefined) ?? "";
const inner = (message: DecodedMessage | undefined, name: string): DecodedMessage | undefined =>
  message?.[name] as DecodedMessage | undefined;

/** Checks one record (a serialized PredictionLog) against the signatures of the meta graph that is served. */
export function* checkRecord(
  data: Uint8Array,
  signatures: ReadonlyMap<string, Signature>,
): Generator<RecordFinding> {
  const error = (message: string, help = FAILS): RecordFinding => ({ severity: "error", message, help });
  const log = decodePredictionLog(data, TENSORS_AS_BYTES);
  if ("error" in log) {
    yield error(
      `is no PredictionLog: ${log.error}`,
      "The version does not load: Failed to parse warmup record. Wrap each request in a PredictionLog.",
    );
    return;
  }
  const { message, type } = log;
  if (type === undefined) {
    yield {
      severity: "warning",
      message: "is a PredictionLog without a request",
      help: "The server runs nothing and says nothing. Is it an Example or another message? Wrap the request in a PredictionLog.",
    };
    return;
  }
  if (type === "session_run_log" || type === "predict_streamed_log") {
    yield error(
      `has the kind ${type}, which warm-up does not support`,
      "The version does not load: Unsupported log_type for warmup. Use predict_log, classify_log, regress_log or multi_inference_log.",
    );
    return;
  }
  const request = inner(inner(message, type), "request");
  const lookUp = (spec: DecodedMessage | undefined): Signature | RecordFinding => {
    const name = text(spec, "signature_name") || "serving_default";
    const signature = signatures.get(name);
    if (signature !== undefined) return signature;
    const near = nearest(name, signatures.keys());
    return error(
      `asks for the signature ${JSON.stringify(name)}, which the model lacks (it has ${show([...signatures.keys()].filter((key) => !key.startsWith("__saved_model_")))})`,
      near === undefined ? FAILS : `${FAILS} ${JSON.stringify(near)} is near.`,
    );
  };
  const one = (finding: Signature | RecordFinding): finding is RecordFinding => "severity" in finding;

  if (type === "predict_log") {
    const signature = lookUp(inner(request, "model_spec"));
    if (one(signature)) yield signature;
    else yield* checkPredict(request, signature);
  } else if (type === "multi_inference_log") {
    const tasks = (request?.["tasks"] as readonly DecodedMessage[] | undefined) ?? [];
    if (tasks.length === 0) yield error("has no inference task");
    const models = new Set(tasks.map((task) => text(inner(task, "model_spec"), "name")));
    models.delete("");
    if (models.size > 1)
      yield error(
        `has tasks for the models ${show(models)}`,
        `${FAILS} (All ModelSpecs in a MultiInferenceRequest must access the same model name.)`,
      );
    const asked = new Set<string>();
    for (const task of tasks) {
      if (text(inner(task, "model_spec"), "name") === "") yield error("has a task with an empty model name");
      const signature = lookUp(inner(task, "model_spec"));
      const name = text(inner(task, "model_spec"), "signature_name") || "serving_default";
      if (asked.has(name))
        yield error(
          `has two tasks for the signature ${JSON.stringify(name)}`,
          `${FAILS} (Duplicate evaluation of signature.)`,
        );
      asked.add(name);
      if (one(signature)) yield signature;
      else {
        const method = text(task, "method_name");
        if (!/^tensorflow\/serving\/(classify|regress)$/.test(method)) {
          yield error(
            `has a task with the method ${JSON.stringify(method)}, which MultiInference does not support`,
          );
        } else yield* checkExamples(signature, method.endsWith("classify") ? "classify" : "regress");
      }
    }
    yield* checkInput(request);
  } else {
    const signature = lookUp(inner(request, "model_spec"));
    if (one(signature)) yield signature;
    else yield* checkExamples(signature, type === "classify_log" ? "classify" : "regress");
    yield* checkInput(request);
  }
}

function* checkInput(request: DecodedMessage | undefined): Generator<RecordFinding> {
  const input = inner(request, "input");
  const list = inner(input, "example_list") ?? inner(input, "example_list_with_context");
  if (((list?.["examples"] as readonly unknown[] | undefined) ?? []).length === 0) {
    yield { severity: "error", message: "has no examples", help: `${FAILS} (Input is empty.)` };
  }
}

function* checkExamples(signature: Signature, kind: "classify" | "regress"): Generator<RecordFinding> {
  const input = signature.inputs.get("inputs");
  if (signature.inputs.size !== 1 || input === undefined) {
    yield {
      severity: "error",
      message: `is a ${kind} request, but the signature's inputs are ${show(signature.inputs.keys())} instead of "inputs"`,
      help: FAILS,
    };
  }
  const outputs = [...signature.outputs.keys()];
  const fits =
    kind === "classify"
      ? outputs.length <= 2 && outputs.some((name) => name === "classes" || name === "scores")
      : outputs.length === 1 && outputs[0] === "outputs";
  if (!fits) {
    yield {
      severity: "error",
      message: `is a ${kind} request, but the signature's outputs are ${show(outputs)}`,
      help: FAILS,
    };
  }
}

function* checkPredict(request: DecodedMessage | undefined, signature: Signature): Generator<RecordFinding> {
  if (signature.outputs.size === 0) {
    yield {
      severity: "error",
      message: "asks a signature that has no outputs",
      help: `${FAILS} (Must specify at least one target to fetch or execute.)`,
    };
  }
  const filter = (request?.["output_filter"] as readonly string[] | undefined) ?? [];
  for (const alias of filter.length > 0 ? new Set(filter) : signature.outputs.keys()) {
    const info = signature.outputs.get(alias);
    const reason = info === undefined ? undefined : unreachable("output", alias, info);
    if (reason !== undefined)
      yield {
        severity: "error",
        message: `asks for what can't be fetched: ${reason}`,
        help: `${FAILS} Name the other outputs in output_filter.`,
      };
  }
  const inputs =
    (request?.["inputs"] as ReadonlyMap<string, Uint8Array> | undefined) ?? new Map<string, Uint8Array>();
  const extra = [...inputs.keys()].filter((alias) => !signature.inputs.has(alias));
  const missing = [...signature.inputs.keys()].filter(
    (alias) => !inputs.has(alias) && !signature.defaults.has(alias),
  );
  if (extra.length > 0 || missing.length > 0) {
    const near = extra.length > 0 ? nearest(extra[0] ?? "", missing) : undefined;
    yield {
      severity: "error",
      message: [
        extra.length > 0 ? `feeds ${show(extra)}, which the signature lacks` : "",
        missing.length > 0 ? `does not feed ${show(missing)}` : "",
      ]
        .filter((part) => part !== "")
        .join(" and "),
      help: near === undefined ? FAILS : `${FAILS} ${JSON.stringify(near)} is meant, by its name.`,
    };
  }
  for (const [alias, bytes] of inputs) {
    const info = signature.inputs.get(alias);
    if (info === undefined) continue;
    const reason = unreachable("input", alias, info);
    if (reason !== undefined) {
      yield { severity: "error", message: `feeds what can't be fed: ${reason}`, help: FAILS };
      continue;
    }
    let tensor: Tensor;
    try {
      tensor = decodeTensorProto(bytes, { maxFilledBytes: 1 << 28 });
    } catch (error) {
      if (!(error instanceof TensorError)) throw error;
      yield {
        severity: "error",
        message: `input ${JSON.stringify(alias)} is no tensor: ${error.message}`,
        help: `${FAILS} (tensor parsing error)`,
      };
      continue;
    }
    if (info.dtype !== "DT_INVALID" && tensor.dtype !== info.dtype) {
      yield {
        severity: "error",
        message: `input ${JSON.stringify(alias)} is ${tensor.dtype}, the signature wants ${info.dtype}`,
        help: FAILS,
      };
    } else if (!shapeMatches(tensor.shape, info.shape)) {
      yield {
        severity: "warning",
        message: `input ${JSON.stringify(alias)} has shape ${showShape(tensor.shape)}, the signature says ${showShape(info.shape)}`,
        help: "The server does not compare shapes; the graph decides, and if it refuses, the version does not load.",
      };
    }
  }
  const seen = new Set<string>();
  for (const alias of filter) {
    if (!signature.outputs.has(alias)) {
      yield {
        severity: "error",
        message: `asks for the output ${JSON.stringify(alias)}, the signature has ${show(signature.outputs.keys())}`,
        help: FAILS,
      };
    } else if (seen.has(alias))
      yield { severity: "error", message: `asks for the output ${JSON.stringify(alias)} twice`, help: FAILS };
    seen.add(alias);
  }
}
