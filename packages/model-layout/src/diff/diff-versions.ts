import { showShape } from "@servable/tensors";
import type { ModelFileSystem } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { type MetaGraph, openSavedModel } from "../saved-model/open-saved-model.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import type { Signature, TensorInfo } from "../saved-model/signature.ts";
import type { VariableEntry } from "../variables/bundle-entry.ts";

/**
 * What a change does to those who call the model. breaks-clients: requests or readers of answers that worked before
 * fail; breaks-batching: requests fail once they are joined into batches; note: worth knowing, nothing fails.
 */
export type ChangeEffect = "breaks-clients" | "breaks-batching" | "note";

export interface VersionChange {
  readonly effect: ChangeEffect;
  readonly area: "signature" | "variable" | "asset" | "meta-graph";
  /** What changed: a signature, `signature.input`, a variable key, an asset. */
  readonly subject: string;
  readonly message: string;
}

export interface VersionDiff {
  readonly from: string;
  readonly to: string;
  /** Breaking changes first, then by area and subject. */
  readonly changes: readonly VersionChange[];
  readonly breaksClients: boolean;
  readonly breaksBatching: boolean;
}

const batched = (shape: TensorInfo["shape"]): boolean =>
  shape === null || (shape.length > 0 && shape[0]! < 0);

/** Whether every tensor of shape `a` also has shape `b`. */
function widens(a: TensorInfo["shape"], b: TensorInfo["shape"]): boolean {
  if (b === null) return true;
  return a !== null && a.length === b.length && a.every((size, dim) => b[dim]! < 0 || size === b[dim]);
}

const sameShape = (a: TensorInfo["shape"], b: TensorInfo["shape"]): boolean =>
  a?.join() === b?.join() && (a === null) === (b === null);

function* diffTensor(
  subject: string,
  what: "input" | "output",
  a: TensorInfo,
  b: TensorInfo,
): Generator<VersionChange> {
  const change = (effect: ChangeEffect, message: string): VersionChange => ({
    effect,
    area: "signature",
    subject,
    message,
  });
  if (a.kind !== b.kind)
    yield change(
      "breaks-clients",
      `${what} was a ${a.kind === "tensor" ? "dense" : a.kind} tensor and is a ${b.kind === "tensor" ? "dense" : b.kind} one`,
    );
  if (a.dtype !== b.dtype) yield change("breaks-clients", `${what} was ${a.dtype} and is ${b.dtype}`);
  if (sameShape(a.shape, b.shape)) return;
  const shapes = `${what} had shape ${showShape(a.shape)} and has ${showShape(b.shape)}`;
  // What was sent before must still be taken; what comes back must still be what was promised.
  const fine = what === "input" ? widens(a.shape, b.shape) : widens(b.shape, a.shape);
  if (batched(a.shape) && !batched(b.shape))
    yield change("breaks-batching", `${shapes}: requests can't be joined along the first dimension`);
  if (!fine) yield change("breaks-clients", shapes);
  else if (!(batched(a.shape) && !batched(b.shape))) yield change("note", shapes);
}

function* diffSignature(name: string, a: Signature, b: Signature): Generator<VersionChange> {
  const at = (subject: string, effect: ChangeEffect, message: string): VersionChange => ({
    effect,
    area: "signature",
    subject,
    message,
  });
  if (a.method !== b.method) {
    yield at(
      name,
      /\/(classify|regress)$/.test(a.method) ? "breaks-clients" : "note",
      `method was ${JSON.stringify(a.method)} and is ${JSON.stringify(b.method)}`,
    );
  }
  for (const [alias, info] of a.inputs) {
    const now = b.inputs.get(alias);
    if (now === undefined)
      yield at(`${name}.${alias}`, "breaks-clients", "input is gone: requests that send it are refused");
    else yield* diffTensor(`${name}.${alias}`, "input", info, now);
    if (now !== undefined && a.defaults.has(alias) && !b.defaults.has(alias))
      yield at(`${name}.${alias}`, "breaks-clients", "input has no default any more: requests must send it");
  }
  for (const alias of b.inputs.keys()) {
    if (a.inputs.has(alias)) continue;
    const optional = b.defaults.has(alias);
    yield at(
      `${name}.${alias}`,
      optional ? "note" : "breaks-clients",
      optional ? "input is new, with a default" : "input is new: requests without it are refused",
    );
  }
  for (const [alias, info] of a.outputs) {
    const now = b.outputs.get(alias);
    if (now === undefined) yield at(`${name}.${alias}`, "breaks-clients", "output is gone");
    else yield* diffTensor(`${name}.${alias}`, "output", info, now);
  }
  for (const [alias, { shape }] of b.outputs) {
    if (a.outputs.has(alias)) continue;
    yield at(`${name}.${alias}`, "note", "output is new");
    if (!batched(shape) && [...b.inputs.values()].some((input) => batched(input.shape))) {
      yield at(
        `${name}.${alias}`,
        "breaks-batching",
        `new output has shape ${showShape(shape)}: answers can't be split along the first dimension`,
      );
    }
  }
}

const keyOf = (entry: VariableEntry): string =>
  entry.keyHex === undefined ? entry.key : `hex ${entry.keyHex}`;

function* diffVariables(a: readonly VariableEntry[], b: readonly VariableEntry[]): Generator<VersionChange> {
  const change = (subject: string, message: string): VersionChange => ({
    effect: "note",
    area: "variable",
    subject,
    message,
  });
  const visible = (list: readonly VariableEntry[]): Map<string, VariableEntry> =>
    new Map(
      list
        .filter(({ keyHex, key }) => keyHex === undefined && key !== "_CHECKPOINTABLE_OBJECT_GRAPH")
        .map((entry) => [keyOf(entry), entry]),
    );
  const before = visible(a);
  const after = visible(b);
  let changed = 0;
  for (const [key, entry] of before) {
    const now = after.get(key);
    if (now === undefined) yield change(key, `variable is gone (${entry.dtype} ${showShape(entry.shape)})`);
    else if (now.dtype !== entry.dtype || now.shape?.join() !== entry.shape?.join()) {
      yield change(
        key,
        `variable was ${entry.dtype} ${showShape(entry.shape)} and is ${now.dtype} ${showShape(now.shape)}`,
      );
    } else if (now.crc32c !== entry.crc32c && entry.slices.length === 0) changed++;
  }
  for (const [key, entry] of after)
    if (!before.has(key)) yield change(key, `variable is new (${entry.dtype} ${showShape(entry.shape)})`);
  if (changed > 0) yield change("values", `${changed} of ${after.size} variables have other values`);
  const bytes = (list: readonly VariableEntry[]): number =>
    list.reduce((sum, { size }) => sum + Number(size), 0);
  const sizes = [bytes(a), bytes(b)] as const;
  if (sizes[0] !== sizes[1])
    yield change(
      "size",
      `variables had ${sizes[0]} bytes and have ${sizes[1]}; during a swap both versions are in memory`,
    );
}

function served(
  path: string,
  fs: ModelFileSystem,
  tags: readonly string[],
): { meta: MetaGraph; variables: readonly VariableEntry[] } {
  const model = openSavedModel(path, fs);
  const meta = model.metaGraph(tags) ?? (model.metaGraphs.length === 1 ? model.metaGraphs[0] : undefined);
  if (meta === undefined)
    throw new ModelReadError("not-found", model.file, `no meta graph has the tags { ${tags.join(", ")} }`);
  return { meta, variables: model.variables()?.entries ?? [] };
}

const ORDER: readonly ChangeEffect[] = ["breaks-clients", "breaks-batching", "note"];

/** Compares what two versions of a model promise: signatures, variables, assets. @throws ModelReadError */
export function diffVersions(
  from: string,
  to: string,
  fs: ModelFileSystem = nodeFileSystem,
  options: { readonly tags?: readonly string[] } = {},
): VersionDiff {
  const tags = options.tags ?? ["serve"];
  const a = served(from, fs, tags);
  const b = served(to, fs, tags);
  const changes: VersionChange[] = [];
  const hidden = (name: string): boolean => name.startsWith("__saved_model_");
  for (const [name, signature] of a.meta.signatures) {
    if (hidden(name)) continue;
    const now = b.meta.signatures.get(name);
    if (now === undefined)
      changes.push({
        effect: "breaks-clients",
        area: "signature",
        subject: name,
        message: "signature is gone",
      });
    else changes.push(...diffSignature(name, signature, now));
  }
  for (const name of b.meta.signatures.keys()) {
    if (!hidden(name) && !a.meta.signatures.has(name))
      changes.push({ effect: "note", area: "signature", subject: name, message: "signature is new" });
  }
  changes.push(...diffVariables(a.variables, b.variables));
  const assets = (meta: MetaGraph): Set<string> => new Set(meta.assets.map(({ filename }) => filename));
  const [before, after] = [assets(a.meta), assets(b.meta)];
  for (const name of before)
    if (!after.has(name))
      changes.push({ effect: "note", area: "asset", subject: name, message: "asset is gone" });
  for (const name of after)
    if (!before.has(name))
      changes.push({ effect: "note", area: "asset", subject: name, message: "asset is new" });
  if (a.meta.tensorflowVersion !== b.meta.tensorflowVersion) {
    changes.push({
      effect: "note",
      area: "meta-graph",
      subject: "tensorflow_version",
      message: `was exported with TensorFlow ${a.meta.tensorflowVersion || "?"} and is with ${b.meta.tensorflowVersion || "?"}`,
    });
  }
  if (a.meta.tags.join() !== b.meta.tags.join()) {
    changes.push({
      effect: "note",
      area: "meta-graph",
      subject: "tags",
      message: `were { ${a.meta.tags.join(", ")} } and are { ${b.meta.tags.join(", ")} }`,
    });
  }
  const compare = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
  changes.sort(
    (x, y) =>
      ORDER.indexOf(x.effect) - ORDER.indexOf(y.effect) ||
      compare(x.area, y.area) ||
      compare(x.subject, y.subject),
  );
  return {
    from,
    to,
    changes,
    breaksClients: changes.some(({ effect }) => effect === "breaks-clients"),
    breaksBatching: changes.some(({ effect }) => effect === "breaks-batching"),
  };
}
