import type { Tensor } from "@servable/tensors";
import type { Finding } from "./checks/finding.ts";
import { type DiskModel, readDiskModel } from "./disk-model.ts";
import { explainError } from "./explain-error.ts";
import type { ServingGrpcClient } from "./grpc/client.ts";
import type { CallOptions, ModelMetadata, Signature, VersionStatus } from "./messages.ts";
import type { ServingRestClient } from "./rest/client.ts";
import { ServingError } from "./serving-error.ts";
import type { SmokeModel, SmokeOptions } from "./smoke-options.ts";

export type Transport = "grpc" | "rest";

/** A result, or the call's failure. */
export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ServingError };

/** What a Predict of made-up inputs gave, kept to compare transports. */
export interface Exchange {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: ReadonlyMap<string, Tensor>;
}

/** What the checks share: clients, what is on disk, and answers that several of them need. */
export class SmokeContext {
  readonly options: SmokeOptions;
  readonly grpc: ServingGrpcClient | undefined;
  readonly rest: ServingRestClient | undefined;
  /** Transports that answered in `reachable`. */
  readonly answering: Set<Transport> = new Set<Transport>();
  /** Answers to made-up inputs, by model, version, signature and transport. */
  readonly exchanges: Map<string, Exchange> = new Map<string, Exchange>();
  private readonly disks = new Map<SmokeModel, DiskModel | undefined>();
  private readonly statuses = new Map<string, Promise<Attempt<VersionStatus[]>>>();
  private readonly metadatas = new Map<string, Promise<Attempt<ModelMetadata>>>();

  constructor(
    options: SmokeOptions,
    clients: { readonly grpc: ServingGrpcClient | undefined; readonly rest: ServingRestClient | undefined },
  ) {
    this.options = options;
    this.grpc = clients.grpc;
    this.rest = clients.rest;
  }

  get callOptions(): CallOptions {
    return { deadlineMs: this.options.requestTimeoutMs ?? 30_000, signal: this.options.signal };
  }

  /** Transports that are asked for and answer. */
  get transports(): readonly Transport[] {
    return (["grpc", "rest"] as const).filter((transport) => this.answering.has(transport));
  }

  client(transport: Transport): ServingGrpcClient | ServingRestClient {
    const client = transport === "grpc" ? this.grpc : this.rest;
    if (client === undefined) throw new Error(`no ${transport} client`);
    return client;
  }

  disk(model: SmokeModel): DiskModel | undefined {
    if (!this.disks.has(model)) this.disks.set(model, readDiskModel(model));
    return this.disks.get(model);
  }

  status(model: SmokeModel, transport: Transport): Promise<Attempt<VersionStatus[]>> {
    return remembered(this.statuses, `${transport} ${model.name}`, () =>
      attempt(this.client(transport).getModelStatus({ name: model.name }, this.callOptions)),
    );
  }

  metadata(model: SmokeModel, version: bigint, transport: Transport): Promise<Attempt<ModelMetadata>> {
    return remembered(this.metadatas, `${transport} ${version} ${model.name}`, () =>
      attempt(this.client(transport).getModelMetadata({ name: model.name, version }, this.callOptions)),
    );
  }

  /** AVAILABLE versions as the first transport that answers lists them, descending. */
  async availableVersions(model: SmokeModel): Promise<readonly bigint[]> {
    for (const transport of this.transports) {
      const status = await this.status(model, transport);
      if (!status.ok) continue;
      return status.value
        .filter((version) => version.state === "AVAILABLE")
        .map((version) => version.version)
        .sort((a, b) => (a < b ? 1 : -1));
    }
    return [];
  }

  /** Signatures of a served version: from the server, else from disk. Without the loader's own pseudo-signatures. */
  async signatures(model: SmokeModel, version: bigint): Promise<Readonly<Record<string, Signature>>> {
    for (const transport of this.transports) {
      const metadata = await this.metadata(model, version, transport);
      if (metadata.ok) return servingSignatures(metadata.value.signatures);
    }
    const disk = this.disk(model)?.version(version)?.signatures;
    return disk === undefined || isProblem(disk) ? {} : disk;
  }
}

/** Narrows to signatures that could not be read. A signature named `problem` is an object, not text. */
export function isProblem(
  signatures: Readonly<Record<string, Signature>> | { readonly problem: string },
): signatures is { readonly problem: string } {
  return typeof (signatures as { problem?: unknown }).problem === "string";
}

/** Leaves out `__saved_model_init_op` and its like, which are no signatures to call. */
export function servingSignatures(
  signatures: Readonly<Record<string, Signature>>,
): Readonly<Record<string, Signature>> {
  return Object.fromEntries(
    Object.entries(signatures).filter(([name]) => !name.startsWith("__saved_model_")),
  );
}

function remembered<T>(store: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let found = store.get(key);
  if (found === undefined) {
    found = make();
    store.set(key, found);
  }
  return found;
}

/** Turns a failed call into a value; anything but a ServingError goes on up. */
export async function attempt<T>(call: Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await call };
  } catch (error) {
    if (error instanceof ServingError) return { ok: false, error };
    throw error;
  }
}

/** A failed finding from a failed call. */
export function failedCall(error: ServingError, what: string): Pick<Finding, "outcome" | "message" | "help"> {
  return { outcome: "fail", message: `${what}: ${error.message}`, help: explainError(error).help };
}
