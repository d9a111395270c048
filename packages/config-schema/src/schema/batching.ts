import * as z from "zod";
import { nonEmptyText, positiveInt32 } from "./values.ts";

const queueFields = {
  maxBatchSize: positiveInt32.optional().describe("most examples in one batch, and in one request (rows)"),
  batchTimeoutMicros: z
    .int()
    .min(0)
    .optional()
    .describe("how long an open batch waits for more requests, in microseconds; 0 sends what is there"),
  maxEnqueuedBatches: positiveInt32
    .optional()
    .describe("batches that may wait in one queue; beyond that, requests get UNAVAILABLE"),
  allowedBatchSizes: z
    .array(positiveInt32)
    .min(1)
    .optional()
    .describe("batches are padded up to one of these sizes; rising, the last equal to maxBatchSize"),
  padVariableLengthInputs: z
    .boolean()
    .optional()
    .describe("pad inputs of one batch to a common shape in the dimensions after the first"),
  enableLargeBatchSplitting: z
    .boolean()
    .optional()
    .describe("cut a request larger than maxExecutionBatchSize into pieces (TFS 2.4)"),
  maxExecutionBatchSize: positiveInt32
    .optional()
    .describe("most rows in one executed batch with splitting; not above maxBatchSize (TFS 2.4)"),
};

/** Batching parameters of one model: `batching_params.pbtxt` in each of its version directories (TFS 2.11). */
export const modelBatching = z
  .strictObject(queueFields)
  .describe(
    "batching parameters of this model alone (TFS 2.11); the thread pool stays with the server-wide section",
  );

/** Server-wide batching: `--enable_batching` and `batching_parameters.txt`. */
export const batchingSection = z
  .union([
    z.boolean(),
    z.strictObject({
      enabled: z.boolean().optional().describe("false keeps the values and switches batching off"),
      ...queueFields,
      numBatchThreads: positiveInt32
        .optional()
        .describe(
          "batches that run at the same time, over all models; default: cores, if the spec gives them",
        ),
      threadPoolName: nonEmptyText.optional().describe("name of the batch thread pool in traces"),
    }),
  ])
  .describe("server-side batching of requests; true leaves every value to the server");
