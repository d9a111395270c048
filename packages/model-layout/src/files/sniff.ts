/** What a file holds whose bytes are not what its name promises. */
export interface Sniffed {
  /** As the object of "holds …". */
  readonly what: string;
  /** By a beginning that no message, table or tensor of a model has; without it, only where something else is wrong too. */
  readonly sure: boolean;
  /** A stand-in that a version control system leaves where it did not fetch the file: how to fetch it. */
  readonly fetch?: string;
}

/** Beginnings of files, at `at` (0 where not given). */
const SIGNATURES: readonly (readonly [what: string, bytes: string, at?: number])[] = [
  ["gzip-compressed data", "\x1f\x8b\x08"],
  ["bzip2-compressed data", "BZh"],
  ["xz-compressed data", "\xfd7zXZ\x00"],
  ["zstd-compressed data", "(\xb5/\xfd"],
  ["LZ4-compressed data", '\x04"M\x18'],
  ["a 7z archive", "7z\xbc\xaf'\x1c"],
  ["a RAR archive", "Rar!\x1a\x07"],
  ["a tar archive", "ustar", 257],
  ["HDF5 data (Keras .h5)", "\x89HDF\r\n\x1a\n"],
  ["a NumPy .npy array", "\x93NUMPY"],
  ["a TFLite model", "TFL3", 4],
  ["a PNG picture", "\x89PNG\r\n\x1a\n"],
  ["a JPEG picture", "\xff\xd8\xff"],
  ["a PDF document", "%PDF-"],
  ["a program (ELF)", "\x7fELF"],
  ["a SQLite database", "SQLite format 3\x00"],
  ["metadata of macOS (AppleDouble), not the file itself", "\x00\x05\x16\x07\x00\x02\x00\x00"],
];

/** Of a ZIP archive, by the name of a file in it. */
const ZIPPED: readonly (readonly [what: string, name: string])[] = [
  ["a Keras .keras archive", "model.weights.h5"],
  ["a Keras .keras archive", "metadata.json"],
  ["a PyTorch model", "data.pkl"],
  ["a NumPy .npz archive", ".npy"],
];

const PAGE = /^\s*(<!--[\s\S]*?-->\s*)*(<\?xml|<!doctype|<html|<head|<body|<error)/i;

/** Looks at the first bytes of a file, best 512 of them; undefined where they tell nothing. */
export function sniff(head: Uint8Array): Sniffed | undefined {
  const sure = (what: string): Sniffed => ({ what, sure: true });
  const unsure = (what: string): Sniffed => ({ what, sure: false });
  if (head.length === 0) return sure("nothing (0 bytes)");
  const raw = new TextDecoder("latin1").decode(head.subarray(0, 512));
  for (const [what, bytes, at = 0] of SIGNATURES) if (raw.startsWith(bytes, at)) return sure(what);
  if (raw.startsWith("PK\x03\x04"))
    return sure(ZIPPED.find(([, name]) => raw.includes(name))?.[0] ?? "a ZIP archive");
  if (/^(\xff\xfe|\xfe\xff)/.test(raw)) return unsure("text in UTF-16");
  const text = raw.replace(/^\xef\xbb\xbf/, "");
  const pointer = pointerOf(text);
  if (pointer !== undefined) return pointer;
  if (PAGE.test(text)) return sure("an XML or HTML page, as a failed download leaves it");
  const form = /^\s*(#[^\n]*\n\s*)*([a-z_]+)\s*[:{<]/.exec(text)?.[2] ?? "";
  if (form === "saved_model_schema_version" || form === "meta_graphs")
    return sure("the text form of a SavedModel");
  if (form === "meta_info_def" || form === "graph_def") return sure("the text form of a MetaGraphDef");
  if (form === "node" || form === "library") return sure("the text form of a GraphDef (graph.pbtxt)");
  if (/^\s*[{[]/.test(text) && /"/.test(text)) return sure("JSON");
  if (/^\x80[\x02-\x05](\x95|\}|\]|c|\x8a)/.test(raw)) return sure("a Python pickle");
  if (
    /^\x08[\x01-\x14]\x12[\x03-\x20](pytorch|tf2onnx|keras2onnx|onnx|skl2onnx|paddle|backend-test)/.test(raw)
  )
    return sure("an ONNX model");
  if (/^\x78[\x01\x5e\x9c\xda]/.test(raw)) return unsure("zlib-compressed data");
  if (head.every((byte) => byte === 0)) return unsure("zero bytes only");
  if (text.length > 8 && /^[\t\n\r\x20-\x7e]+$/.test(text)) {
    const line = text.trim().split(/[\r\n]/)[0] ?? "";
    return unsure(`plain text (${JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}…` : line)})`);
  }
  return undefined;
}

function pointerOf(text: string): Sniffed | undefined {
  const pointer = (what: string, fetch: string): Sniffed => ({
    what: `${what}, not the file itself`,
    sure: true,
    fetch,
  });
  if (text.startsWith("version https://git-lfs.github.com/spec/"))
    return pointer("a Git LFS pointer", "git lfs pull");
  if (/^(outs|md5|deps|wdir):.*\n/.test(text) && /^(\s*- )?\s*(md5|path): /m.test(text))
    return pointer("a DVC pointer", "dvc pull");
  if (/^(\.\.\/)*(\.git)?\/?annex\/objects\//.test(text))
    return pointer("a git-annex pointer", "git annex get");
  return undefined;
}
