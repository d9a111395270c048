import { FileReadOnce } from "../files/file-read-once.ts";
import {
  joinPath,
  LARGEST_READ,
  type ModelFileSystem,
  type OpenFile,
  readFully,
} from "../files/model-file-system.ts";
import { nodeFileSystem } from "../files/node-file-system.ts";
import { openVariables, type VariablesIndex } from "../variables/variables-index.ts";
import { type Int64, LENGTH, VARINT } from "../wire/wire-reader.ts";
import { concatBytes, LazyHeader, type MetaGraphHeader, type MetaGraphParts } from "./meta-graph.ts";
import { ModelReadError } from "./saved-model-error.ts";
import { asReadError, type ByteRange, FileWireReader } from "./saved-model-file.ts";
import type { Signature } from "./signature.ts";
import { textFormAsFile } from "./text-form.ts";

/** A meta graph of a SavedModel. The graph stays on disk until `graphDef()` is called. */
export interface MetaGraph extends MetaGraphHeader {
  /** Serialized GraphDef, read on each call. @throws ModelReadError */
  graphDef(): Uint8Array;
  /** Serialized SavedObjectGraph (TF2), or undefined. @throws ModelReadError */
  objectGraph(): Uint8Array | undefined;
  /** Bytes of the serialized graph. */
  readonly graphBytes: number;
}

/** A version directory with a SavedModel in it. */
export interface SavedModelFolder {
  readonly path: string;
  /** The file that the server reads; the .pb wins where both exist. */
  readonly file: string;
  readonly format: "saved_model.pb" | "saved_model.pbtxt";
  /** Not checked by the server. */
  readonly schemaVersion: Int64;
  readonly metaGraphs: readonly MetaGraph[];
  /** The meta graph whose tag set equals `tags` (default `serve`), as the loader picks it: the first of several. */
  metaGraph(tags?: readonly string[]): MetaGraph | undefined;
  /** Table of variables, or undefined where variables/variables.index does not exist. @throws ModelReadError */
  variables(): VariablesIndex | undefined;
}

/** A SavedModel under check. */
export interface SavedModelUnderCheck extends SavedModelFolder {
  /** Its file, of which graphs are views; of a text form the binary one that it stands for. */
  readonly source: FileReadOnce;
}

const same = (a: readonly string[], b: readonly string[]): boolean => {
  const left = new Set(a);
  const right = new Set(b);
  return left.size === right.size && [...left].every((tag) => right.has(tag));
};

/** Opens `saved_model.pb` (or `.pbtxt`) without reading its graph. @throws ModelReadError */
export function openSavedModel(versionDir: string, fs: ModelFileSystem = nodeFileSystem): SavedModelFolder {
  const format = formatIn(versionDir, fs);
  const path = joinPath(versionDir, format);
  const open = opener(path, format, fs);
  return openFile(
    versionDir,
    path,
    format,
    fs,
    open,
    (range, size) => readRange(open(), path, range, size),
    false,
  );
}

/**
 * The same, but signatures and collections are decoded only when asked for: those getters may then throw WireError. The
 * file is read once and stays in memory. For checks of many folders, which first look whether the whole file is sound.
 * @throws ModelReadError
 */
export function openSavedModelLazily(
  versionDir: string,
  fs: ModelFileSystem,
  known?: SavedModelFolder["format"],
): SavedModelUnderCheck {
  const format = known ?? formatIn(versionDir, fs);
  const path = joinPath(versionDir, format);
  const source = new FileReadOnce(path, opener(path, format, fs));
  const load = (range: ByteRange, size: number): Uint8Array => {
    if (size > LARGEST_READ) return readRange(source.open(), path, range, size);
    if (source.bytes.length !== size) throw new ModelReadError("changed", path, CHANGED);
    return source.bytes.subarray(range.start, range.start + range.length);
  };
  return { ...openFile(versionDir, path, format, fs, () => source.open(), load, true), source };
}

function opener(path: string, format: SavedModelFolder["format"], fs: ModelFileSystem): () => OpenFile {
  if (format === "saved_model.pb") return () => fs.open(path);
  let parsed: OpenFile | undefined;
  return () => {
    parsed ??= textFormAsFile(path, fs);
    return parsed;
  };
}

function formatIn(versionDir: string, fs: ModelFileSystem): SavedModelFolder["format"] {
  for (const format of ["saved_model.pb", "saved_model.pbtxt"] as const)
    if (exists(fs, joinPath(versionDir, format))) return format;
  throw new ModelReadError("not-found", versionDir, "holds neither saved_model.pb nor saved_model.pbtxt");
}

function exists(fs: ModelFileSystem, path: string): boolean {
  try {
    fs.lstat(path);
    return true;
  } catch (error) {
    const read = asReadError(error, path);
    if (read instanceof ModelReadError && read.fault === "not-found") return false;
    throw read;
  }
}

function openFile(
  versionDir: string,
  path: string,
  format: SavedModelFolder["format"],
  fs: ModelFileSystem,
  open: () => OpenFile,
  load: (range: ByteRange, size: number) => Uint8Array,
  lazy: boolean,
): SavedModelFolder {
  let file: OpenFile | undefined;
  try {
    file = open();
    const size = file.size;
    const { schemaVersion, metaGraphs } = readFile(
      file,
      (range) => {
        try {
          return load(range, size);
        } catch (error) {
          throw asReadError(error, path);
        }
      },
      lazy,
    );
    return {
      path: versionDir,
      file: path,
      format,
      schemaVersion,
      metaGraphs,
      metaGraph: (tags = ["serve"]) => metaGraphs.find((graph) => same(graph.tags, tags)),
      variables: () =>
        exists(fs, joinPath(versionDir, "variables", "variables.index"))
          ? openVariables(versionDir, fs)
          : undefined,
    };
  } catch (error) {
    throw asReadError(error, path);
  } finally {
    file?.close();
  }
}

const CHANGED = "changed its size while it was read";

/** A part of a file that had `size` bytes before, which is closed then. */
function readRange(file: OpenFile, path: string, range: ByteRange, size: number): Uint8Array {
  try {
    if (file.size !== size) throw new ModelReadError("changed", path, CHANGED);
    const bytes = new Uint8Array(range.length);
    if (readFully(file, bytes, range.start) < range.length)
      throw new ModelReadError("changed", path, "became shorter while it was read");
    return bytes;
  } finally {
    file.close();
  }
}

function readFile(
  file: OpenFile,
  load: (range: ByteRange) => Uint8Array,
  lazy: boolean,
): { schemaVersion: Int64; metaGraphs: MetaGraph[] } {
  let schemaVersion: Int64 = 0;
  const metaGraphs: MetaGraph[] = [];
  const reader = new FileWireReader(file);
  while (!reader.done) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | VARINT)) schemaVersion = reader.int64();
    else if (tag === ((2 << 3) | LENGTH))
      metaGraphs.push(readMetaGraph(reader.inside(reader.range()), load, lazy));
    else reader.skip(tag);
  }
  return { schemaVersion, metaGraphs };
}

function readMetaGraph(
  reader: FileWireReader,
  load: (range: ByteRange) => Uint8Array,
  lazy: boolean,
): MetaGraph {
  const parts = {
    metaInfo: [] as Uint8Array[],
    saver: [] as Uint8Array[],
    collections: [] as Uint8Array[],
    signatures: [] as Uint8Array[],
    assets: [] as Uint8Array[],
  };
  const graph: ByteRange[] = [];
  const objectGraph: ByteRange[] = [];
  while (!reader.done) {
    const tag = reader.tag();
    if ((tag & 7) !== LENGTH) {
      reader.skip(tag);
      continue;
    }
    const range = reader.range();
    switch (tag >>> 3) {
      case 1:
        parts.metaInfo.push(reader.load(range));
        break;
      case 2:
        graph.push(range);
        break;
      case 3:
        parts.saver.push(reader.load(range));
        break;
      case 4:
        parts.collections.push(reader.load(range));
        break;
      case 5:
        parts.signatures.push(reader.load(range));
        break;
      case 6:
        parts.assets.push(reader.load(range));
        break;
      case 7:
        objectGraph.push(range);
        break;
    }
  }
  const meta = new FileMetaGraph(parts, graph, objectGraph, load);
  return lazy ? meta : meta.force();
}

class FileMetaGraph extends LazyHeader implements MetaGraph {
  readonly graphBytes: number;
  readonly #graph: readonly ByteRange[];
  readonly #objectGraph: readonly ByteRange[];
  readonly #load: (range: ByteRange) => Uint8Array;

  constructor(
    parts: MetaGraphParts,
    graph: readonly ByteRange[],
    objectGraph: readonly ByteRange[],
    load: (range: ByteRange) => Uint8Array,
  ) {
    super(parts);
    this.graphBytes = graph.reduce((sum, range) => sum + range.length, 0);
    this.#graph = graph;
    this.#objectGraph = objectGraph;
    this.#load = load;
  }

  graphDef(): Uint8Array {
    return concatBytes(this.#graph.map(this.#load));
  }

  objectGraph(): Uint8Array | undefined {
    return this.#objectGraph.length === 0 ? undefined : concatBytes(this.#objectGraph.map(this.#load));
  }
}

/** Signatures of the meta graph with these tags (default `serve`), without the pseudo-signatures. @throws ModelReadError */
export function readSignatures(
  versionDir: string,
  fs: ModelFileSystem = nodeFileSystem,
  tags: readonly string[] = ["serve"],
): ReadonlyMap<string, Signature> {
  const model = openSavedModel(versionDir, fs);
  const graph = model.metaGraph(tags);
  if (graph === undefined) {
    const there =
      model.metaGraphs.map((other) => `{ ${other.tags.join(", ")} }`).join(" and ") || "no meta graph";
    throw new ModelReadError(
      "not-found",
      model.file,
      `no meta graph has the tags { ${tags.join(", ")} }; there is ${there}`,
    );
  }
  return new Map([...graph.signatures].filter(([name]) => !name.startsWith("__saved_model_")));
}
