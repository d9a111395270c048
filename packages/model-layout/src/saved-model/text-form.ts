import { LineIndex } from "@servable/diagnostics";
import { schemas } from "@servable/protos/text-schema";
import { encode, parse, read, textOfBytes } from "@servable/text-proto";
import { bytesAsFile } from "../files/file-read-once.ts";
import { type ModelFileSystem, type OpenFile, readWholeFile } from "../files/model-file-system.ts";
import { ModelReadError } from "./saved-model-error.ts";

/** A saved_model.pbtxt as the binary file that it stands for. @throws ModelReadError, FileSystemError */
export function textFormAsFile(path: string, fs: ModelFileSystem): OpenFile {
  const text = textOfBytes(readWholeFile(fs, path));
  const { message, errors } = read(parse(text), "tensorflow.SavedModel", schemas);
  const first = errors[0];
  if (first !== undefined) {
    const { line, column } = new LineIndex(text).position(first.span.start);
    throw new ModelReadError("malformed", path, `line ${line}, column ${column}: ${first.message}`);
  }
  const binary = encode(message);
  return bytesAsFile(binary);
}
