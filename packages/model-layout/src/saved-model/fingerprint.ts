import { schemas } from "@servable/protos/text-schema";
import { joinPath, type ModelFileSystem, readWholeFile } from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { type DecodedMessage, decodeMessage } from "../wire/decode-message.ts";
import type { Int64 } from "../wire/wire-reader.ts";
import { ModelReadError } from "./saved-model-error.ts";
import { asReadError } from "./saved-model-file.ts";

/** FingerprintDef: hashes that the exporter took; the server reads none of them. */
export interface Fingerprint {
  readonly savedModelChecksum: Int64;
  readonly graphDefProgramHash: Int64;
  readonly signatureDefHash: Int64;
  readonly savedObjectGraphHash: Int64;
  /** FarmHash Fingerprint64 of the bytes of variables.index. */
  readonly checkpointHash: Int64;
  readonly versionProducer: number;
}

/** fingerprint.pb of a version directory, or undefined without one. @throws ModelReadError */
export function readFingerprint(
  versionDir: string,
  fs: ModelFileSystem = nodeFileSystem,
): Fingerprint | undefined {
  const path = joinPath(versionDir, "fingerprint.pb");
  try {
    const decoded = decodeMessage(readWholeFile(fs, path, 1 << 20), "tensorflow.FingerprintDef", schemas);
    const hash = (name: string): Int64 => (decoded[name] as Int64 | undefined) ?? 0;
    const version = decoded["version"] as DecodedMessage | undefined;
    return {
      savedModelChecksum: hash("saved_model_checksum"),
      graphDefProgramHash: hash("graph_def_program_hash"),
      signatureDefHash: hash("signature_def_hash"),
      savedObjectGraphHash: hash("saved_object_graph_hash"),
      checkpointHash: hash("checkpoint_hash"),
      versionProducer: (version?.["producer"] as number | undefined) ?? 0,
    };
  } catch (error) {
    const read = asReadError(error, path);
    if (read instanceof ModelReadError && read.fault === "not-found") return undefined;
    throw read;
  }
}
