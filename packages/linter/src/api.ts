import type { Diagnostic } from "@servable/diagnostics";
import type { ModelFileSystem } from "@servable/model-layout";
import type { ParsedFlags, TfsVersion } from "@servable/server-flags";
import type { Outcome } from "./finding.ts";
import type { ArgumentSource } from "./flags-context.ts";

/** A folder or file of the host that a container sees under another path. */
export interface Mount {
  /** Absent: a volume whose content is not known here. */
  readonly hostPath?: string;
  readonly containerPath: string;
  /** Every file in it is among the request's `inlineFiles`. */
  readonly whole?: boolean;
}

/** What an image reference says about the server in it. */
export interface ImageFacts {
  readonly reference: string;
  readonly gpu: boolean;
  readonly devel: boolean;
  readonly mkl: boolean;
  /** `tensorflow/serving`, from Docker Hub or a mirror of it: its binary links TensorFlow Text and Decision Forests. */
  readonly official: boolean;
}

/** What the rules over deployments may know about the machine that runs them. */
export interface HostFacts {
  /** Instruction sets of the CPU, as /proc/cpuinfo names them (`avx2` …). */
  readonly cpuFeatures?: ReadonlySet<string>;
  /** As Node names it: `x64`, `arm64` … */
  readonly architecture?: string;
  /** Mode bits and owner of a path of this machine, links followed; undefined where it has none. */
  readonly permissions?: (path: string) => Permissions | undefined;
}

export interface Permissions {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** One start of `tensorflow_model_server` to be judged before it happens. */
export interface StartRequest {
  /** Arguments without the program's name; or `flags`, already parsed. */
  readonly argv?: readonly string[];
  readonly flags?: ParsedFlags;
  /** Default: the version of `flags`, else {@link defaultVersion}. */
  readonly tfsVersion?: TfsVersion;
  /** Absolute folder from which relative paths are meant. */
  readonly cwd: string;
  /** Default: the machine's own files. */
  readonly fs?: ModelFileSystem;
  /** Where the arguments were read; default: typed after `--`. */
  readonly source?: ArgumentSource;
  /** Index of the first argument that the user wrote, where an image's entrypoint puts some before it. */
  readonly firstUserArgument?: number;
  /** The arguments name paths inside a container with these mounts; absent: paths of this machine. */
  readonly mounts?: readonly Mount[];
  readonly image?: ImageFacts;
  /** Files that the arguments name and whose texts stand in a manifest: path as the server sees it, text, name in diagnostics. */
  readonly inlineFiles?: readonly {
    readonly path: string;
    readonly text: string;
    readonly display: string;
  }[];
  /** TCP ports of which it is known that they cannot be bound. */
  readonly takenPorts?: ReadonlySet<number>;
  /** Whether a taken port is held by model servers with which another one can share it; default: none is. */
  readonly sharesPort?: (port: number) => boolean;
  /** How deep model folders are read; default `graph`. */
  readonly level?: "quick" | "graph" | "bytes";
  /** CPUs that the server may use, for the defaults that depend on it; default: unknown. */
  readonly cpus?: number;
  /** How diagnostics name a file; default: relative to `cwd` where it lies below, else absolute. */
  readonly displayPath?: (path: string) => string;
  /** The time, for certificates that run out; absent: their dates are not looked at. */
  readonly now?: Date;
}

/** One version of a model in a predicted start. */
export interface PredictedVersion {
  /** As a number where it is safe, else as a decimal string. */
  readonly version: number | string;
  readonly path: string;
  readonly state: "AVAILABLE" | "END";
}

export interface PredictedModel {
  readonly name: string;
  readonly basePath: string;
  readonly versions: readonly PredictedVersion[];
}

export interface StartCheck {
  /** Sorted; of the flags, of every file that they name and of the model folders. */
  readonly diagnostics: readonly Diagnostic[];
  readonly outcome: Outcome;
  /** The models that the server would try to serve. */
  readonly models: readonly PredictedModel[];
  /** Texts of the files that were read, by the name that the diagnostics use. */
  readonly texts: ReadonlyMap<string, string>;
  /** Numbers for a summary. */
  readonly counts: { readonly files: number; readonly models: number; readonly versions: number };
}

/** A change of the model config that a running server is to take. */
export interface ReloadRequest {
  readonly newText: string;
  readonly newFile: string;
  readonly oldText: string;
  readonly oldFile: string;
  /** Flags of the running server, where known. */
  readonly flags?: ParsedFlags;
  readonly tfsVersion?: TfsVersion;
  /** Absolute folder from which relative paths are meant. */
  readonly cwd: string;
  readonly fs?: ModelFileSystem;
  readonly mounts?: readonly Mount[];
  /** Text that the server refused last: it compares platforms with this one although it never applied it. */
  readonly refusedText?: string;
  readonly displayPath?: (path: string) => string;
}

export interface VersionChange {
  readonly model: string;
  readonly version: number | string;
}

/** The `reload` of the CLI contract. */
export interface ReloadOutcome {
  /** The reload call returns OK (a polled file: is applied without an error). */
  readonly accepted: boolean;
  /** The call never returns, and later ones wait behind it. */
  readonly wedges: boolean;
  readonly loads: readonly VersionChange[];
  readonly unloads: readonly VersionChange[];
  readonly because: readonly string[];
}

export interface ReloadCheck {
  readonly diagnostics: readonly Diagnostic[];
  readonly reload: ReloadOutcome;
  readonly texts: ReadonlyMap<string, string>;
}
