import * as z from "zod";
import { imageOrVariant, imageReference } from "./values.ts";

/** Which model server: its version decides which flags and fields exist. */
export const serverSection = z
  .strictObject({
    version: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/, "must be a full version such as 2.17.1")
      .optional()
      .describe("TensorFlow Serving version, X.Y.Z: decides the image tag and which flags and fields exist"),
    image: z
      .union([
        z.enum(["cpu", "gpu"]),
        imageOrVariant,
        z.strictObject({
          reference: imageReference.describe("image reference with tag or digest"),
          variant: z.enum(["cpu", "gpu"]).optional().describe("whether the image holds the CUDA build"),
        }),
      ])
      .optional()
      .describe(
        "cpu or gpu: the stock image tensorflow/serving of that version; or a reference of your own image, which must keep the stock entrypoint",
      ),
  })
  .describe("TensorFlow Serving version and image");
