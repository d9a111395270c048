import { WireReader, WireWriter } from "@servable/tensors";
import type { GrpcServer } from "./grpc-server.ts";

const NOT_FOUND = 5;

/**
 * grpc.reflection.v1alpha: lists the services. Files and symbols are answered with NOT_FOUND, since no descriptors are
 * carried.
 */
export function addReflection(server: GrpcServer, services: readonly string[]): void {
  const names = [...services, "grpc.reflection.v1alpha.ServerReflection"].sort();
  server.bidi("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", (request) => {
    const reader = new WireReader(request);
    let host = "";
    let asked = 0;
    while (reader.next()) {
      if (reader.wire !== 2) reader.skip();
      else if (reader.field === 1) host = reader.string();
      else {
        asked = reader.field;
        reader.view();
      }
    }
    const response = new WireWriter();
    if (host !== "") response.string(1, host);
    response.bytes(2, request);
    if (asked === 7) {
      const list = new WireWriter();
      for (const service of names) {
        const one = new WireWriter();
        one.string(1, service);
        list.bytes(1, one.finish());
      }
      response.bytes(6, list.finish());
    } else {
      const error = new WireWriter();
      error.int(1, NOT_FOUND);
      error.string(2, asked === 3 ? "File not found." : "Symbol not found.");
      response.bytes(7, error.finish());
    }
    return response.finish();
  });
}
