import { type ModelFileSystem, ModelReadError, readWarmup } from "@servable/model-layout";

/** Rows (first dimension) of each Predict record of a version's warm-up file; empty where there is none. */
export function warmupRows(versionPath: string, fs: ModelFileSystem): { record: number; rows: number }[] {
  const found: { record: number; rows: number }[] = [];
  try {
    for (const record of readWarmup(versionPath, fs)) {
      if (!("message" in record.log)) continue;
      const inputs = field(field(field(record.log.message, "predict_log"), "request"), "inputs");
      if (!(inputs instanceof Map)) continue;
      const rows = [...inputs.values()].map((tensor) => {
        const dims = field(field(tensor, "tensor_shape"), "dim");
        return Array.isArray(dims) ? Number(field(dims[0], "size") ?? 0) : 0;
      });
      found.push({ record: record.index, rows: Math.max(0, ...rows) });
    }
  } catch (error) {
    if (!(error instanceof ModelReadError)) throw error;
  }
  return found;
}

const field = (message: unknown, name: string): unknown =>
  typeof message === "object" && message !== null && !(message instanceof Uint8Array)
    ? (message as Readonly<Record<string, unknown>>)[name]
    : undefined;
