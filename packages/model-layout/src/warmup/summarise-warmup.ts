import { joinPath, type ModelFileSystem } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { readShape } from "../saved-model/signature.ts";
import type { DecodedMessage } from "../wire/decode-message.ts";
import { LENGTH, WireError, WireReader } from "../wire/wire-reader.ts";
import { decodePredictionLog, type LogType, readWarmup, TENSORS_AS_BYTES } from "./prediction-log.ts";
import { WARMUP_FILE } from "./warmup-file.ts";

/** What one warm-up record asks for. */
export interface WarmupRequest {
  readonly index: number;
  readonly kind: LogType;
  readonly model: string;
  /** `serving_default` where the record names none; for MultiInference the one of each task, joined by commas. */
  readonly signature: string;
  /** First dimension of each input (null for a scalar or what can't be read); examples count as one input. */
  readonly rows: ReadonlyMap<string, number | null>;
}

function firstDimension(tensor: Uint8Array): number | null {
  const reader = new WireReader(tensor);
  try {
    while (!reader.done) {
      const tag = reader.tag();
      if (tag === ((2 << 3) | LENGTH)) return readShape(reader.message())?.[0] ?? null;
      reader.skip(tag);
    }
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
  return null;
}

const at = (message: DecodedMessage | undefined, name: string): DecodedMessage | undefined =>
  message?.[name] as DecodedMessage | undefined;
const textAt = (message: DecodedMessage | undefined, name: string): string =>
  (message?.[name] as string | undefined) ?? "";

/**
 * The requests of a version's warm-up file, up to the first record that can't be read; records without a request are
 * left out. Empty without a file. @throws ModelReadError when the file is there but can't be opened
 */
export function* summariseWarmup(
  versionDir: string,
  fs: ModelFileSystem = nodeFileSystem,
): Generator<WarmupRequest> {
  try {
    fs.lstat(joinPath(versionDir, WARMUP_FILE));
  } catch {
    return;
  }
  for (const { index, data, dataCrcHolds } of readWarmup(versionDir, fs)) {
    if (!dataCrcHolds) return;
    const log = decodePredictionLog(data, TENSORS_AS_BYTES);
    if ("error" in log) return;
    if (log.type === undefined) continue;
    const inner = at(log.message, log.type);
    // A streamed log has a list of requests, a session run log opaque bytes: the server refuses both.
    const raw = inner?.["request"];
    const request =
      raw instanceof Uint8Array || Array.isArray(raw) ? undefined : (raw as DecodedMessage | undefined);
    const tasks = (request?.["tasks"] as readonly DecodedMessage[] | undefined) ?? [];
    const specs =
      log.type === "multi_inference_log"
        ? tasks.map((task) => at(task, "model_spec"))
        : [at(request, "model_spec")];
    const rows = new Map<string, number | null>();
    for (const [alias, tensor] of (request?.["inputs"] as ReadonlyMap<string, Uint8Array> | undefined) ??
      []) {
      rows.set(alias, firstDimension(tensor));
    }
    const input = at(request, "input");
    const list = at(input, "example_list") ?? at(input, "example_list_with_context");
    if (list !== undefined)
      rows.set("inputs", ((list["examples"] as readonly unknown[] | undefined) ?? []).length);
    yield {
      index,
      kind: log.type,
      model: textAt(specs[0], "name"),
      signature: specs.map((spec) => textAt(spec, "signature_name") || "serving_default").join(","),
      rows,
    };
  }
}
