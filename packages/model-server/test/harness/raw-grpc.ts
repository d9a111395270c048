import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";

export interface GrpcRequest {
  readonly service: string;
  readonly method: string;
  readonly hex?: string;
  readonly message?: unknown;
  readonly fill?: readonly { readonly path: unknown; readonly byte: number; readonly count: number }[];
  readonly compression?: "gzip" | "deflate";
  readonly deadline_ms?: number;
  readonly metadata?: readonly (readonly [string, string])[];
}

export interface GrpcResponse {
  readonly code: string;
  readonly message: string;
  readonly reply: Buffer | undefined;
}

const identity = (bytes: Buffer): Buffer => bytes;

/** Sends serialized messages and gives back what comes, undecoded. */
export class RawGrpcClient {
  private readonly clients = new Map<string, Client>();
  private readonly address: string;

  /** A port of this machine, or an address. */
  constructor(target: number | string) {
    this.address = typeof target === "number" ? `127.0.0.1:${target}` : target;
  }

  private client(compression: string | undefined): Client {
    const key = compression ?? "";
    const known = this.clients.get(key);
    if (known !== undefined) return known;
    const algorithm = { gzip: 2, deflate: 1 }[key] ?? 0;
    const client = new Client(this.address, credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
      "grpc.default_compression_algorithm": algorithm,
    });
    this.clients.set(key, client);
    return client;
  }

  call(request: GrpcRequest, bytes: Buffer): Promise<GrpcResponse> {
    const path = `/${request.service}/${request.method}`;
    const metadata = new Metadata();
    for (const [key, value] of request.metadata ?? []) metadata.add(key, value);
    const options = request.deadline_ms === undefined ? {} : { deadline: Date.now() + request.deadline_ms };
    const client = this.client(request.compression);
    const streams = request.method === "ServerReflectionInfo" || request.method === "Watch";
    return new Promise((resolve) => {
      const failed = (error: ServiceError): void =>
        resolve({ code: status[error.code] ?? String(error.code), message: error.details, reply: undefined });
      if (!streams) {
        client.makeUnaryRequest(path, identity, identity, bytes, metadata, options, (error, reply) => {
          if (error !== null) failed(error);
          else resolve({ code: "OK", message: "", reply: reply ?? Buffer.alloc(0) });
        });
        return;
      }
      const call = client.makeBidiStreamRequest(path, identity, identity, metadata, options);
      call.on("data", (reply: Buffer) => {
        resolve({ code: "OK", message: "", reply });
        call.cancel();
      });
      call.on("error", failed);
      call.write(bytes);
      if (request.method === "Watch") call.end();
    });
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }
}
