import {
  type Metadata,
  Metadata as MetadataClass,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { WireError } from "@servable/tensors";
import { STATUS_CODES, StatusError, statusOf } from "../status.ts";

/** Marks answers that were made up from a signature. */
export const SYNTHETIC_HEADER = "x-servable-synthetic";
export const SYNTHETIC_VALUE = "signature";

/** One unary call. `deadline` is the client's, as a time of `performance.now()`. */
export interface UnaryCall {
  readonly request: Uint8Array;
  readonly deadline: number | undefined;
}

export interface UnaryReply {
  readonly message: Uint8Array;
  readonly synthetic?: boolean;
}

export type UnaryHandler = (call: UnaryCall) => Promise<UnaryReply>;

export interface StreamCall {
  send(message: Uint8Array): void;
  end(): void;
  onCancelled(listener: () => void): void;
}

/** Bytes of an error text that a client gets; what is longer ends in `...TRUNCATED`. */
const MAX_ERROR_BYTES = 1024;

export function clientErrorText(message: string): string {
  const bytes = Buffer.from(message, "utf8");
  if (bytes.length <= MAX_ERROR_BYTES) return bytes.toString("utf8");
  return `${bytes.subarray(0, MAX_ERROR_BYTES).toString("utf8")}...TRUNCATED`;
}

const identity = (message: Buffer): Buffer => message;
const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

interface Failure {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

function failureOf(error: unknown): Failure {
  // Bytes that are no message of the wanted type: the C++ server says INTERNAL, and no more.
  if (error instanceof WireError) return { code: STATUS_CODES.INTERNAL, details: "" };
  const status = statusOf(error);
  return { code: STATUS_CODES[status.code], details: clientErrorText(status.message) };
}

export interface GrpcServerOptions {
  /** Most requests at a time are one fewer: one thread polls. Negative: no limit. */
  readonly maxThreads: number;
  readonly channelArguments: Readonly<Record<string, string | number>>;
}

/** A gRPC server on raw messages: handlers get and give serialized protobuf. */
export class GrpcServer {
  private readonly server: Server;
  private readonly maxCalls: number;
  private calls = 0;

  constructor(options: GrpcServerOptions) {
    this.maxCalls = options.maxThreads < 0 ? Number.POSITIVE_INFINITY : options.maxThreads - 1;
    this.server = new Server({
      ...options.channelArguments,
      "grpc.enable_channelz": 0,
      "grpc.max_receive_message_length": 2147483647,
      "grpc.max_send_message_length": -1,
    });
    this.answerUnknownMethods();
  }

  /** UNIMPLEMENTED with an empty text for what is not registered, as gRPC's C++ server answers. */
  private answerUnknownMethods(): void {
    const handlers: unknown = (this.server as unknown as { handlers?: unknown }).handlers;
    if (!(handlers instanceof Map)) return;
    const unknown = {
      type: "bidi",
      path: "",
      serialize: identity,
      deserialize: identity,
      func: (call: ServerDuplexStream<Buffer, Buffer>) => {
        call.emit("error", { code: STATUS_CODES.UNIMPLEMENTED, details: "" });
      },
    };
    const known = handlers.get.bind(handlers);
    handlers.get = (path: unknown) => known(path) ?? { ...unknown, path };
  }

  private admit(): StatusError | undefined {
    if (this.calls < this.maxCalls) return undefined;
    return new StatusError("RESOURCE_EXHAUSTED", "Server Threadpool Exhausted");
  }

  unary(path: string, handler: UnaryHandler): void {
    const serve = (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
      const refused = this.admit();
      if (refused !== undefined) {
        callback(failureOf(refused) as never);
        return;
      }
      this.calls++;
      const run = async (): Promise<UnaryReply> =>
        handler({ request: call.request, deadline: deadlineOf(call.getDeadline()) });
      run()
        .then(
          ({ message, synthetic }) => {
            if (synthetic === true) {
              const header = new MetadataClass();
              header.set(SYNTHETIC_HEADER, SYNTHETIC_VALUE);
              call.sendMetadata(header);
              callback(null, asBuffer(message), header);
            } else {
              callback(null, asBuffer(message));
            }
          },
          (error: unknown) => callback(failureOf(error) as never),
        )
        .finally(() => {
          this.calls--;
        });
    };
    this.server.register(path, serve as never, identity, identity, "unary");
  }

  /** One request, a stream of answers. */
  serverStream(path: string, handler: (request: Uint8Array, call: StreamCall) => void): void {
    const serve = (call: ServerWritableStream<Buffer, Buffer>): void => {
      try {
        handler(call.request, {
          send: (message) => call.write(asBuffer(message)),
          end: () => call.end(),
          onCancelled: (listener) => call.on("cancelled", listener),
        });
      } catch (error) {
        call.emit("error", failureOf(error));
      }
    };
    this.server.register(path, serve as never, identity, identity, "serverStream");
  }

  /** An answer for each message of a stream. */
  bidi(path: string, handler: (request: Uint8Array) => Uint8Array): void {
    const serve = (call: ServerDuplexStream<Buffer, Buffer>): void => {
      call.on("data", (request: Buffer) => {
        try {
          call.write(asBuffer(handler(request)));
        } catch (error) {
          call.emit("error", failureOf(error));
        }
      });
      call.on("end", () => call.end());
      call.on("error", () => {});
    };
    this.server.register(path, serve as never, identity, identity, "bidi");
  }

  /** Binds an address (`host:port` or `unix:path`); answers the port. */
  bind(address: string, credentials: ServerCredentials): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.bindAsync(address, credentials, (error, port) => {
        if (error !== null) reject(error);
        else resolve(port);
      });
    });
  }

  /** Ends after the calls under way; those still there after `graceMs` are cut off. */
  stop(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.server.forceShutdown(), graceMs);
      this.server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

function deadlineOf(deadline: Date | number): number | undefined {
  const at = deadline instanceof Date ? deadline.getTime() : deadline;
  if (!Number.isFinite(at)) return undefined;
  const left = at - Date.now();
  // Already over: the server takes this for no limit; the client has gone anyway.
  return left <= 0 ? undefined : performance.now() + left;
}

export { ServerCredentials };
