import { schemas } from "@servable/protos/text-schema";
import type { VersionDirectory } from "../discovery/discover-versions.ts";
import type { FoundModel } from "../discovery/find-models.ts";
import { FileReadOnce } from "../files/file-read-once.ts";
import {
  type DirectoryEntry,
  type FileStat,
  joinPath,
  type ModelFileSystem,
} from "../files/model-file-system.ts";
import { type Sniffed, sniff } from "../files/sniff.ts";
import { readGraph } from "../graph/graph-def.ts";
import { GraphIndex } from "../graph/graph-index.ts";
import { type RestorePlan, restorePlan } from "../graph/restore-plan.ts";
import { type Fingerprint, readFingerprint } from "../saved-model/fingerprint.ts";
import {
  type MetaGraph,
  openSavedModelLazily,
  type SavedModelUnderCheck,
} from "../saved-model/open-saved-model.ts";
import { ModelReadError } from "../saved-model/saved-model-error.ts";
import { asReadError } from "../saved-model/saved-model-file.ts";
import { readVariables, type VariablesIndex } from "../variables/variables-index.ts";
import { findWireFault, type WireFault } from "../wire/find-wire-fault.ts";

/** How deep folders are read: names, sizes and index; also the graph; also every checksum. */
export type CheckLevel = "quick" | "graph" | "bytes";

/** A value, or why it could not be read. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ModelReadError };

/** What the checks need to know about the server that will load the models. */
export interface CheckTarget {
  readonly tfsVersion: string;
  /** Tags that the server asks for (`--saved_model_tags`), default `serve`. */
  readonly tags: readonly string[];
  /** The official Docker image, which links TensorFlow Text and Decision Forests ops besides TensorFlow's own. */
  readonly officialImage: boolean;
  /** `--prefer_tflite_model`. */
  readonly preferTflite: boolean;
  /** `--enable_batching`: what spoils batching is then a warning instead of a note. */
  readonly batching: boolean;
}

/** Entry of a TF2 checkpoint that describes its objects; no variable. */
const OBJECT_GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";

function attempt<Value>(file: string, read: () => Value): Outcome<Value> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    const known = asReadError(error, file);
    if (known instanceof ModelReadError) return { ok: false, error: known };
    throw known;
  }
}

/** One version directory under check. Everything in it is read at most once, and only when a rule asks. */
export class VersionContext {
  readonly model: FoundModel;
  /** Absent for a SavedModel outside of a version directory. */
  readonly directory: VersionDirectory | undefined;
  /** Path as diagnostics show it. */
  readonly path: string;
  readonly fs: ModelFileSystem;
  readonly level: CheckLevel;
  readonly target: CheckTarget;
  /** Bytes read for checksums, for a progress bar. */
  readonly onBytes: ((bytes: number) => void) | undefined;
  readonly #lists = new Map<string, readonly DirectoryEntry[] | ModelReadError | undefined>();
  #model: Outcome<SavedModelUnderCheck> | undefined;
  #fingerprint: Outcome<Fingerprint | undefined> | undefined;
  #variablesFile: FileReadOnce | undefined;
  #variables: Outcome<VariablesIndex> | undefined | "absent";
  #wireFault: WireFault | "none" | undefined;
  #graphs = new Map<MetaGraph, Outcome<GraphIndex>>();
  #restorePlan: RestorePlan | undefined | "none";

  constructor(
    model: FoundModel,
    directory: VersionDirectory | undefined,
    path: string,
    fs: ModelFileSystem,
    level: CheckLevel,
    target: CheckTarget,
    onBytes?: (bytes: number) => void,
  ) {
    this.model = model;
    this.directory = directory;
    this.path = path;
    this.fs = fs;
    this.level = level;
    this.target = target;
    this.onBytes = onBytes;
  }

  file(...names: readonly string[]): string {
    return joinPath(this.path, ...names.filter((name) => name !== ""));
  }

  /** Children of a folder below the version directory ("" for itself); empty where it is missing or unreadable. */
  list(folder: string): readonly DirectoryEntry[] {
    const entries = this.listing(folder);
    return entries === undefined || entries instanceof ModelReadError ? [] : entries;
  }

  /** Whether the version directory itself can be listed: layout/version-is-directory says why not. */
  get isListed(): boolean {
    return !(this.listing("") instanceof ModelReadError);
  }

  /** {@link list}, with the reason where it can't be listed; undefined where there is no such folder. */
  listing(folder: string): readonly DirectoryEntry[] | ModelReadError | undefined {
    if (!this.#lists.has(folder)) {
      const path = folder === "" ? this.path : this.file(folder);
      // Below the version directory the parent's listing tells what is there, which saves a failing call.
      const slash = folder.lastIndexOf("/");
      const parent = slash < 0 ? "" : folder.slice(0, slash);
      const known =
        folder === "" ||
        this.list(parent).some(({ name, kind }) => name === folder.slice(slash + 1) && kind !== "file");
      const outcome = known ? attempt(path, () => this.fs.readDirectory(path)) : undefined;
      this.#lists.set(
        folder,
        outcome === undefined
          ? undefined
          : outcome.ok
            ? outcome.value
            : outcome.error.fault === "not-found"
              ? folder === ""
                ? outcome.error
                : undefined
              : outcome.error,
      );
    }
    return this.#lists.get(folder);
  }

  /** Whether a child is listed, whatever it is. */
  has(name: string): boolean {
    return this.entry(name) !== undefined;
  }

  /** A listed child by its path below the version directory. */
  entry(name: string): DirectoryEntry | undefined {
    const slash = name.lastIndexOf("/");
    return this.list(slash < 0 ? "" : name.slice(0, slash)).find(
      (entry) => entry.name === name.slice(slash + 1),
    );
  }

  /** Whether a listed name is a link that leads nowhere or no file at all: layout/files-are-regular speaks of it. */
  isDead(name: string): boolean {
    const kind = this.entry(name)?.kind;
    if (kind === "symlink") {
      const target = this.stat(name);
      const code = target.ok
        ? undefined
        : (target.error.cause as { readonly code?: unknown } | undefined)?.code;
      return code === "ENOENT" || code === "ELOOP";
    }
    return kind !== undefined && kind !== "file" && kind !== "directory";
  }

  /** What a path below the version directory leads to. */
  stat(name: string): Outcome<FileStat> {
    const path = this.file(name);
    return attempt(path, () => this.fs.stat(path));
  }

  /** First bytes of a file; empty where it can't be read. */
  head(name: string, length = 512): Uint8Array {
    return this.part(name, 0, length) ?? new Uint8Array(0);
  }

  /** What a file holds by its first bytes; undefined also where it can't be read. */
  sniff(name: string): Sniffed | undefined {
    const head = this.part(name, 0, 512);
    return head === undefined ? undefined : sniff(head);
  }

  /** Some bytes of a file, fewer where it ends; undefined where it can't be read. */
  part(name: string, position: number, length: number): Uint8Array | undefined {
    const outcome = attempt(this.file(name), () => {
      const file = this.fs.open(this.file(name));
      try {
        const bytes = new Uint8Array(Math.max(0, Math.min(length, file.size - position)));
        return bytes.subarray(0, file.read(bytes, position));
      } finally {
        file.close();
      }
    });
    return outcome.ok ? outcome.value : undefined;
  }

  /** Whether the server would serve model.tflite and never look at the rest. */
  get servesTflite(): boolean {
    return this.target.preferTflite && this.has("model.tflite");
  }

  get hasSavedModelFile(): boolean {
    return this.has("saved_model.pb") || this.has("saved_model.pbtxt");
  }

  /** Name of the file that is read: the binary one wins. */
  get savedModelName(): "saved_model.pb" | "saved_model.pbtxt" {
    return this.has("saved_model.pb") ? "saved_model.pb" : "saved_model.pbtxt";
  }

  /** The SavedModel without its graph. */
  get savedModel(): Outcome<SavedModelUnderCheck> {
    this.#model ??= attempt(this.path, () =>
      openSavedModelLazily(this.path, this.fs, this.hasSavedModelFile ? this.savedModelName : undefined),
    );
    return this.#model;
  }

  /** What fingerprint.pb says, or undefined without one. */
  get fingerprint(): Outcome<Fingerprint | undefined> {
    this.#fingerprint ??= attempt(this.file("fingerprint.pb"), () => readFingerprint(this.path, this.fs));
    return this.#fingerprint;
  }

  /** The meta graph that the server picks, when there is one. */
  get meta(): MetaGraph | undefined {
    // Beyond the outline things are decoded when a rule asks: only where the whole message is sound.
    if (this.level !== "quick" && this.savedModel.ok && this.wireFault !== undefined) return undefined;
    return this.savedModel.ok ? this.savedModel.value.metaGraph(this.target.tags) : undefined;
  }

  /** The bytes of variables.index. */
  get variablesFile(): FileReadOnce {
    const path = this.file("variables", "variables.index");
    this.#variablesFile ??= new FileReadOnce(path, () => this.fs.open(path));
    return this.#variablesFile;
  }

  /** variables.index, or undefined where there is none. */
  get variables(): Outcome<VariablesIndex> | undefined {
    this.#variables ??= this.has("variables/variables.index")
      ? attempt(this.file("variables/variables.index"), () =>
          readVariables(this.file("variables", "variables"), this.fs, this.variablesFile),
        )
      : "absent";
    return this.#variables === "absent" ? undefined : this.#variables;
  }

  /** Why the C++ parser would refuse saved_model.pb although its outline is sound; read once, at level graph. */
  get wireFault(): WireFault | undefined {
    if (this.#wireFault === undefined) {
      const opened = this.savedModel;
      const binary = opened.ok && opened.value.format === "saved_model.pb";
      const fault = binary
        ? attempt(opened.value.file, () =>
            findWireFault(opened.value.source.bytes, "tensorflow.SavedModel", schemas),
          )
        : undefined;
      this.#wireFault = fault?.ok ? (fault.value ?? "none") : "none";
    }
    return this.#wireFault === "none" ? undefined : this.#wireFault;
  }

  /** The graph of a meta graph. */
  graphOf(meta: MetaGraph): Outcome<GraphIndex> {
    let graph = this.#graphs.get(meta);
    if (graph === undefined) {
      const file = this.savedModel.ok ? this.savedModel.value.file : this.path;
      graph = attempt(file, () => {
        // Attributes are read when a rule asks: what is wrong in them must come out here.
        const fault = this.wireFault;
        if (fault !== undefined) throw new ModelReadError("malformed", file, fault.message);
        return new GraphIndex(readGraph(meta.graphDef()));
      });
      this.#graphs.set(meta, graph);
    }
    return graph;
  }

  /** What the load restores into the served graph, or undefined where no restore op is in it. */
  get restorePlan(): RestorePlan | undefined {
    if (this.#restorePlan === undefined) {
      const { meta, graph } = this;
      this.#restorePlan =
        (meta === undefined || graph === undefined ? undefined : restorePlan(graph, meta)) ?? "none";
    }
    return this.#restorePlan === "none" ? undefined : this.#restorePlan;
  }

  /**
   * Whether the load reads nothing of the variables folder but what it then throws away: a graph without variables still
   * has a checkpoint with the object graph. False where that is not known, as at level quick.
   */
  get restoresNothing(): boolean {
    const { meta, graph } = this;
    if (this.level === "quick" || meta === undefined || graph === undefined) return false;
    if (meta.saver === undefined || meta.saver.restoreOp === "") return true;
    const plan = this.restorePlan;
    return (
      plan?.complete === true &&
      plan.uneven.length === 0 &&
      plan.tensors.every(({ key }) => key === OBJECT_GRAPH_KEY)
    );
  }

  /** Graph of the served meta graph, or undefined where it can't be read (another rule says so). */
  get graph(): GraphIndex | undefined {
    const meta = this.meta;
    if (meta === undefined) return undefined;
    const graph = this.graphOf(meta);
    return graph.ok ? graph.value : undefined;
  }
}

/** A base path under check. */
export interface ModelContext {
  readonly model: FoundModel;
  /** How the path was taken that the user gave. */
  readonly role: "version" | "model" | "unversioned" | "repository" | "nothing";
  /** Whether the caller said that this is a base path, as a server would take it. */
  readonly asBasePath: boolean;
  /** Whether it is the only model of the path: a repository of one may be a base path given one level too high. */
  readonly alone: boolean;
  readonly fs: ModelFileSystem;
  readonly target: CheckTarget;
}
