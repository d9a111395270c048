import { nearest } from "@servable/diagnostics";
import { remainsOf } from "../../files/remains-of.ts";
import { ModelReadError } from "../../saved-model/saved-model-error.ts";
import { folder, quoted, some, versionRule } from "../model-rule.ts";
import type { VersionContext } from "../version-context.ts";
import { assetUse } from "./asset-use.ts";

/** The asset in another folder, where an export that was moved by hand has it. */
function lookElsewhere(context: VersionContext, filename: string): string | undefined {
  const folders = context
    .list("")
    .flatMap(({ name, kind }) =>
      kind === "file" || (name === "assets" && kind !== "directory") ? [] : [name],
    );
  const beside = context
    .list("assets")
    .find(({ name }) => remainsOf(name, filename) || sameLetters(name, filename) !== "");
  if (beside !== undefined) return beside.name;
  const paths = [filename, `assets/assets/${filename}`, ...folders.map((name) => `${name}/${filename}`)];
  return paths.find((path) => path !== `assets/${filename}` && context.has(path));
}

/** macOS and others write é as one letter or as two, which are two names. */
const sameLetters = (name: string, wanted: string): string =>
  name !== wanted && name.normalize("NFC") === wanted.normalize("NFC")
    ? ", the same letters in another Unicode form"
    : "";

const readBy = (reader: string): string =>
  `The graph reads it while it initialises (${reader}), so the load fails. Copy the whole assets folder.`;

const UNREAD = "Nothing reads it while the model loads; a request may. Copy the whole assets folder.";

export const rule = versionRule({
  id: "assets/files-exist",
  level: "quick",
  summary: "every asset that the model names lies below assets/",
  severity: "error",
  effect: "load-fails",
  why: "Before it initialises the model the loader feeds each asset's path to the graph; an initialiser that reads a missing file fails the load. An asset that nothing reads while loading may be missing, until a request needs it.",
  mend: "Copy the whole assets folder.",
  evidence: ["tensorflow: cc/saved_model/loader_util.cc", "TensorFlow 2.17.1's loader without an asset"],
  logTexts: ["…/assets/…; No such file or directory"],
  examples: {
    bad: [folder("missing", { "m/1/saved_model.pb": "asset vocab.txt", "m/1/assets/": "empty" })],
    good: [folder("there", { "m/1/saved_model.pb": "asset vocab.txt", "m/1/assets/vocab.txt": "words" })],
  },
  *check(context) {
    if (context.servesTflite || !context.savedModel.ok) return;
    const { meta } = context;
    if (meta === undefined) return;
    if (context.listing("assets") instanceof ModelReadError) return; // layout/files-are-regular
    const seen = new Set<string>();
    const assets = context.entry("assets");
    const where = context.file(assets === undefined ? "" : "assets");
    const isFile = assets?.kind === "file";
    const absent: string[] = [];
    let reader: string | undefined;
    let found: string | undefined;
    for (const asset of meta.assets) {
      if (seen.has(asset.filename)) continue;
      seen.add(asset.filename);
      if (asset.filename === "") {
        const reads = meta.assets.some((other) => other.filename === "" && assetUse(context, other).reads);
        yield {
          file: context.savedModel.value.file,
          severity: reads ? "error" : "warning",
          message: `the asset for tensor ${quoted(asset.tensor)} has no file name`,
          help: `Its path is the assets folder itself${reads ? ", which the graph reads while it initialises, so the load fails" : ""}. Export the model again.`,
        };
        continue;
      }
      const name = `assets/${asset.filename}`;
      const plain = !asset.filename.split("/").includes("..");
      const entry = plain ? context.entry(name) : undefined;
      const listed = entry !== undefined;
      const stat = listed || !plain ? context.stat(name) : undefined;
      if (listed && stat?.ok && stat.value.kind === "file") continue;
      if (!plain && stat?.ok && stat.value.kind === "file") continue; // assets/names-stay-inside
      if (plain && context.isDead(name)) continue;
      const uses = meta.assets
        .filter(({ filename }) => filename === asset.filename)
        .map((other) => assetUse(context, other));
      const use = uses.find(({ reads }) => reads) ?? uses[0]!;
      const near =
        lookElsewhere(context, asset.filename) ??
        nearest(
          asset.filename,
          context
            .list("assets")
            .map((other) => other.name)
            .filter((other) => !meta.assets.some(({ filename }) => filename === other)),
        );
      const problem =
        stat === undefined || !stat.ok
          ? stat !== undefined && stat.error.fault === "unreadable"
            ? `can't be read: ${stat.error.reason}`
            : "is missing"
          : `is a ${stat.value.kind}, not a file`;
      if (near !== undefined) found ??= near;
      // A folder that is not there is one finding.
      if (plain && (assets === undefined || isFile)) {
        absent.push(asset.filename);
        reader ??= use.reads ? (use.tables[0]?.node.name ?? asset.tensor) : undefined;
        continue;
      }
      yield {
        file: listed ? context.file(name) : where,
        severity: use.reads ? "error" : "warning",
        message: `asset ${quoted(asset.filename)} ${problem}${near === undefined ? "" : ` (there is ${quoted(near)}${sameLetters(near, asset.filename)})`}`,
        help: use.reads ? readBy(use.tables[0]?.node.name ?? asset.tensor) : UNREAD,
      };
    }
    if (absent.length === 0) return;
    yield {
      file: where,
      severity: reader === undefined ? "warning" : "error",
      message: `${absent.length === 1 ? "asset" : "assets"} ${some(absent)} ${absent.length === 1 ? "is" : "are"} missing: ${isFile ? "assets is a file, not a folder" : "there is no assets folder"}${found === undefined ? "" : ` (there is ${quoted(found)})`}`,
      help: reader === undefined ? UNREAD : readBy(reader),
    };
  },
});
