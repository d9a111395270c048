import type { ModelFileSystem, OpenFile } from "../files/model-file-system.ts";
import { ModelReadError } from "./saved-model-error.ts";

/** A saved_model.pbtxt as the binary file that it stands for. @throws ModelReadError */
export function textFormAsFile(path: string, _fs: ModelFileSystem): OpenFile {
  throw new ModelReadError("unsupported", path, "the text form is not read yet");
}
