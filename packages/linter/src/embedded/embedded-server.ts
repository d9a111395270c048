import type { Span } from "@servable/diagnostics";
import type { InlineText } from "./inline-text.ts";

/** An argument of a server inside a script or manifest. */
export interface EmbeddedArgument {
  readonly text: string;
  readonly span: Span | undefined;
  /** Replaces the argument's text in its file; undefined where that would take more than writing it down. */
  readonly rewrite: ((text: string) => string) | undefined;
}

export interface EmbeddedMount {
  /** Path of the host as written; undefined for a volume whose content is not known. */
  readonly source: string | undefined;
  readonly target: string;
  readonly span: Span | undefined;
  /** `-v` makes a missing folder; `--mount` and Kubernetes do not. */
  readonly createsSource: boolean;
  /** One file, or a `subPath`: a replaced file is not seen. */
  readonly singleFile: boolean;
  /** The name of a volume, not a path. */
  readonly named: boolean;
  /** All its files are among the server's {@link EmbeddedServer.files}. */
  readonly whole?: boolean;
  /** A command before it may make the source, which need not be there yet. */
  readonly perhapsMade?: boolean;
}

export interface EmbeddedPort {
  readonly host: number | undefined;
  readonly container: number;
  readonly span: Span | undefined;
}

export interface EmbeddedProbe {
  readonly kind: "startup" | "liveness" | "readiness";
  readonly handler: "grpc" | "httpGet" | "tcpSocket" | "exec" | "other";
  readonly port: number | undefined;
  readonly path: string | undefined;
  readonly service: string | undefined;
  /** initialDelaySeconds + failureThreshold × periodSeconds. */
  readonly budgetSeconds: number;
  readonly span: Span | undefined;
}

/** The user of a container; numbers where they are known. */
export interface EmbeddedUser {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly span: Span | undefined;
}

/** A model server as a script or manifest starts it. */
export interface EmbeddedServer {
  readonly origin: "docker-run" | "compose" | "kubernetes" | "dockerfile" | "command";
  /** Where it is described. */
  readonly span: Span | undefined;
  readonly name: string | undefined;
  readonly image: { readonly reference: string; readonly span: Span | undefined } | undefined;
  /** image: the image's own entrypoint runs the server; server: the binary itself is the command. */
  readonly entrypoint: "image" | "server";
  /** Arguments that the user wrote for the server. */
  readonly arguments: readonly EmbeddedArgument[];
  readonly environment: ReadonlyMap<string, { readonly value: string; readonly span: Span | undefined }>;
  /** Absent: no container, paths are the host's. */
  readonly mounts: readonly EmbeddedMount[] | undefined;
  /** Files of the container that are written in the manifest itself, by path. */
  readonly files?: ReadonlyMap<string, InlineText>;
  /** Undefined where all ports are reachable (host network, a pod). */
  readonly published: readonly EmbeddedPort[] | undefined;
  readonly gpus: { readonly span: Span | undefined } | undefined;
  readonly memoryBytes: { readonly bytes: number; readonly span: Span | undefined } | undefined;
  /** CPU limit as a quota, which the server does not see. */
  readonly cpuLimit: { readonly cores: number; readonly span: Span | undefined } | undefined;
  readonly probes: readonly EmbeddedProbe[];
  /** What the container runs to see whether it is well, as one text. */
  readonly healthChecks?: readonly { readonly command: string; readonly span: Span | undefined }[];
  /** Kubernetes: whether something runs before the container is told to stop. */
  readonly hasPreStop?: boolean;
  /** Whom the container runs as; absent: as the image says, which is root. */
  readonly user?: EmbeddedUser;
  readonly replicas: number | undefined;
  /** Options of docker that stand behind the image, or flags of the server that stand before it. */
  readonly misplaced: readonly {
    readonly text: string;
    readonly span: Span;
    readonly what: "option" | "flag";
  }[];
}

/** Bytes of `512m`, `2g`, `2Gi`, `1.5G`, or undefined. */
export function readBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?$/i.exec(text.trim());
  if (match === null) return undefined;
  const power = ["", "k", "m", "g", "t"].indexOf((match[2] ?? "").toLowerCase());
  return Number(match[1]) * 1024 ** power;
}

/** `1000`, `1000:1000`, `root`; names other than root are known to the image only. */
export function readUser(text: string | undefined, span: Span | undefined): EmbeddedUser | undefined {
  if (text === undefined || text === "") return undefined;
  const [user = "", group] = text.split(":");
  const number = (name: string | undefined): number | undefined =>
    name === "root" ? 0 : name !== undefined && /^\d{1,10}$/.test(name) ? Number(name) : undefined;
  return { uid: number(user), gid: number(group), span };
}

/** A CPU limit: `2`, `0.5`, `500m`. */
export function coresOf(text: string | undefined, span: Span | undefined): EmbeddedServer["cpuLimit"] {
  if (text === undefined) return undefined;
  const value = text.endsWith("m") ? Number(text.slice(0, -1)) / 1000 : Number(text);
  return Number.isFinite(value) && value > 0 ? { cores: value, span } : undefined;
}

/** Whether one argument holds what should be several: `--port 9000`, `--a=1 --b=2`. */
export function holdsSeveral(argument: string): boolean {
  return /^--\w+[= ].*\s--\w+/.test(argument) || /^--\w+\s+[^\s=]/.test(argument);
}
