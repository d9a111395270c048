import * as z from "zod";
import { nonEmptyText, positiveInt32 } from "./values.ts";

/** gRPC endpoint settings. */
export const grpcSection = z
  .strictObject({
    maxThreads: z
      .int()
      .min(2)
      .max(2_147_483_647)
      .optional()
      .describe("handler threads; one polls, so N allow N-1 requests at a time (TFS 2.5)"),
    channelArguments: z
      .record(
        z.string().regex(/^[^\u0000\ud800-\udfff,=]+$/u, "must not be empty or hold ',' or '='"),
        z.union([z.int(), z.string().regex(/^[^\u0000\ud800-\udfff,=]*$/u, "must not hold ',' or '='")]),
      )
      .optional()
      .describe("gRPC channel arguments, such as grpc.max_connection_age_ms: 300000"),
    healthService: z.boolean().optional().describe("serve grpc.health.v1 (TFS 2.15)"),
    profiler: z
      .boolean()
      .optional()
      .describe("serve the TensorFlow profiler on the gRPC port; on by default (TFS 2.5)"),
    socketPath: nonEmptyText.optional().describe("UNIX socket to serve gRPC on as well"),
    useAlts: z.boolean().optional().describe("ALTS credentials, on Google Cloud only (TFS 2.6)"),
  })
  .describe("gRPC endpoint");

/** REST endpoint settings. */
export const restSection = z
  .strictObject({
    numThreads: z
      .int()
      .min(2)
      .max(2_147_483_647)
      .optional()
      .describe("REST threads; one is the event loop, so fewer than 2 freeze it"),
    timeoutMillis: positiveInt32
      .optional()
      .describe("time limit of one REST request; the server's default is 30000"),
    cors: z.boolean().optional().describe("answer cross-origin requests from any origin (TFS 2.5)"),
  })
  .describe("REST endpoint");

/** Prometheus metrics on the REST port. */
export const monitoringSection = z
  .union([
    z.boolean(),
    z.strictObject({
      enabled: z.boolean().optional().describe("false keeps the values and switches metrics off"),
      path: nonEmptyText
        .optional()
        .describe("URL path of the metrics; default /monitoring/prometheus/metrics"),
    }),
  ])
  .describe("Prometheus metrics on the REST port");

/** TLS of the gRPC port; REST has none. */
export const tlsSection = z
  .strictObject({
    serverKeyFile: nonEmptyText.describe("PEM file of the server's private key"),
    serverCertFile: nonEmptyText.describe("PEM file of the server's certificate chain"),
    customCaFile: nonEmptyText.optional().describe("PEM file of the CA that signs client certificates"),
    clientVerify: z.boolean().optional().describe("require and verify client certificates"),
  })
  .describe("TLS of the gRPC port (REST stays plain HTTP)");
