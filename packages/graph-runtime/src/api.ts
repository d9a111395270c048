import type { ModelFileSystem } from "@servable/model-layout";
import type { DType, PartialShape, Tensor } from "@servable/tensors";

/** One input or output of a signature. */
export interface SignatureTensor {
  /** Tensor name in the graph, `node:index`; empty for sparse and composite tensors, which cannot be fed. */
  readonly tensor: string;
  readonly dtype: DType;
  readonly shape: PartialShape;
}

/** A signature of the chosen meta graph. */
export interface SignatureInfo {
  /** `tensorflow/serving/predict`, `…/classify`, `…/regress`, or whatever the export wrote. */
  readonly method: string;
  readonly inputs: ReadonlyMap<string, SignatureTensor>;
  readonly outputs: ReadonlyMap<string, SignatureTensor>;
  /** Values for inputs that a request may leave out (`SignatureDef.defaults`). */
  readonly defaults: ReadonlyMap<string, Tensor>;
}

/** A reason why a signature can't be run here. */
export interface UnsupportedOp {
  /** Op type, such as `CombinedNonMaxSuppression`. */
  readonly op: string;
  /** First node of that type that the signature needs. */
  readonly node: string;
  readonly reason: string;
}

export interface LoadGraphOptions {
  /** Tag set of the meta graph; `["serve"]` by default. */
  readonly tags?: readonly string[];
  readonly fs?: ModelFileSystem;
  /** Stops loops of the graph, at load and in later runs. */
  readonly signal?: AbortSignal;
  /** Run nodes that are pinned to a GPU here instead of refusing the model, as a server without GPUs does. */
  readonly ignoreDevices?: boolean;
  /**
   * Whether functions marked for XLA run; false is a CPU server without `--xla_cpu_compilation_enabled`, whose requests to
   * them fail with INTERNAL. Default true.
   */
  readonly xla?: boolean;
}

export interface RunOptions {
  /** When to give up, on the clock of `performance.now()`; the run then fails with DEADLINE_EXCEEDED. */
  readonly deadline?: number;
}

/**
 * A loaded SavedModel version whose signatures can be run. A long run gives the event loop its turn between nodes, so
 * runs of one model may interleave there, as they do in TensorFlow; state is shared.
 */
export interface GraphModel {
  /** Signatures by name, without the pseudo-signatures `__saved_model_init_op` and `__saved_model_train_op`. */
  readonly signatures: ReadonlyMap<string, SignatureInfo>;
  /**
   * Runs a signature with inputs by alias. `outputAliases` picks outputs (all by default).
   * Checks what TensorFlow's session checks (dtypes of feeds), not the signature's shapes.
   * @throws GraphError
   */
  run(
    signatureName: string,
    inputs: ReadonlyMap<string, Tensor>,
    outputAliases?: readonly string[],
    options?: RunOptions,
  ): Promise<Map<string, Tensor>>;
  /**
   * Feeds and fetches by tensor name (`node:0`; `node` alone means output 0), as a TensorFlow session does; Classify and
   * Regress feed their serialized Examples to the signature's one input this way.
   * @throws GraphError
   */
  runTensors(
    feeds: ReadonlyMap<string, Tensor>,
    fetches: readonly string[],
    options?: RunOptions,
  ): Promise<Map<string, Tensor>>;
  /** Each op type that stops a signature from running; empty if it can run. @throws GraphError for an unknown signature */
  unsupported(signatureName: string): UnsupportedOp[];
  /** Op types anywhere in the graph and its functions that have no kernel here; a signature may do without them. */
  readonly missingOps: readonly string[];
  /** Drops variables, tables and plans; later runs fail. */
  close(): void;
}
