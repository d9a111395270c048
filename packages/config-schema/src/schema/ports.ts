import * as z from "zod";
import { nonEmptyText, port } from "./values.ts";

const portDetails = z.strictObject({
  published: z
    .union([port, z.literal(false)])
    .optional()
    .describe("port on the host that clients call, or false to publish none"),
  container: port.optional().describe("port inside the container"),
  address: nonEmptyText.optional().describe("host address to publish on, such as 127.0.0.1; default: all"),
});

/** Where clients reach the server. */
export const portsSection = z
  .strictObject({
    grpc: z
      .union([port, portDetails])
      .optional()
      .describe("gRPC port on the host (the container's is 8500); default 8500"),
    rest: z
      .union([port, z.literal(false), portDetails])
      .optional()
      .describe("REST port on the host (the container's is 8501), or false for no REST; default 8501"),
  })
  .describe("ports that clients call");
