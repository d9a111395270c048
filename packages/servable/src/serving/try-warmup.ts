import { GraphError, type GraphModel, loadGraphModel } from "@servable/graph-runtime";
import {
  encodeExample,
  encodeWarmup,
  type ProposedWarmup,
  proposeWarmup,
  type WarmupInput,
  WarmupRefused,
} from "@servable/model-layout";
import type { Tensor } from "@servable/tensors";

/** What became of a request that was run here. untried: it could not be run, so nothing is known. */
export type Trial =
  | { readonly outcome: "ran" }
  | { readonly outcome: "failed" | "untried"; readonly reason: string };

/** All trials of one command together. */
const MOST_MS = 60_000;

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
          example instanceof Uint8Array ? example : encodeExample(example),
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
  /** Whether no signature can be called by anybody. */
  readonly isUnreachable: boolean;
}

/**
 * Requests made up from the signatures. What fails here is left out, and guesses are tried in its place: other values, other
 * sizes of open dimensions.
 */
export async function makeUpWarmup(
  versionDir: string,
  wanted: { readonly signatures?: readonly string[]; readonly batchSizes?: readonly number[] },
  trial: WarmupTrial | undefined,
): Promise<MadeUp> {
  const passedOver = new Map<string, string>();
  const untried = new Map<string, string>();
  const records: WarmupInput[] = [];
  let isUnreachable = true;
  for (const proposed of proposeWarmup(versionDir, wanted)) {
    const found = trial === undefined ? proposed : await firstThatRuns(versionDir, proposed, trial);
    const reasons = [proposed.reason, "failed" in found ? found.failed : undefined];
    if (found.records.length > 0) reasons.shift();
    const reason = reasons.filter((each) => each !== undefined).join(", and ");
    if (reason !== "") passedOver.set(proposed.signature, reason);
    if ("untried" in found && found.untried !== undefined) untried.set(proposed.signature, found.untried);
    records.push(...found.records);
    isUnreachable &&= proposed.isUnreachable === true;
  }
  return { records, passedOver, untried, isUnreachable };
}

/** What became of the requests to one signature. */
interface Runs {
  /** Those to write. */
  readonly records: readonly WarmupInput[];
  /** Why others fail. */
  readonly failed?: string;
  /** Why it is not known whether they run. */
  readonly untried?: string;
}

/** The first requests that run in all batch sizes, or else in most. */
async function firstThatRuns(
  versionDir: string,
  { records, guesses }: ProposedWarmup,
  trial: WarmupTrial,
): Promise<Runs> {
  let best: Runs | undefined;
  if (records.length > 0) {
    best = await runAll(versionDir, records, trial);
    // What nothing speaks against is written all the same; a guess is not.
    if (best.untried !== undefined) return { records, untried: best.untried };
    if (best.failed === undefined) return best;
  }
  for (const list of guesses) {
    const runs = await runAll(versionDir, list, trial);
    if (runs.failed === undefined && runs.untried === undefined) return runs;
    // Of several refusals the first tells most.
    if (best === undefined || runs.records.length > best.records.length) best = runs;
    if (runs.untried !== undefined) break;
  }
  const { untried, failed = `no request can be tried here: ${untried}` } = best ?? {};
  return best === undefined ? { records } : { records: best.records, failed };
}

/** Runs requests of several batch sizes. */
async function runAll(versionDir: string, list: readonly WarmupInput[], trial: WarmupTrial): Promise<Runs> {
  const records: WarmupInput[] = [];
  let failed: string | undefined;
  for (const record of list) {
    const reason = misfitOf(versionDir, record);
    const trialed = reason === undefined ? await trial.run(record) : { outcome: "failed" as const, reason };
    if (trialed.outcome === "untried") return { records: [], untried: trialed.reason };
    if (trialed.outcome === "ran") records.push(record);
    else failed ??= `the request fails${list.length > 1 ? ` (${batchOf(record)})` : ""}: ${trialed.reason}`;
  }
  return { records, ...(failed === undefined ? {} : { failed }) };
}

/** What the server would refuse of a request before it runs the model: Predict requests are made to fit. */
function misfitOf(versionDir: string, record: WarmupInput): string | undefined {
  if (record.kind === "predict") return undefined;
  try {
    encodeWarmup(versionDir, [record]);
    return undefined;
  } catch (error) {
    if (!(error instanceof WarmupRefused)) throw error;
    return error.diagnostics[0]?.message.replace(/^record \d+: /, "it ") ?? "";
  }
}

/** For people: `batch size 8`. */
function batchOf(record: WarmupInput): string {
  const size = record.kind === "predict" ? [...record.inputs.values()][0]?.shape[0] : record.examples.length;
  return `batch size ${size ?? 1}`;
}
