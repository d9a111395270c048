import * as z from "zod";
import { positiveInt32 } from "./values.ts";

/** docker splits the list at commas, whatever the quotes; real ids hold letters, digits and few signs. */
const gpuId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9:._/-]*$/, "must be an index or a UUID, such as 0 or GPU-8a56a4bc");

/** What the container may use; cores also decide thread counts. */
export const resourcesSection = z
  .strictObject({
    cores: z
      .number()
      .positive()
      .max(4096)
      .optional()
      .describe(
        "CPU limit of the container; the server does not see such a limit, so its thread counts are set from it",
      ),
    cpuSet: z
      .string()
      .regex(/^\d+(-\d+)?(,\d+(-\d+)?)*$/, "must be a CPU list such as 0-3,8")
      .optional()
      .describe(
        "CPUs to pin the container to, such as 0-3; the server sees these and sizes its pools itself",
      ),
    memoryMiB: positiveInt32
      .optional()
      .describe("memory limit in MiB; leave room for two versions of the largest model"),
    gpus: z
      .union([z.literal("all"), positiveInt32, z.array(gpuId).min(1)])
      .optional()
      .describe("all, a number of GPUs, or a list of device ids as `nvidia-smi -L` shows them"),
    gpuMemoryFraction: z
      .number()
      .gt(0)
      .max(1)
      .optional()
      .describe("share of each GPU's memory (--per_process_gpu_memory_fraction); default: nearly all"),
    gpuAllowGrowth: z
      .boolean()
      .optional()
      .describe("take GPU memory as needed (TF_FORCE_GPU_ALLOW_GROWTH) instead of all at start"),
  })
  .describe("cores, memory and GPUs of the server");
