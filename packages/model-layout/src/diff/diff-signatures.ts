import { decodeTensorProto, showShape, TensorError, tensorToJson } from "@servable/tensors";
import type { MetaGraph } from "../saved-model/open-saved-model.ts";
import type { Signature, TensorInfo } from "../saved-model/signature.ts";
import type { ChangeEffect, VersionChange } from "./version-change.ts";

/** Signatures that nobody calls. */
export const isHidden = (name: string): boolean => name.startsWith("__saved_model_");

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

/** Whether a tensor can have both shapes. */
const agree = (a: TensorInfo["shape"], b: TensorInfo["shape"]): boolean =>
  a === null ||
  b === null ||
  (a.length === b.length && a.every((size, dim) => size < 0 || b[dim]! < 0 || size === b[dim]));

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
  // What was sent before must still be taken; what comes back must not be what was ruled out.
  const fine = what === "input" ? widens(a.shape, b.shape) : agree(a.shape, b.shape);
  const fixed = isBatched(a.shape) && !isBatched(b.shape);
  if (fixed) yield change("breaks-batching", subject, `${shapes}: ${CANNOT[what]}`);
  if (!fine) yield change("breaks-clients", subject, shapes);
  else if (!fixed) yield change("note", subject, `${shapes}${consequence(what, a.shape, b.shape)}`);
}

/** What is worth knowing of a shape that breaks nothing. */
function consequence(what: "input" | "output", a: TensorInfo["shape"], b: TensorInfo["shape"]): string {
  if (what === "output") return widens(b, a) ? "" : ": less is promised";
  const opened =
    isBatched(a) && isBatched(b) && a?.some((size, dim) => dim > 0 && size >= 0 && b?.[dim] === -1);
  return opened === true
    ? ": batching joins requests of different sizes only with pad_variable_length_inputs"
    : "";
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

/** REST takes no defaults, in either format (json_tensor.cc:568-573, 631-646). */
const ALL_INPUTS = "gRPC requests may leave it out, but REST requests without it are refused";

/** What REST can read and write (json_tensor.cc:286-339, 900-937). */
const REST_DTYPE = /^DT_(FLOAT|DOUBLE|U?INT(8|32|64)|INT16|BOOL|STRING)$/;

/** Says of something that is gone what may be the same under another name. */
function renamed(
  info: TensorInfo,
  before: ReadonlyMap<string, TensorInfo>,
  after: ReadonlyMap<string, TensorInfo>,
): string {
  const same = [...after].filter(
    ([alias, now]) =>
      !before.has(alias) &&
      now.kind === info.kind &&
      dtypeName(now) === dtypeName(info) &&
      sameShape(now.shape, info.shape),
  );
  return same.length === 1 ? `; ${JSON.stringify(same[0]![0])}, which is new, has its dtype and shape` : "";
}

const isBareOverRest = ({ outputs }: Signature): boolean => outputs.size === 1;
/** Whether a signature can be called over REST. */
const overRest = ({ inputs, outputs }: Signature): boolean =>
  [...inputs.values(), ...outputs.values()].every(
    ({ kind, dtype }) => kind === "tensor" && REST_DTYPE.test(dtype),
  );

/** A single output's name is left out of REST answers (json_tensor.cc:1006-1044). */
function* diffRestForm(name: string, a: Signature, b: Signature): Generator<VersionChange> {
  if (a.outputs.size === 0 || b.outputs.size === 0 || isBareOverRest(a) === isBareOverRest(b)) return;
  if (!overRest(a) || !overRest(b)) return;
  const [one, many] = ["bare values", "objects with the outputs' names"];
  const [was, is] = isBareOverRest(a) ? [one, many] : [many, one];
  yield change(
    "breaks-clients",
    name,
    `has ${b.outputs.size} output${b.outputs.size === 1 ? "" : "s"} instead of ${a.outputs.size}: REST answers were ${was} and are ${is}`,
  );
}

/** Whose requests a new output makes fail, which ask for all outputs there are. */
function newOutputRefused(output: TensorInfo, before: Signature): string | undefined {
  if (output.kind !== "tensor")
    return `it is a ${output.kind} tensor, which can't be fetched, so requests without output_filter are refused`;
  if (!overRest(before)) return undefined;
  if (!REST_DTYPE.test(output.dtype))
    return `REST can't write ${dtypeName(output)}, so its requests are refused`;
  const inRows = [...before.outputs.values()].every(({ shape }) => shape === null || shape.length > 0);
  return inRows && output.shape?.length === 0
    ? "it is a scalar, so REST requests in row format (instances) are refused"
    : undefined;
}

function* diffInputs(name: string, a: Signature, b: Signature): Generator<VersionChange> {
  for (const [alias, info] of a.inputs) {
    const subject = `${name}.${alias}`;
    const now = b.inputs.get(alias);
    if (now === undefined) {
      const gone = `input is gone: requests that send it are refused${renamed(info, a.inputs, b.inputs)}`;
      yield change("breaks-clients", subject, gone);
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
    if (b.defaults.has(alias)) {
      yield overRest(a)
        ? change("breaks-clients", subject, `input is new, with a default: ${ALL_INPUTS}`)
        : change("note", subject, "input is new, with a default");
    } else yield change("breaks-clients", subject, "input is new: requests without it are refused");
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
        `output is gone: requests that name it in output_filter are refused, and readers of it find nothing${renamed(info, a.outputs, b.outputs)}`,
      );
    }
  }
  yield* diffRestForm(name, a, b);
  const joined = [...a.inputs.values()].some(({ shape }) => isBatched(shape));
  for (const [alias, info] of b.outputs) {
    if (a.outputs.has(alias)) continue;
    const { shape } = info;
    const refused = newOutputRefused(info, a);
    yield change(
      refused === undefined ? "note" : "breaks-clients",
      `${name}.${alias}`,
      refused === undefined ? "output is new" : `output is new: ${refused}`,
    );
    if (joined && !isBatched(shape)) {
      yield change(
        "breaks-batching",
        `${name}.${alias}`,
        `new output has shape ${showShape(shape)}: ${CANNOT.output}`,
      );
    }
  }
}

/** The one that is asked where a request names none. */
const DEFAULT_SIGNATURE = "serving_default";

/** Says of a signature that is gone which new one has the same inputs and outputs. */
function moved(signature: Signature, a: MetaGraph, b: MetaGraph): string {
  const faceOf = ({ inputs, outputs }: Signature): string =>
    JSON.stringify(
      [inputs, outputs].map((tensors) =>
        [...tensors].sort().map(([alias, info]) => [alias, info.kind, dtypeName(info), info.shape]),
      ),
    );
  const same = [...b.signatures].filter(
    ([name, now]) => !a.signatures.has(name) && !isHidden(name) && faceOf(now) === faceOf(signature),
  );
  return same.length === 1
    ? `; ${JSON.stringify(same[0]![0])}, which is new, has its inputs and outputs`
    : "";
}

/** What changes for those who call the model. */
export function* diffSignatures(a: MetaGraph, b: MetaGraph): Generator<VersionChange> {
  for (const [name, before] of a.signatures) {
    if (isHidden(name)) continue;
    const after = b.signatures.get(name);
    if (after === undefined) {
      const asked = name === DEFAULT_SIGNATURE ? "requests that name it, or none," : "requests that name it";
      yield change("breaks-clients", name, `signature is gone: ${asked} are refused${moved(before, a, b)}`);
      continue;
    }
    if (before.method !== after.method) yield diffMethod(name, before.method, after.method);
    yield* diffInputs(name, before, after);
    yield* diffOutputs(name, before, after);
  }
  for (const name of b.signatures.keys())
    if (!isHidden(name) && !a.signatures.has(name)) yield change("note", name, "signature is new");
}
