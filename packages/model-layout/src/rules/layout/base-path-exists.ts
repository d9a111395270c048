import { describeFileError } from "../../files/model-file-system.ts";
import { basePathRule, folder } from "../model-rule.ts";

export const rule = basePathRule({
  id: "layout/base-path-exists",
  level: "quick",
  summary: "a base path is a directory that the server can list",
  severity: "error",
  effect: "hangs",
  why: "The server logs the error at every poll and waits for ever; with several models, one base path that can't be listed keeps all of them from loading.",
  mend: "Create the folder, correct the path (inside a container it is the path of the mount's target), or give the server's user read and search permission.",
  evidence: [
    "tensorflow/serving: sources/storage_path/file_system_storage_path_source.cc PollFileSystemForConfig",
    "recorded run of 2.17.1: base path missing, a plain file",
  ],
  logTexts: [
    "FileSystemStoragePathSource encountered a filesystem access error: Could not find base path … for servable … with error …",
  ],
  symptoms: [4, 10],
  examples: {
    bad: [folder("a file in its place", { "models/resnet": "a regular file" })],
    good: [folder("a folder of versions", { "models/resnet/1/saved_model.pb": "SavedModel" })],
  },
  *check({ model, role }) {
    const { problem } = model.discovery;
    if (problem === undefined) return;
    const reason =
      problem.cause instanceof Error && "code" in problem.cause
        ? describeFileError(String(problem.cause.code))
        : problem.reason;
    if (role === "repository") {
      const link = problem.fault === "not-found";
      yield {
        file: model.basePath,
        severity: "warning",
        message: link
          ? "is a symbolic link to something that does not exist, beside base paths"
          : `can't be listed, beside base paths: ${reason}`,
        help: "As a base path in the server's config it would keep all models from loading. Mend or remove it, or let the server's user read it (chmod a+rX).",
      };
      return;
    }
    yield {
      file: model.basePath,
      message: `base path can't be listed: ${reason}`,
      help: "The server logs this at every poll and waits for ever, and no other model of its config loads either. Correct the path, or let the server's user read it.",
    };
  },
});
