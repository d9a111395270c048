import type { Server, ServerCredentials, ServerUnaryCall, sendUnaryData } from "@grpc/grpc-js";

const identity = (bytes: Buffer): Buffer => bytes;

/** Adds a unary method of the full path that takes and gives serialized messages. */
export function addByteMethod(
  server: Server,
  path: string,
  handle: (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => void,
): void {
  const method = path.split("/").at(-1) ?? "";
  server.addService(
    {
      [method]: {
        path,
        originalName: method,
        requestStream: false,
        responseStream: false,
        requestSerialize: identity,
        requestDeserialize: identity,
        responseSerialize: identity,
        responseDeserialize: identity,
      },
    },
    { [method]: handle },
  );
}

/** Listens and gives back the port; by default a free one of this machine. */
export function listen(
  server: Server,
  credentials: ServerCredentials,
  address = "127.0.0.1:0",
): Promise<number> {
  return new Promise((resolve, reject) =>
    server.bindAsync(address, credentials, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
}
