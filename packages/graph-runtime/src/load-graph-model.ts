import {
  type MetaGraph,
  type ModelFileSystem,
  ModelReadError,
  nodeFileSystem,
  openSavedModel,
} from "@servable/model-layout";
import type { Tensor } from "@servable/tensors";
import type {
  GraphModel,
  LoadGraphOptions,
  RunOptions,
  SignatureInfo,
  SignatureTensor,
  UnsupportedOp,
} from "./api.ts";
import { Gemm } from "./gemm/gemm.ts";
import { readGraphDef } from "./graph/graph-def.ts";
import { readTensorProto } from "./graph/tensor-proto.ts";
import { GraphError, invalid } from "./graph-error.ts";
import type { RunContext } from "./kernel.ts";
import { checkGraph, missingOps } from "./load/check-graph.ts";
import { readError, tagsNotFound } from "./load/saved-model-errors.ts";
import { Compiler } from "./plan/compiler.ts";
import { atOnce, inTurns, type Plan, runPlan } from "./plan/plan.ts";
import { Resources } from "./resources.ts";
import { asTensor, type Value } from "./value.ts";

const INIT_OP = "__saved_model_init_op";
const PSEUDO_SIGNATURES = new Set([INIT_OP, "__saved_model_train_op"]);

/**
 * Loads one version directory as TensorFlow's C++ loader does: picks the meta graph by its tags, checks the graph,
 * restores the variables if variables/variables.index exists, runs the init op. All of it is done before this resolves.
 * @throws GraphError with the loader's code and message
 */
export async function loadGraphModel(
  versionDir: string,
  options: LoadGraphOptions = {},
): Promise<GraphModel> {
  const fs = options.fs ?? nodeFileSystem;
  const tags = options.tags && options.tags.length > 0 ? options.tags : ["serve"];
  const meta = readMetaGraph(versionDir, fs, tags);
  const graph = readGraphDef(graphBytes(meta, versionDir, fs, tags));
  checkGraph(graph, options.ignoreDevices === true ? { ignoreDevices: true } : {});
  const model = new LoadedModel(meta, graph, fs, options.signal, options.xla ?? true);
  model.initialize(versionDir.replace(/\/+$/, ""));
  return model;
}

function readMetaGraph(versionDir: string, fs: ModelFileSystem, tags: readonly string[]): MetaGraph {
  try {
    const meta = openSavedModel(versionDir, fs).metaGraph(tags);
    if (!meta) throw tagsNotFound(tags);
    return meta;
  } catch (error) {
    if (error instanceof ModelReadError) throw readError(error, versionDir, fs, tags);
    throw error;
  }
}

function graphBytes(
  meta: MetaGraph,
  versionDir: string,
  fs: ModelFileSystem,
  tags: readonly string[],
): Uint8Array {
  try {
    return meta.graphDef();
  } catch (error) {
    if (error instanceof ModelReadError) throw readError(error, versionDir, fs, tags);
    throw error;
  }
}

function signatureTensors(
  infos: ReadonlyMap<
    string,
    { tensor: string; dtype: SignatureTensor["dtype"]; shape: SignatureTensor["shape"] }
  >,
): Map<string, SignatureTensor> {
  return new Map([...infos].map(([alias, { tensor, dtype, shape }]) => [alias, { tensor, dtype, shape }]));
}

class LoadedModel implements GraphModel {
  readonly signatures: ReadonlyMap<string, SignatureInfo>;
  readonly #meta: MetaGraph;
  readonly #graph: ReturnType<typeof readGraphDef>;
  readonly #context: RunContext;
  readonly #compiler: Compiler;
  readonly #plans = new Map<string, { plan: Plan; fold: boolean }>();
  readonly #signal: AbortSignal | undefined;
  #closed = false;
  #missing: readonly string[] | undefined;

  constructor(
    meta: MetaGraph,
    graph: ReturnType<typeof readGraphDef>,
    fs: ModelFileSystem,
    signal: AbortSignal | undefined,
    xla: boolean,
  ) {
    this.#meta = meta;
    this.#signal = signal;
    this.#graph = graph;
    this.#context = {
      resources: new Resources(fs),
      depth: 0,
      gemm: new Gemm(),
      pause: pacing(signal, undefined),
    };
    this.#compiler = new Compiler(graph, this.#context, xla);
    const signatures = new Map<string, SignatureInfo>();
    for (const [name, signature] of meta.signatures) {
      if (PSEUDO_SIGNATURES.has(name)) continue;
      signatures.set(name, {
        method: signature.method,
        inputs: signatureTensors(signature.inputs),
        outputs: signatureTensors(signature.outputs),
        defaults: lazyDefaults(signature.defaults),
      });
    }
    this.signatures = signatures;
  }

  /** Restores variables and runs the init op. */
  initialize(versionDir: string): void {
    const { saver, initOp, assets } = this.#meta;
    this.#context.resources.root = versionDir;
    const feeds = new Map<string, Tensor>();
    const text = (value: string): Tensor => ({
      dtype: "DT_STRING",
      shape: [],
      data: [new TextEncoder().encode(value)],
    });
    for (const asset of assets) {
      const name = asset.tensor.includes(":") ? asset.tensor : `${asset.tensor}:0`;
      if (feeds.has(name)) throw invalid(`Endpoint "${name}" fed more than once.`);
      feeds.set(name, text(`${versionDir}/assets/${asset.filename}`));
    }
    const restores = exists(this.#context.resources.fs, `${versionDir}/variables/variables.index`);
    if (restores) {
      const filename = saver?.filenameTensor ?? "";
      this.#runOnce(
        new Map([...feeds, [filename === "" ? ":0" : filename, text(`${versionDir}/variables/variables`)]]),
        saver?.restoreOp ?? "",
      );
    }
    if (initOp) {
      if (initOp.via.startsWith("signature_def") && initOp.ops.length === 0) {
        throw new GraphError("FAILED_PRECONDITION", `Could not find output ${INIT_OP}`);
      }
      if (initOp.ops.length !== 1) {
        throw new GraphError("FAILED_PRECONDITION", `Expected exactly one main op in : ${versionDir}`);
      }
      this.#runOnce(feeds, initOp.ops[0]!.replace(/:0$/, ""));
    }
    for (const key of this.#context.resources.others.keys()) {
      if (key.startsWith("checkpoint ")) this.#context.resources.others.delete(key);
    }
  }

  #runOnce(feeds: ReadonlyMap<string, Tensor>, target: string): void {
    if (this.#graph.nodes.length === 0)
      throw invalid("Session was not created with a graph before MakeCallable()!");
    for (const name of feeds.keys()) {
      const colon = name.lastIndexOf(":");
      if (!this.#graph.byName.has(colon >= 0 ? name.slice(0, colon) : name)) {
        throw invalid(
          `Tensor ${name}, specified in either feed_devices or fetch_devices was not found in the Graph`,
        );
      }
    }
    if (!this.#graph.byName.has(target)) {
      throw new GraphError("NOT_FOUND", `PruneForTargets: Some target nodes not found: ${target} `);
    }
    const plan = this.#compiler.compile([...feeds.keys()], [], [target], false);
    atOnce(runPlan(plan, [...feeds.values()], this.#context));
  }

  async run(
    signatureName: string,
    inputs: ReadonlyMap<string, Tensor>,
    outputAliases?: readonly string[],
    options: RunOptions = {},
  ): Promise<Map<string, Tensor>> {
    const signature = this.#signature(signatureName);
    const feeds = new Map<string, Tensor>();
    for (const [alias, tensor] of inputs) {
      const info = signature.inputs.get(alias);
      if (!info) {
        throw invalid(
          `signature input alias not found: ${alias}. Inputs expected to be in the set {${[...signature.inputs.keys()].join(",")}}.`,
        );
      }
      feeds.set(info.tensor, tensor);
    }
    for (const [alias, info] of signature.inputs) {
      if (inputs.has(alias)) continue;
      const fallback = signature.defaults.get(alias);
      if (fallback) feeds.set(info.tensor, fallback);
      else if (info.tensor !== "")
        throw invalid(`missing required input '${alias}' of signature '${signatureName}'`);
    }
    const aliases = outputAliases && outputAliases.length > 0 ? outputAliases : [...signature.outputs.keys()];
    const names = aliases.map((alias) => {
      const info = signature.outputs.get(alias);
      if (!info) {
        throw invalid(
          `output tensor alias not found in signature: ${alias} Outputs expected to be in the set {${[...signature.outputs.keys()].join(",")}}.`,
        );
      }
      return info.tensor;
    });
    const results = await this.#execute(feeds, names, options.deadline);
    return new Map(aliases.map((alias, i) => [alias, asTensor(results[i]!, alias)]));
  }

  async runTensors(
    feeds: ReadonlyMap<string, Tensor>,
    fetches: readonly string[],
    options: RunOptions = {},
  ): Promise<Map<string, Tensor>> {
    const results = await this.#execute(feeds, fetches, options.deadline);
    return new Map(fetches.map((name, i) => [name, asTensor(results[i]!, name)]));
  }

  unsupported(signatureName: string): UnsupportedOp[] {
    const signature = this.#signature(signatureName);
    return this.#compiler.unsupported(
      [...signature.outputs.values()].map(({ tensor }) => tensor).filter((name) => name !== ""),
    );
  }

  get missingOps(): readonly string[] {
    this.#missing ??= missingOps(this.#graph);
    return this.#missing;
  }

  close(): void {
    this.#closed = true;
    this.#plans.clear();
    this.#context.resources.clear();
  }

  #signature(name: string): SignatureInfo {
    const signature = this.signatures.get(name);
    if (signature) return signature;
    throw new GraphError("FAILED_PRECONDITION", `Serving signature key "${name}" not found.`);
  }

  async #execute(
    feeds: ReadonlyMap<string, Tensor>,
    fetches: readonly string[],
    deadline?: number,
  ): Promise<Value[]> {
    if (this.#closed) throw new GraphError("CANCELLED", "Session has been closed.");
    if (this.#graph.nodes.length === 0) {
      throw new GraphError("INVALID_ARGUMENT", "Session was not created with a graph before Run()!");
    }
    if (fetches.length === 0) throw invalid("Must specify at least one target to fetch or execute.");
    for (const name of [...feeds.keys(), ...fetches]) {
      if (name !== "" && name !== ":0") continue;
      throw invalid(
        "Tensor :0, specified in either feed_devices or fetch_devices was not found in the Graph",
      );
    }
    const names = [...feeds.keys()];
    const key = JSON.stringify([names, fetches]);
    let cached = this.#plans.get(key);
    if (cached && !cached.plan.folded.every(({ variable, version }) => variable.version === version)) {
      // Some other signature assigns what this plan took for constant: from now on it is read each time.
      cached = { plan: this.#compiler.compile(names, fetches, [], false), fold: false };
      this.#plans.set(key, cached);
    }
    if (!cached) {
      cached = { plan: this.#compiler.compile(names, fetches, [], true), fold: true };
      this.#plans.set(key, cached);
    }
    return inTurns(
      runPlan(cached.plan, [...feeds.values()], { ...this.#context, pause: pacing(this.#signal, deadline) }),
    );
  }
}

/** Milliseconds of work after which the event loop gets a turn. */
const TURN = 15;

/** What a run asks between two nodes. */
function pacing(signal: AbortSignal | undefined, deadline: number | undefined): () => boolean {
  let turnEnds = performance.now() + TURN;
  return () => {
    const now = performance.now();
    if (signal?.aborted) throw new GraphError("CANCELLED", "the run was cancelled");
    if (deadline !== undefined && now > deadline) {
      throw new GraphError("DEADLINE_EXCEEDED", "Timed out waiting for notification");
    }
    if (now < turnEnds) return false;
    turnEnds = now + TURN;
    return true;
  };
}

function exists(fs: ModelFileSystem, path: string): boolean {
  try {
    fs.stat(path);
    return true;
  } catch {
    return false;
  }
}

function lazyDefaults(encoded: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Tensor> {
  const decoded = new Map<string, Tensor>();
  for (const [alias, bytes] of encoded) decoded.set(alias, readTensorProto(bytes));
  return decoded;
}
