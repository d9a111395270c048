import { FileSystemError, readWholeFile } from "@servable/model-layout";
import type { DType } from "@servable/tensors";
import { GraphError, invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable, RunContext } from "../kernel.ts";
import { dtypeName } from "../value.ts";
import { type Item, keyOf, sameItem, shown, tableOf } from "./tables.ts";
import { pathOf } from "./variables.ts";

/** Whether a path stays below a folder once its `..` are worked out. */
function isBelow(path: string, root: string): boolean {
  if (!path.startsWith(`${root}/`)) return false;
  let depth = 0;
  for (const part of path.slice(root.length + 1).split("/")) {
    if (part === "..") depth--;
    else if (part !== "" && part !== ".") depth++;
    if (depth < 0) return false;
  }
  return true;
}

/** Lines of a text file as its table initialiser reads them: without the line end, CR included in the line. */
function fileLines(path: string, run: RunContext): Uint8Array[] {
  if (!isBelow(path, run.resources.root)) {
    throw new GraphError("NOT_FOUND", `${path}; No such file or directory`);
  }
  let bytes: Uint8Array;
  try {
    bytes = readWholeFile(run.resources.fs, path);
  } catch (error) {
    if (!(error instanceof FileSystemError)) throw error;
    if (error.code === "EACCES" || error.code === "EPERM") {
      throw new GraphError("PERMISSION_DENIED", `${path}; Permission denied`);
    }
    if (error.code === "EISDIR" || error.code === "NOT_A_FILE") {
      throw new GraphError("FAILED_PRECONDITION", `${path}; Is a directory`);
    }
    throw new GraphError("NOT_FOUND", `${path}; No such file or directory`);
  }
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from);
    lines.push(stripReturn(bytes.subarray(from, end < 0 ? bytes.length : end)));
    if (end < 0) break;
    from = end + 1;
  }
  return lines;
}

/** `InputBuffer::ReadLine` leaves carriage returns out. */
function stripReturn(line: Uint8Array): Uint8Array {
  return line.includes(13) ? line.filter((byte) => byte !== 13) : line.slice();
}

function parseItem(text: Uint8Array, dtype: DType, line: number, what: string): Item {
  const decoded = new TextDecoder().decode(text);
  const bad = (): GraphError => invalid(`Field ${decoded} in line ${line} is not a valid ${what}.`);
  if (dtype === "DT_STRING") return text;
  if (dtype === "DT_INT64") {
    if (!/^\s*[-+]?\d+\s*$/.test(decoded)) throw bad();
    return BigInt(decoded.trim().replace(/^\+/, ""));
  }
  const number = Number(decoded);
  if (decoded.trim() === "" || Number.isNaN(number)) throw bad();
  if (dtype === "DT_INT32" && !Number.isInteger(number)) throw bad();
  return number;
}

const WHOLE_LINE = -2;

const LINE_NUMBER = -1;

const initializeFromFile: KernelFactory = (node) => {
  const keyIndex = node.attrs.int("key_index");
  const valueIndex = node.attrs.int("value_index");
  const vocabulary = node.attrs.int("vocab_size");
  const delimiter = node.attrs.bytes("delimiter")[0] ?? 9;
  const offset = node.attrs.has("offset") ? node.attrs.int("offset") : 0;
  return ([handle, filename], run) => {
    const table = tableOf(handle!, run);
    if (table.initialized) return [];
    const lines = fileLines(pathOf(filename!), run);
    if (lines.length === 0) throw new GraphError("OUT_OF_RANGE", "Read less bytes than requested");
    const count = vocabulary > 0 ? vocabulary : lines.length;
    if (lines.length < count) {
      throw invalid(`Invalid vocab_size in ${pathOf(filename!)}: expected ${count} but got ${lines.length}`);
    }
    for (let i = 0; i < count; i++) {
      const line = lines[i]!;
      const columns = keyIndex >= 0 || valueIndex >= 0 ? split(line, delimiter) : [];
      const item = (index: number, dtype: DType): Item => {
        if (index === WHOLE_LINE) return parseItem(line, dtype, i, dtypeName(dtype));
        if (index === LINE_NUMBER) return dtype === "DT_INT64" ? BigInt(i + offset) : i + offset;
        const column = columns[index];
        if (!column) {
          throw invalid(
            `Invalid number of columns in ${pathOf(filename!)} line ${i} (${new TextDecoder().decode(line)}) : expected at least ${Math.max(keyIndex, valueIndex) + 1} got ${columns.length}`,
          );
        }
        return parseItem(column, dtype, i, dtypeName(dtype));
      };
      const key = item(keyIndex, table.keyDtype);
      const value = item(valueIndex, table.valueDtype);
      const old = table.entries.get(keyOf(key));
      if (old && !sameItem(old.value[0]!, value)) {
        throw new GraphError(
          "FAILED_PRECONDITION",
          `HashTable has different value for same key. Key ${shown(key)} has ${shown(old.value[0]!)} and trying to add value ${shown(value)}`,
        );
      }
      if (!old) table.entries.set(keyOf(key), { key, value: [value] });
    }
    table.initialized = true;
    return [];
  };
};

function split(line: Uint8Array, delimiter: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let at = line.indexOf(delimiter); at >= 0; at = line.indexOf(delimiter, from)) {
    parts.push(line.subarray(from, at));
    from = at + 1;
  }
  parts.push(line.subarray(from));
  return parts;
}

export const tableFileKernels: KernelTable = {
  InitializeTableFromTextFile: initializeFromFile,
  InitializeTableFromTextFileV2: initializeFromFile,
};
