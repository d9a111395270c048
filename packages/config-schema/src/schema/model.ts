import * as z from "zod";
import { modelBatching } from "./batching.ts";
import { hostPath, nonEmptyText, positiveInt32, versionNumber } from "./values.ts";

/** Which of the version directories are served. */
export const versionPolicy = z
  .union([
    z.enum(["all", "latest"]),
    z.strictObject({ latest: positiveInt32.describe("serve the N highest versions") }),
    z.strictObject({
      specific: z.array(versionNumber).min(1).describe("serve exactly these versions"),
    }),
  ])
  .describe("which versions are served: latest (the default), all, { latest: N } or { specific: [1, 2] }");

/** One model: a base path with version directories, under a name that clients use. */
export const modelEntry = z.strictObject({
  name: nonEmptyText.describe("model name, as clients call it"),
  path: hostPath
    .optional()
    .describe(
      "base path on the host: the folder that holds the version directories 1/, 2/, …; relative to the spec",
    ),
  uri: z
    .string()
    .regex(/^[a-zA-Z][0-9a-zA-Z.]*:\/\/[^\u0000\ud800-\udfff]+$/u, "must be a URI such as gs://bucket/folder")
    .optional()
    .describe("remote base path instead of path, such as gs://bucket/models/resnet"),
  containerPath: nonEmptyText
    .optional()
    .describe("where the base path is mounted in the container; default /models/NAME"),
  versionPolicy: versionPolicy.optional(),
  labels: z
    .record(nonEmptyText, versionNumber)
    .optional()
    .describe("version labels, such as stable: 1, canary: 2"),
  batching: modelBatching.optional(),
});

/** The models that the server holds. */
export const modelsSection = z.array(modelEntry).min(1).describe("models to serve");
