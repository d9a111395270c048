import {
  joinPath,
  type ModelFileSystem,
  type OpenFile,
  readFully,
  readWholeFile,
} from "../files/model-file-system.ts";
import { countOps, readGraph } from "../graph/graph-def.ts";
import type { MetaGraph } from "../saved-model/open-saved-model.ts";
import { WARMUP_FILE } from "../warmup/warmup-file.ts";
import type { VersionChange } from "./version-change.ts";

/** A meta graph and the version directory that it lies in. */
export interface Served {
  readonly path: string;
  readonly meta: MetaGraph;
}

/** Whether two files hold the same; undefined where one can't be read, which check tells. */
function sameFile(a: string, b: string, fs: ModelFileSystem): boolean | undefined {
  const files: OpenFile[] = [];
  try {
    for (const path of [a, b]) files.push(fs.open(path));
    const [first, second] = files as [OpenFile, OpenFile];
    if (first.size !== second.size) return false;
    const buffers = [new Uint8Array(1 << 16), new Uint8Array(1 << 16)] as const;
    for (let at = 0; at < first.size; at += 1 << 16) {
      const [got, other] = [readFully(first, buffers[0], at), readFully(second, buffers[1], at)];
      for (let byte = 0; byte < Math.max(got, other); byte++)
        if (got !== other || buffers[0][byte] !== buffers[1][byte]) return false;
    }
    return true;
  } catch {
    return undefined;
  } finally {
    for (const file of files) file.close();
  }
}

/** Of longer files the lines are not compared. */
const MOST_BYTES = 1 << 24;

/** Lines of a text file; undefined where it is none, or too long. */
function linesOf(path: string, fs: ModelFileSystem): readonly string[] | undefined {
  const bytes = readWholeFile(fs, path, MOST_BYTES);
  if (bytes.includes(0)) return undefined;
  const lines = new TextDecoder().decode(bytes).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Which lines of two vocabularies differ. */
function lineChange(a: string, b: string, fs: ModelFileSystem): string {
  let texts: (readonly string[] | undefined)[];
  try {
    texts = [linesOf(a, fs), linesOf(b, fs)];
  } catch {
    return "";
  }
  const [before, after] = texts;
  if (before === undefined || after === undefined) return "";
  const count = (number: number): string => `${number} line${number === 1 ? "" : "s"}`;
  const at = before.findIndex((line, index) => line !== after[index]);
  if (at < 0) return `: ${count(after.length - before.length)} more, behind those before`;
  if (at >= after.length) return `: without the last ${count(before.length - at)} of ${before.length}`;
  const sizes = before.length === after.length ? "" : `, of ${before.length} and ${after.length} in all`;
  return `: from line ${at + 1} on${sizes}, so that what a line's number stands for may be another`;
}

/** Files that the graph reads. */
export function* diffAssets(a: Served, b: Served, fs: ModelFileSystem): Generator<VersionChange> {
  const note = (subject: string, message: string): VersionChange => ({
    effect: "note",
    area: "asset",
    subject,
    message,
  });
  const namesOf = ({ meta }: Served): Set<string> => new Set(meta.assets.map(({ filename }) => filename));
  const [before, after] = [namesOf(a), namesOf(b)];
  const fileOf = ({ path }: Served, name: string): string => joinPath(path, "assets", name);
  for (const name of before) {
    if (!after.has(name)) yield note(name, "asset is gone");
    else if (sameFile(fileOf(a, name), fileOf(b, name), fs) === false)
      yield note(name, `asset has another content${lineChange(fileOf(a, name), fileOf(b, name), fs)}`);
  }
  for (const name of after) if (!before.has(name)) yield note(name, "asset is new");
}

/** Of larger graphs only the sizes are compared: to decode both would take more memory than most machines have. */
export const LARGE_GRAPH = 1 << 27;

/** What to say of two graphs, unless they are one to the byte. */
function graphChange(a: MetaGraph, b: MetaGraph): string | undefined {
  if (Math.max(a.graphBytes, b.graphBytes) > LARGE_GRAPH)
    return a.graphBytes === b.graphBytes
      ? undefined
      : `graph had ${a.graphBytes} bytes and has ${b.graphBytes}`;
  const [before, after] = [a.graphDef(), b.graphDef()];
  if (Buffer.compare(before, after) === 0) return undefined;
  const [from, to] = [countOps(readGraph(before)), countOps(readGraph(after))];
  const fresh = [...to.keys()].filter((op) => !from.has(op)).sort();
  const shown = fresh.length > 8 ? `${fresh.slice(0, 8).join(", ")}, …` : fresh.join(", ");
  return `graph is another${fresh.length > 0 ? `, with ops that are new: ${shown}` : ""}`;
}

/** Requests that make the version fast before it is available. */
export function* diffWarmup(a: Served, b: Served, fs: ModelFileSystem): Generator<VersionChange> {
  const isWarmed = ({ path }: Served): boolean => {
    try {
      return fs.lstat(joinPath(path, WARMUP_FILE)).size > 0;
    } catch {
      return false;
    }
  };
  if (isWarmed(a) && !isWarmed(b)) {
    yield {
      effect: "note",
      area: "warm-up",
      subject: WARMUP_FILE,
      message: "warm-up requests are gone: the first clients wait for what they spared them",
    };
  }
}

const tagSet = (tags: readonly string[]): string => [...new Set(tags)].sort().join();

/** The graph and what is said about it. */
export function* diffGraphs(a: MetaGraph, b: MetaGraph, tags: readonly string[]): Generator<VersionChange> {
  const change = (
    subject: string,
    message: string,
    effect: VersionChange["effect"] = "note",
  ): VersionChange => ({
    effect,
    area: "meta-graph",
    subject,
    message,
  });
  const graph = graphChange(a, b);
  if (graph !== undefined) yield change("graph", graph);
  if (a.tensorflowVersion !== b.tensorflowVersion) {
    yield change(
      "tensorflow_version",
      `was exported with TensorFlow ${a.tensorflowVersion || "?"} and is with ${b.tensorflowVersion || "?"}`,
    );
  }
  if (tagSet(a.tags) === tagSet(b.tags)) return;
  const were = `were { ${a.tags.join(", ")} } and are { ${b.tags.join(", ")} }`;
  if (tagSet(b.tags) === tagSet(tags)) yield change("tags", were);
  else {
    const asked = `a server that asks for { ${tags.join(", ")} } does not load the version`;
    yield change("tags", `${were}: ${asked}`, tagSet(a.tags) === tagSet(tags) ? "breaks-clients" : "note");
  }
}
