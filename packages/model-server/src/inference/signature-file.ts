import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TensorInfo as LayoutTensorInfo, openSavedModel } from "@servable/model-layout";
import { DTYPE_NUMBERS } from "@servable/tensors";
import { decodeSignatureDef, type SignatureDef, signatureDefsOf, sorted } from "../wire/signatures.ts";
import { ByteWriter } from "../wire/writer.ts";

/**
 * Every signature of the meta graph with these tags, pseudo-signatures included, with its bytes as stored. From a
 * saved_model.pbtxt the bytes are made anew.
 * @throws WireError, or what the reader of the text form throws
 */
export function readSignatureDefs(versionDir: string, tags: readonly string[]): Map<string, SignatureDef> {
  let binary: Uint8Array | undefined;
  try {
    binary = readFileSync(join(versionDir, "saved_model.pb"));
  } catch {
    binary = undefined;
  }
  const raw = binary === undefined ? undefined : signatureDefsOf(binary, tags);
  const bytes = raw ?? fromText(versionDir, tags);
  return sorted(new Map([...bytes].map(([name, signature]) => [name, decodeSignatureDef(signature)])));
}

function fromText(versionDir: string, tags: readonly string[]): Map<string, Uint8Array> {
  const graph = openSavedModel(versionDir).metaGraph(tags);
  const result = new Map<string, Uint8Array>();
  for (const [name, signature] of graph?.signatures ?? []) {
    const writer = new ByteWriter();
    for (const [alias, info] of signature.inputs) writer.bytes(1, entry(alias, tensorInfo(info)));
    for (const [alias, info] of signature.outputs) writer.bytes(2, entry(alias, tensorInfo(info)));
    if (signature.method !== "") writer.string(3, signature.method);
    for (const [alias, tensor] of signature.defaults) writer.bytes(4, entry(alias, tensor));
    result.set(name, writer.finish());
  }
  return result;
}

function entry(key: string, value: Uint8Array): Uint8Array {
  const writer = new ByteWriter();
  writer.string(1, key);
  writer.bytes(2, value);
  return writer.finish();
}

function tensorInfo(info: LayoutTensorInfo): Uint8Array {
  const writer = new ByteWriter();
  if (info.tensor !== "") writer.string(1, info.tensor);
  const number = info.unknownDtype ?? DTYPE_NUMBERS[info.dtype] + (info.isRef === true ? 100 : 0);
  if (number !== 0) writer.int(2, number);
  if (info.kind === "tensor") {
    const shape = new ByteWriter();
    for (const size of info.shape ?? []) {
      const dim = new ByteWriter();
      if (size !== 0) dim.int(1, size);
      shape.bytes(2, dim.finish());
    }
    if (info.shape === null) shape.int(3, 1);
    writer.bytes(3, shape.finish());
  }
  return writer.finish();
}
