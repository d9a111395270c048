import { FileSystemError, readWholeFile } from "@servable/model-layout";
import type { DType } from "@servable/tensors";
import { GraphError, invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable, RunContext } from "../kernel.ts";
import type { Table, TableEntry } from "../resources.ts";
import { allocate, dtypeName, integers, product, shapeText, type Value } from "../value.ts";
import { handleOf, handleValue, pathOf } from "./variables.ts";

type Item = Uint8Array | number | bigint;

/** A key in a form that a Map compares by content. */
function keyOf(item: Item): string | number | bigint {
  return item instanceof Uint8Array
    ? Buffer.from(item.buffer, item.byteOffset, item.length).toString("latin1")
    : item;
}

function shown(item: Item): string {
  return item instanceof Uint8Array ? new TextDecoder().decode(item) : String(item);
}

function sameItem(a: Item, b: Item): boolean {
  return keyOf(a) === keyOf(b);
}

function tableOf(handle: Value, run: RunContext): Table {
  const { container, name, object } = handleOf(handle);
  const table = (object as Table | undefined) ?? run.resources.tables.get(`${container}/${name}`);
  if (!table)
    throw new GraphError(
      "NOT_FOUND",
      `Resource ${container}/${name}/N10tensorflow6lookup15LookupInterfaceE does not exist.`,
    );
  return table;
}

function makeTable(kind: { mutable: boolean; anonymous?: boolean; valueShape?: boolean }): KernelFactory {
  return (node) => {
    const keyDtype = node.attrs.dtype("key_dtype");
    const valueDtype = node.attrs.dtype("value_dtype");
    const valueShape = kind.valueShape ? (node.attrs.shape("value_shape") ?? []) : [];
    const shared = kind.anonymous ? "" : node.attrs.string("shared_name");
    const container = kind.anonymous ? "localhost" : node.attrs.string("container") || "localhost";
    const name = shared || node.name;
    const create = (markers: readonly Value[]): Table => ({
      kind: "table",
      name,
      keyDtype,
      valueDtype,
      valueShape,
      entries: new Map(),
      initialized: kind.mutable,
      mutable: kind.mutable,
      ...reserved(markers),
    });
    const handle = handleValue(container, name);
    return (markers, run) => {
      if (kind.anonymous) return handleValue(container, name, create(markers));
      const key = `${container}/${name}`;
      if (!run.resources.tables.has(key)) run.resources.tables.set(key, create(markers));
      return handle;
    };
  };
}

/** The marker keys of a dense table, where they are scalars. */
function reserved([empty, deleted]: readonly Value[]): Pick<Table, "reserved"> {
  if (!empty || !deleted || empty.shape.length > 0) return {};
  const key = (of: Value) => keyOf((of.data as ArrayLike<Item>)[0]!);
  return { reserved: { empty: key(empty), deleted: key(deleted) } };
}

function checkTypes(table: Table, keys: Value, values: Value | undefined): void {
  if (keys.dtype !== table.keyDtype || (values && values.dtype !== table.valueDtype)) {
    throw invalid(
      `Conflicting key/value dtypes ${dtypeName(keys.dtype)}->${dtypeName(values?.dtype ?? table.valueDtype)} with ${dtypeName(table.keyDtype)}-${dtypeName(table.valueDtype)} for table ${table.name}`,
    );
  }
}

function entryOf(keys: ArrayLike<Item>, values: ArrayLike<Item>, i: number, width: number): TableEntry {
  const value: Item[] = [];
  for (let k = 0; k < width; k++) value.push(values[i * width + k]!);
  return { key: keys[i]!, value };
}

/** Fills a table once. A key that comes again with another value is an error, as it is in TensorFlow. */
function initialize(table: Table, keys: Value, values: Value): void {
  checkTypes(table, keys, values);
  if (product(keys.shape) !== product(values.shape)) {
    throw invalid(
      `Keys and values must have the same size ${product(keys.shape)} vs ${product(values.shape)}`,
    );
  }
  if (table.initialized && !table.mutable) return;
  const items = keys.data as ArrayLike<Item>;
  for (let i = 0; i < items.length; i++) {
    const entry = entryOf(items, values.data as ArrayLike<Item>, i, 1);
    const key = keyOf(entry.key);
    const old = table.entries.get(key);
    if (old && !sameItem(old.value[0]!, entry.value[0]!)) {
      throw new GraphError(
        "FAILED_PRECONDITION",
        `HashTable has different value for same key. Key ${shown(entry.key)} has ${shown(old.value[0]!)} and trying to add value ${shown(entry.value[0]!)}`,
      );
    }
    if (!old) table.entries.set(key, entry);
  }
  table.initialized = true;
}

const importTable: KernelFactory =
  () =>
  ([handle, keys, values], run) => {
    const table = tableOf(handle!, run);
    if (!table.mutable) {
      initialize(table, keys!, values!);
      return [];
    }
    table.entries.clear();
    insert(table, keys!, values!, true);
    return [];
  };

function insert(table: Table, keys: Value, values: Value, importing = false): void {
  checkTypes(table, keys, values);
  const width = product(table.valueShape);
  const items = keys.data as ArrayLike<Item>;
  const wanted = [...keys.shape, ...table.valueShape];
  if (product(values.shape) !== product(wanted)) {
    throw invalid(`Expected shape ${shapeText(wanted)} for value, got ${shapeText(values.shape)}`);
  }
  for (let i = 0; i < items.length; i++) {
    const entry = entryOf(items, values.data as ArrayLike<Item>, i, width);
    const key = keyOf(entry.key);
    if (table.reserved && (key === table.reserved.empty || key === table.reserved.deleted)) {
      // A checkpoint holds the table's cells as they lay there, unused ones too.
      if (importing) continue;
      throw invalid(
        `Using the ${key === table.reserved.empty ? "empty_key" : "deleted_key"} as a table key is not allowed`,
      );
    }
    table.entries.set(key, entry);
  }
}

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

const find: KernelFactory =
  () =>
  ([handle, keys, fallback], run) => {
    const table = tableOf(handle!, run);
    if (!table.initialized) throw new GraphError("FAILED_PRECONDITION", "Table not initialized.");
    if (keys!.dtype !== table.keyDtype) checkTypes(table, keys!, undefined);
    const shape = [...keys!.shape, ...table.valueShape];
    const data = allocate(table.valueDtype, shape) as unknown as Item[];
    const width = product(table.valueShape);
    const items = keys!.data as ArrayLike<Item>;
    const fallbacks = fallback!.data as ArrayLike<Item>;
    const each = fallbacks.length === items.length * width && fallbacks.length > width;
    for (let i = 0; i < items.length; i++) {
      const entry = table.entries.get(keyOf(items[i]!));
      for (let k = 0; k < width; k++) {
        data[i * width + k] = entry
          ? entry.value[k]!
          : fallbacks[each ? i * width + k : k % fallbacks.length]!;
      }
    }
    return { dtype: table.valueDtype, shape, data: data as unknown as Value["data"] };
  };

function exported(table: Table): Value[] {
  const count = table.entries.size;
  const keys = allocate(table.keyDtype, [count]) as unknown as Item[];
  const width = product(table.valueShape);
  const values = allocate(table.valueDtype, [count, ...table.valueShape]) as unknown as Item[];
  let i = 0;
  for (const entry of table.entries.values()) {
    keys[i] = entry.key;
    for (let k = 0; k < width; k++) values[i * width + k] = entry.value[k]!;
    i++;
  }
  return [
    { dtype: table.keyDtype, shape: [count], data: keys as unknown as Value["data"] },
    {
      dtype: table.valueDtype,
      shape: [count, ...table.valueShape],
      data: values as unknown as Value["data"],
    },
  ];
}

const size: KernelFactory =
  () =>
  ([handle], run) => {
    const table = tableOf(handle!, run);
    return integers("DT_INT64", [], [table.initialized ? table.entries.size : 0]);
  };

const insertKernel: KernelFactory =
  () =>
  ([handle, keys, values], run) => {
    const table = tableOf(handle!, run);
    if (!table.mutable) throw new GraphError("UNIMPLEMENTED", "HashTable does not support insertion");
    insert(table, keys!, values!);
    return [];
  };

const initializeKernel: KernelFactory =
  () =>
  ([handle, keys, values], run) => {
    initialize(tableOf(handle!, run), keys!, values!);
    return [];
  };

/** Lookup tables. */
export const tableKernels: KernelTable = {
  HashTable: makeTable({ mutable: false }),
  HashTableV2: makeTable({ mutable: false }),
  AnonymousHashTable: makeTable({ mutable: false, anonymous: true }),
  MutableHashTable: makeTable({ mutable: true }),
  MutableHashTableV2: makeTable({ mutable: true }),
  MutableHashTableOfTensorsV2: makeTable({ mutable: true, valueShape: true }),
  AnonymousMutableHashTable: makeTable({ mutable: true, anonymous: true }),
  AnonymousMutableHashTableOfTensors: makeTable({ mutable: true, anonymous: true, valueShape: true }),
  MutableDenseHashTableV2: makeTable({ mutable: true, valueShape: true }),
  AnonymousMutableDenseHashTable: makeTable({ mutable: true, anonymous: true, valueShape: true }),
  InitializeTable: initializeKernel,
  InitializeTableV2: initializeKernel,
  InitializeTableFromTextFile: initializeFromFile,
  InitializeTableFromTextFileV2: initializeFromFile,
  LookupTableImport: importTable,
  LookupTableImportV2: importTable,
  LookupTableFind: find,
  LookupTableFindV2: find,
  LookupTableInsert: insertKernel,
  LookupTableInsertV2: insertKernel,
  LookupTableRemoveV2:
    () =>
    ([handle, keys], run) => {
      const table = tableOf(handle!, run);
      for (const key of keys!.data as Iterable<Item>) table.entries.delete(keyOf(key));
      return [];
    },
  LookupTableSize: size,
  LookupTableSizeV2: size,
  LookupTableExport:
    () =>
    ([handle], run) =>
      exported(tableOf(handle!, run)),
  LookupTableExportV2:
    () =>
    ([handle], run) =>
      exported(tableOf(handle!, run)),
};
