import { folder, some, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "assets/all-used",
  level: "graph",
  summary: "every file in assets/ is an asset of the model",
  severity: "info",
  effect: "silent",
  why: "The server reads only the assets that the meta graph lists; other files are copied along with every version for nothing, or were meant for another place.",
  mend: "Remove the file, or put it where it belongs (warm-up records and metadata go to assets.extra/).",
  evidence: ["tensorflow: cc/saved_model/loader_util.cc GetAssetFileDefs"],
  examples: {
    bad: [folder("a stray file", { "m/1/saved_model.pb": "no assets", "m/1/assets/notes.txt": "text" })],
    good: [folder("an asset", { "m/1/saved_model.pb": "asset vocab.txt", "m/1/assets/vocab.txt": "words" })],
  },
  *check(context) {
    if (context.servesTflite || !context.savedModel.ok) return;
    const names = new Set(
      context.savedModel.value.metaGraphs.flatMap(({ assets }) =>
        assets.map(({ filename }) => filename.split("/")[0] ?? filename),
      ),
    );
    const stray = context
      .list("assets")
      .filter(
        ({ name, kind }) =>
          kind === "file" && !names.has(name) && !name.startsWith("tf_serving_warmup_requests"),
      )
      .map(({ name }) => name);
    if (stray.length === 0) return;
    yield {
      file: context.file("assets", stray[0] ?? ""),
      message: `${some(stray)} in assets/ ${stray.length === 1 ? "is" : "are"} no asset of the model`,
      help: "The server does not read it. Remove it, or put it below assets.extra/.",
    };
  },
});
