import { GraphError, invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable, RunContext } from "../kernel.ts";
import type { Table, TableEntry } from "../resources.ts";
import { allocate, dtypeName, integers, product, shapeText, type Value } from "../value.ts";
import { handleOf, handleValue } from "./variables.ts";

export type Item = Uint8Array | number | bigint;

/** A key in a form that a Map compares by content. */
export function keyOf(item: Item): string | number | bigint {
  return item instanceof Uint8Array
    ? Buffer.from(item.buffer, item.byteOffset, item.length).toString("latin1")
    : item;
}

export function shown(item: Item): string {
  return item instanceof Uint8Array ? new TextDecoder().decode(item) : String(item);
}

export function sameItem(a: Item, b: Item): boolean {
  return keyOf(a) === keyOf(b);
}

export function tableOf(handle: Value, run: RunContext): Table {
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
