import { readFileSync } from "node:fs";
import { join } from "node:path";
import { schemas } from "@servable/protos/text-schema";
import { encode, parse, read, textOfBytes } from "@servable/text-proto";
import { decodeSignatureDef, type SignatureDef, signatureDefsOf, sorted } from "../wire/signatures.ts";

/**
 * Every signature of the meta graph with these tags, pseudo-signatures included, with its bytes as stored. From a
 * saved_model.pbtxt the bytes are made anew.
 * @throws WireError, or an error of the file system
 */
export function readSignatureDefs(versionDir: string, tags: readonly string[]): Map<string, SignatureDef> {
  const bytes = signatureDefsOf(savedModelBytes(versionDir), tags) ?? new Map<string, Uint8Array>();
  return sorted(new Map([...bytes].map(([name, signature]) => [name, decodeSignatureDef(signature)])));
}

function savedModelBytes(versionDir: string): Uint8Array {
  try {
    return readFileSync(join(versionDir, "saved_model.pb"));
  } catch {
    const text = textOfBytes(readFileSync(join(versionDir, "saved_model.pbtxt")));
    return encode(read(parse(text), "tensorflow.SavedModel", schemas).message);
  }
}
