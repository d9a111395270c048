import { decodeTensorProto, showShape, TensorError, tensorToJson } from "@servable/tensors";
import type { MetaGraph } from "../saved-model/open-saved-model.ts";
import type { Signature, TensorInfo } from "../saved-model/signature.ts";
import type { ChangeEffect, VersionChange } from "./version-change.ts";

const isHidden = (name: string): boolean => name.startsWith("__saved_model_");

const change = (effect: ChangeEffect, subject: string, message: string): VersionChange => ({
  effect,
  area: "signature",
  subject,
  message,
});

/** Whether requests can be joined, and answers split, along the first dimension. */
const isBatched = (shape: TensorInfo["shape"]): boolean =>
  shape === null || (shape.length > 0 && shape[0]! < 0);

/** Whether every tensor of shape `a` also has shape `b`. */
function widens(a: TensorInfo["shape"], b: TensorInfo["shape"]): boolean {
  if (b === null) return true;
  return a !== null && a.length === b.length && a.every((size, dim) => b[dim]! < 0 || size === b[dim]);
}

const sameShape = (a: TensorInfo["shape"], b: TensorInfo["shape"]): boolean =>
  a?.join() === b?.join() && (a === null) === (b === null);

const CANNOT = {
  input: "requests can't be joined along the first dimension",
  output: "answers can't be split along the first dimension",
};

const dtypeName = (info: TensorInfo): string =>
  info.unknownDtype === undefined ? info.dtype : `DT_${info.unknownDtype}`;

const kindName = ({ kind }: TensorInfo): string => (kind === "tensor" ? "dense" : kind);

function* diffTensor(
  subject: string,
  what: "input" | "output",
  a: TensorInfo,
  b: TensorInfo,
): Generator<VersionChange> {
  if (a.kind !== b.kind) {
    yield change(
      "breaks-clients",
      subject,
      `${what} was a ${kindName(a)} tensor and is a ${kindName(b)} one`,
    );
  }
  if (dtypeName(a) !== dtypeName(b))
    yield change("breaks-clients", subject, `${what} was ${dtypeName(a)} and is ${dtypeName(b)}`);
  if (sameShape(a.shape, b.shape)) return;
  const shapes = `${what} had shape ${showShape(a.shape)} and has ${showShape(b.shape)}`;
  // What was sent before must still be taken; what comes back must still be what was promised.
  const fine = what === "input" ? widens(a.shape, b.shape) : widens(b.shape, a.shape);
  const fixed = isBatched(a.shape) && !isBatched(b.shape);
  if (fixed) yield change("breaks-batching", subject, `${shapes}: ${CANNOT[what]}`);
  if (!fine) yield change("breaks-clients", subject, shapes);
  else if (!fixed) yield change("note", subject, shapes);
}

const METHODS: Readonly<Record<string, string>> = {
  "tensorflow/serving/predict": "Predict",
  "tensorflow/serving/classify": "Classify",
  "tensorflow/serving/regress": "Regress",
};

/** Only a server that was told to looks at the method (predict_util.cc, classifier.cc, regressor.cc). */
function diffMethod(name: string, before: string, after: string): VersionChange {
  const rpc = METHODS[before];
  const taken = rpc === undefined || (rpc === "Predict" && METHODS[after] !== undefined);
  const was = `method was ${JSON.stringify(before)} and is ${JSON.stringify(after)}`;
  return taken
    ? change("note", name, was)
    : change(
        "breaks-clients",
        name,
        `${was}: a server with --enable_signature_method_name_check refuses ${rpc}`,
      );
}

/** A default value as text that is the same for the same value. */
function defaultText(bytes: Uint8Array): string {
  try {
    return JSON.stringify(tensorToJson(decodeTensorProto(bytes, { maxFilledBytes: 1 << 20 })));
  } catch (error) {
    if (error instanceof TensorError) return bytes.join();
    throw error;
  }
}

function* diffInputs(name: string, a: Signature, b: Signature): Generator<VersionChange> {
  for (const [alias, info] of a.inputs) {
    const subject = `${name}.${alias}`;
    const now = b.inputs.get(alias);
    if (now === undefined) {
      yield change("breaks-clients", subject, "input is gone: requests that send it are refused");
      continue;
    }
    yield* diffTensor(subject, "input", info, now);
    const [before, after] = [a.defaults.get(alias), b.defaults.get(alias)];
    if (before !== undefined && after === undefined)
      yield change("breaks-clients", subject, "input has no default any more: requests must send it");
    else if (before === undefined && after !== undefined)
      yield change("note", subject, "input has a default now");
    else if (before !== undefined && after !== undefined && defaultText(before) !== defaultText(after))
      yield change("note", subject, "input has another default: requests without it get other answers");
  }
  const joined = [...a.inputs.values()].some(({ shape }) => isBatched(shape));
  for (const [alias, { shape }] of b.inputs) {
    if (a.inputs.has(alias)) continue;
    const subject = `${name}.${alias}`;
    if (b.defaults.has(alias)) yield change("note", subject, "input is new, with a default");
    else yield change("breaks-clients", subject, "input is new: requests without it are refused");
    // A default is fed like any other input.
    if (joined && !isBatched(shape))
      yield change("breaks-batching", subject, `new input has shape ${showShape(shape)}: ${CANNOT.input}`);
  }
}

function* diffOutputs(name: string, a: Signature, b: Signature): Generator<VersionChange> {
  for (const [alias, info] of a.outputs) {
    const now = b.outputs.get(alias);
    if (now !== undefined) yield* diffTensor(`${name}.${alias}`, "output", info, now);
    else {
      yield change(
        "breaks-clients",
        `${name}.${alias}`,
        "output is gone: requests that name it in output_filter are refused, and readers of it find nothing",
      );
    }
  }
  const joined = [...a.inputs.values()].some(({ shape }) => isBatched(shape));
  for (const [alias, { shape }] of b.outputs) {
    if (a.outputs.has(alias)) continue;
    yield change("note", `${name}.${alias}`, "output is new");
    if (joined && !isBatched(shape)) {
      yield change(
        "breaks-batching",
        `${name}.${alias}`,
        `new output has shape ${showShape(shape)}: ${CANNOT.output}`,
      );
    }
  }
}

/** What changes for those who call the model. */
export function* diffSignatures(a: MetaGraph, b: MetaGraph): Generator<VersionChange> {
  for (const [name, before] of a.signatures) {
    if (isHidden(name)) continue;
    const after = b.signatures.get(name);
    if (after === undefined) {
      yield change("breaks-clients", name, "signature is gone: requests that name it are refused");
      continue;
    }
    if (before.method !== after.method) yield diffMethod(name, before.method, after.method);
    yield* diffInputs(name, before, after);
    yield* diffOutputs(name, before, after);
  }
  for (const name of b.signatures.keys())
    if (!isHidden(name) && !a.signatures.has(name)) yield change("note", name, "signature is new");
}
