import { GraphError, type GraphModel, loadGraphModel } from "@servable/graph-runtime";
import {
  encodeExample as encodeFeatures,
  encodeWarmup,
  readSignatures,
  synthesiseWarmup,
  type WarmupInput,
  WarmupRefused,
} from "@servable/model-layout";
import { encodeExample, learnExample } from "@servable/smoke-client";
import type { Tensor } from "@servable/tensors";

/** What became of a request that was run here. untried: it could not be run, so nothing is known. */
export type Trial =
  | { readonly outcome: "ran" }
  | { readonly outcome: "failed" | "untried"; readonly reason: string };

/** All trials of one command together. */
const MOST_MS = 60_000;
/** Sizes to try for dimensions that the signature leaves open. */
const SIZES = [2, 3, 4, 5, 6, 8, 10, 16, 20, 28, 32, 50, 64, 100, 128, 224, 256, 299, 512];

/** A version that requests can be tried on, as the server does when it loads the version. */
export class WarmupTrial {
  readonly #versionDir: string;
  readonly #until = performance.now() + MOST_MS;
  #model: GraphModel | Trial | undefined;

  constructor(versionDir: string) {
    this.#versionDir = versionDir;
  }

  async #load(): Promise<GraphModel | Trial> {
    try {
      // A server with the right devices is assumed.
      return await loadGraphModel(this.#versionDir, { ignoreDevices: true });
    } catch (error) {
      return refusal(error, "untried");
    }
  }

  /** Runs a request once. */
  async run(record: WarmupInput): Promise<Trial> {
    this.#model ??= await this.#load();
    const model = this.#model;
    if ("outcome" in model) return model;
    if (performance.now() > this.#until) return { outcome: "untried", reason: "the others took too long" };
    const options = { deadline: this.#until };
    const signature = record.signature ?? "serving_default";
    try {
      if (record.kind === "predict") {
        const { inputs, outputFilter } = record;
        await model.run(signature, inputs, outputFilter?.length ? outputFilter : undefined, options);
      } else {
        const info = model.signatures.get(signature);
        const fed = info?.inputs.get("inputs");
        if (info === undefined || fed === undefined)
          return { outcome: "failed", reason: "it takes no Examples" };
        const examples = record.examples.map((example) =>
          example instanceof Uint8Array ? example : encodeFeatures(example),
        );
        const tensor: Tensor = { dtype: "DT_STRING", shape: [examples.length], data: examples };
        const fetches = [...info.outputs.values()].map((output) => output.tensor);
        const outputs = await model.runTensors(new Map([[fed.tensor, tensor]]), fetches, options);
        for (const [alias, { tensor: name }] of info.outputs) {
          const reason = misfit(record.kind, alias, outputs.get(name), examples.length);
          if (reason !== undefined) return { outcome: "failed", reason };
        }
        const [classes, scores] = ["classes", "scores"].map(
          (alias) => outputs.get(info.outputs.get(alias)?.tensor ?? "")?.shape[1],
        );
        if (classes !== undefined && scores !== undefined && classes !== scores)
          return { outcome: "failed", reason: `there are ${classes} classes and ${scores} scores` };
      }
      return { outcome: "ran" };
    } catch (error) {
      return refusal(error, "failed");
    }
  }

  close(): void {
    if (this.#model !== undefined && !("outcome" in this.#model)) this.#model.close();
  }
}

/** What Classify and Regress refuse of an output, as classifier.cc:255-301 and regressor.cc:238-259 do. */
function misfit(
  kind: "classify" | "regress",
  alias: string,
  output: Tensor | undefined,
  examples: number,
): string | undefined {
  if (output === undefined) return undefined;
  const { dtype, shape } = output;
  const wanted = alias === "classes" ? "DT_STRING" : "DT_FLOAT";
  if (dtype !== wanted) return `output ${alias} is ${dtype} instead of ${wanted}`;
  const fits =
    kind === "classify" ? shape.length === 2 : shape.length === 1 || (shape.length === 2 && shape[1] === 1);
  if (fits && shape[0] === examples) return undefined;
  return `output ${alias} has shape [${shape.join()}] for ${examples} Example${examples === 1 ? "" : "s"}`;
}

function refusal(error: unknown, outcome: "failed" | "untried"): Trial {
  if (!(error instanceof GraphError)) {
    if (outcome === "untried" && error instanceof Error)
      return { outcome, reason: `the version does not load: ${error.message}` };
    throw error;
  }
  if (error.unsupported.length > 0)
    return { outcome: "untried", reason: `${error.unsupported.join(", ")} can't be run here` };
  if (error.code === "DEADLINE_EXCEEDED") return { outcome: "untried", reason: "it took too long" };
  if (outcome === "untried") return { outcome, reason: `the version does not load: ${error.message}` };
  return { outcome, reason: error.message };
}

export interface MadeUp {
  readonly records: readonly WarmupInput[];
  /** Signatures without a record, or without one of a batch size that was asked for, and why. */
  readonly passedOver: ReadonlyMap<string, string>;
  /** Records that could not be tried, by signature. */
  readonly untried: ReadonlyMap<string, string>;
}

/** Requests made up from the signatures, those left out that fail here, with open dimensions of a size that works. */
export async function makeUpWarmup(
  versionDir: string,
  wanted: { readonly signatures?: readonly string[]; readonly batchSizes?: readonly number[] },
  trial: WarmupTrial | undefined,
): Promise<MadeUp> {
  const passedOver = new Map<string, string>();
  const untried = new Map<string, string>();
  const records: WarmupInput[] = [];
  const made = synthesiseWarmup(versionDir, {
    ...wanted,
    onPassedOver: (signature, reason) => passedOver.set(signature, reason),
  });
  for (const signature of new Set(made.map((record) => record.signature ?? ""))) {
    const list = made.filter((record) => record.signature === signature);
    const found = trial === undefined ? { records: list } : await firstThatRuns(signature, list);
    if (found.failed !== undefined) passedOver.set(signature, found.failed);
    if (found.untried !== undefined) untried.set(signature, found.untried);
    records.push(...found.records);
  }
  if (trial !== undefined) {
    for (const [signature, sizes] of examplesWanted(versionDir, passedOver, wanted.batchSizes)) {
      const example = await learnt(signature, trial);
      if (example === undefined) continue;
      const list = sizes.map((size) => signature.request(Array<Uint8Array>(size).fill(example)));
      try {
        encodeWarmup(versionDir, list);
        const trials = await Promise.all(list.map((record) => trial.run(record)));
        const failed = trials.find((each) => each.outcome === "failed");
        if (failed?.outcome === "failed") {
          passedOver.set(signature.name, `the request fails: ${failed.reason}`);
          continue;
        }
      } catch (error) {
        if (!(error instanceof WarmupRefused)) throw error;
        passedOver.set(signature.name, error.diagnostics[0]?.message.replace(/^record \d+: /, "it ") ?? "");
        continue;
      }
      passedOver.delete(signature.name);
      records.push(...list);
    }
  }
  return { records, passedOver, untried };

  async function firstThatRuns(
    signature: string,
    first: readonly WarmupInput[],
  ): Promise<{ records: readonly WarmupInput[]; failed?: string; untried?: string }> {
    let failed: string | undefined;
    for (const unknown of [undefined, ...SIZES]) {
      const list =
        unknown === undefined
          ? first
          : synthesiseWarmup(versionDir, { ...wanted, signatures: [signature], values: { unknown } });
      // Where no dimension is open, another size changes nothing.
      if (unknown !== undefined && sameShapes(list, first)) break;
      const good: WarmupInput[] = [];
      let refused: string | undefined;
      for (const record of list) {
        const trialed = await trial!.run(record);
        if (trialed.outcome === "untried") return { records: first, untried: trialed.reason };
        if (trialed.outcome === "ran") good.push(record);
        else
          refused ??= `the request fails${list.length > 1 ? ` (${batchOf(record)})` : ""}: ${trialed.reason}`;
      }
      if (good.length > 0) return { records: good, ...(refused === undefined ? {} : { failed: refused }) };
      failed ??= refused;
    }
    return failed === undefined ? { records: first } : { records: [], failed };
  }
}

/** For people: `batch size 8`. */
function batchOf(record: WarmupInput): string {
  const size = record.kind === "predict" ? [...record.inputs.values()][0]?.shape[0] : record.examples.length;
  return `batch size ${size ?? 1}`;
}

const shapesOf = (list: readonly WarmupInput[]): string =>
  JSON.stringify(
    list.map((record) => (record.kind === "predict" ? [...record.inputs].map(([, { shape }]) => shape) : [])),
  );
const sameShapes = (a: readonly WarmupInput[], b: readonly WarmupInput[]): boolean =>
  shapesOf(a) === shapesOf(b);

interface ExampleSignature {
  readonly name: string;
  /** The request with these serialized Examples. */
  request(examples: readonly Uint8Array[]): WarmupInput;
}

/** Signatures that were passed over because they parse Examples, in their one input. */
function examplesWanted(
  versionDir: string,
  passedOver: ReadonlyMap<string, string>,
  batchSizes: readonly number[] = [1],
): (readonly [ExampleSignature, readonly number[]])[] {
  return [...readSignatures(versionDir)].flatMap(([name, { method, inputs, defaults }]) => {
    const wanted = [...inputs].filter(([alias]) => !defaults.has(alias));
    const [alias, input] = wanted[0] ?? [];
    if (!passedOver.get(name)?.includes("(Parse") || alias === undefined || wanted.length !== 1) return [];
    if (input?.dtype !== "DT_STRING" || input.shape?.length !== 1) return [];
    // TF2 exports call every method predict: then Predict, which takes the Examples as strings.
    const kind = /^tensorflow\/serving\/(classify|regress)$/.exec(method)?.[1] as
      | "classify"
      | "regress"
      | undefined;
    const request = (examples: readonly Uint8Array[]): WarmupInput =>
      kind === undefined
        ? {
            kind: "predict",
            signature: name,
            inputs: new Map([[alias, { dtype: "DT_STRING", shape: [examples.length], data: [...examples] }]]),
          }
        : { kind, signature: name, examples };
    return [[{ name, request }, input.shape[0]! < 0 ? batchSizes : [input.shape[0]!]] as const];
  });
}

/** An Example that the signature parses, by what its refusals say. */
async function learnt(signature: ExampleSignature, trial: WarmupTrial): Promise<Uint8Array | undefined> {
  const { example, result } = await learnExample(async (guess) => {
    const tried = await trial.run(signature.request([encodeExample(guess)]));
    if (tried.outcome === "ran") return { ok: true } as const;
    const code = tried.outcome === "failed" ? "INVALID_ARGUMENT" : "UNIMPLEMENTED";
    return { ok: false, error: { code, details: tried.reason } } as const;
  });
  return result.ok ? encodeExample(example) : undefined;
}
