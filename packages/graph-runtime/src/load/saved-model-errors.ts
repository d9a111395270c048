import { type ModelFileSystem, type ModelReadError, readWholeFile } from "@servable/model-layout";
import { GraphError } from "../graph-error.ts";

/** The loader's text for a meta graph that is not there. */
export function tagsNotFound(tags: readonly string[]): GraphError {
  return new GraphError(
    "NOT_FOUND",
    `Could not find meta graph def matching supplied tags: { ${tags.join(" ")} }. To inspect available tag-sets in the SavedModel, please use the SavedModel CLI: \`saved_model_cli\``,
  );
}

/** The loader's code and text for a SavedModel file that can't be read. */
export function readError(
  error: ModelReadError,
  versionDir: string,
  fs: ModelFileSystem,
  tags: readonly string[],
): GraphError {
  const missing = new GraphError(
    "NOT_FOUND",
    `Could not find SavedModel .pb or .pbtxt at supplied export directory path: ${versionDir}. Check that the directory exists and that you have the right permissions for accessing it.`,
  );
  if (error.fault === "not-found") return missing;
  if (error.fault === "unreadable") {
    return error.file === versionDir || !/saved_model\.pb(txt)?$/.test(error.file) || !isThere(fs, error.file)
      ? missing
      : new GraphError("PERMISSION_DENIED", `${error.file}; Permission denied`);
  }
  // A directory of that name opens, and reads as an empty message.
  if (error.fault === "not-a-file") return tagsNotFound(tags);
  if (error.file.endsWith(".pbtxt") && stopsAtEnd(error, fs)) {
    return new GraphError("OUT_OF_RANGE", "Read less bytes than requested");
  }
  if (error.file.endsWith(".pbtxt"))
    return new GraphError("DATA_LOSS", `Can't parse ${error.file} as text proto`);
  return endsTooEarly(error.file, fs)
    ? new GraphError("OUT_OF_RANGE", "Read less bytes than requested")
    : new GraphError("DATA_LOSS", `Can't parse ${error.file} as binary proto`);
}

/** Whether the text parser had read on to the end of the file when it stumbled. */
function stopsAtEnd(error: ModelReadError, fs: ModelFileSystem): boolean {
  const place = /line (\d+), column (\d+)/.exec(error.reason);
  if (!place) return false;
  try {
    const lines = new TextDecoder().decode(readWholeFile(fs, error.file)).split("\n");
    const line = Number(place[1]) - 1;
    const rest = [(lines[line] ?? "").slice(Number(place[2]) - 1), ...lines.slice(line + 1)].join("\n");
    return /^\S*\s*$/.test(rest);
  } catch {
    return false;
  }
}

function isThere(fs: ModelFileSystem, path: string): boolean {
  try {
    fs.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** Message fields by number, as far as the shape of a SavedModel matters to where its parser notices the end. */
interface Shape {
  readonly [field: number]: Shape | "leaf";
}
const NODE: Shape = { 5: { 2: {} } };
const META_GRAPH: Shape = {
  1: { 2: { 1: {} }, 3: {} },
  2: { 1: NODE, 2: { 1: { 1: {}, 3: NODE } }, 4: {} },
  3: {},
  4: { 2: {} },
  5: { 2: { 1: { 2: {} }, 2: { 2: {} } } },
  6: { 1: {} },
};
const SAVED_MODEL: Shape = { 2: META_GRAPH };

/**
 * Whether a stream parser would want more bytes than the file has (OUT_OF_RANGE) rather than stumble over those that are
 * there (DATA_LOSS).
 */
function endsTooEarly(path: string, fs: ModelFileSystem): boolean {
  let bytes: Uint8Array;
  try {
    bytes = readWholeFile(fs, path);
  } catch {
    return false;
  }
  const size = bytes.length;
  let pos = 0;
  const END = Symbol("end");
  const BAD = Symbol("bad");
  const varint = (limit: number): number => {
    let result = 0;
    for (let i = 0, scale = 1; i < 10; i++, scale *= 128) {
      if (pos >= size) throw END;
      if (pos >= limit) throw BAD;
      const byte = bytes[pos++]!;
      result += (byte & 127) * scale;
      if (byte < 128) return result;
    }
    throw BAD;
  };
  const message = (limit: number, shape: Shape, group: number, depth: number): void => {
    if (depth > 100) throw BAD;
    while (pos < limit) {
      const tag = varint(limit);
      const wire = tag & 7;
      const field = Math.floor(tag / 8) % 2 ** 29;
      if (field === 0) throw BAD;
      if (wire === 0) varint(limit);
      else if (wire === 1 || wire === 5) {
        pos += wire === 1 ? 8 : 4;
        if (pos > size) throw END;
        if (pos > limit) throw BAD;
      } else if (wire === 2) {
        const length = varint(limit);
        if (length > 2 ** 31 - 1) throw BAD;
        const end = pos + length;
        const inner = shape[field];
        if (end > limit && limit < size) throw BAD;
        if (inner && inner !== "leaf") message(end, inner, 0, depth + 1);
        else pos = end;
        if (end > size) throw END;
      } else if (wire === 3) message(limit, {}, field, depth + 1);
      else if (wire === 4) {
        if (group !== field) throw BAD;
        return;
      } else throw BAD;
    }
    if (group !== 0) throw limit >= size ? END : BAD;
    if (limit > size) throw END;
  };
  try {
    message(size, SAVED_MODEL, 0, 0);
  } catch (error) {
    if (error === END) return true;
    // The parser asks for more input before it looks at the last 16 bytes (protobuf's slop region).
    if (error === BAD) return pos >= size - 16;
    throw error;
  }
  return false;
}
