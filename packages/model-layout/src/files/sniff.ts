import { byteText } from "./byte-text.ts";
/** What a file holds whose bytes are not what its name promises. */
export interface Sniffed {
  /** As the object of "holds …". */
  readonly what: string;
  /** By a beginning that no message, table or tensor of a model has; without it, only where something else is wrong too. */
  readonly sure: boolean;
  /** A stand-in that a version control system leaves where it did not fetch the file. */
  readonly pointer?: true;
  /** A model in a format that the server does not read. */
  readonly model?: true;
  /** What to do about it, where that is more than to copy the file again. */
  readonly mend?: string;
}

const UNPACK = "Unpack it: the server reads nothing that is compressed or packed.";
const MODEL = "Export the model as a SavedModel: the server reads no other format.";
const DOWNLOAD = "Look at what it says, then download the file again.";

type Signature = readonly [bytes: string, what: string, mend?: string];

/** Beginnings of files. */
const SIGNATURES: readonly Signature[] = [
  ["\x1f\x8b\x08", "gzip-compressed data", UNPACK],
  ["BZh", "bzip2-compressed data", UNPACK],
  ["\xfd7zXZ\x00", "xz-compressed data", UNPACK],
  ["(\xb5/\xfd", "zstd-compressed data", UNPACK],
  ['\x04"M\x18', "LZ4-compressed data", UNPACK],
  ["7z\xbc\xaf'\x1c", "a 7z archive", UNPACK],
  ["Rar!\x1a\x07", "a RAR archive", UNPACK],
  ["\x89HDF\r\n\x1a\n", "HDF5 data (Keras .h5)", MODEL],
  ["\x93NUMPY", "a NumPy .npy array"],
  ["\x89PNG\r\n\x1a\n", "a PNG picture"],
  ["\xff\xd8\xff", "a JPEG picture"],
  ["%PDF-", "a PDF document"],
  ["\x7fELF", "a program (ELF)"],
  ["SQLite format 3\x00", "a SQLite database"],
  [
    "\x00\x05\x16\x07\x00\x02\x00\x00",
    "metadata of macOS (AppleDouble), not the file itself",
    "Copy the file itself, without the `._` files beside it.",
  ],
];

/** Further on in the file. */
const LATER: readonly (readonly [at: number, ...Signature])[] = [
  [4, "TFL3", "a TFLite model", MODEL],
  [257, "ustar", "a tar archive", UNPACK],
];

/** Of a ZIP archive, by the name of a file in it. */
const ZIPPED: readonly Signature[] = [
  ["model.weights.h5", "a Keras .keras archive", MODEL],
  ["metadata.json", "a Keras .keras archive", MODEL],
  ["data.pkl", "a PyTorch model", MODEL],
  [".npy", "a NumPy .npz archive"],
  ["", "a ZIP archive", UNPACK],
];

const PAGE = /^\s*(<!--((?!-->)[\s\S])*-->\s*)*(<\?xml|<!doctype|<html|<head|<body|<error)/i;

/** Looks at the first bytes of a file, best 512 of them; undefined where they tell nothing. */
export function sniff(head: Uint8Array): Sniffed | undefined {
  const sure = (what: string, mend?: string): Sniffed => ({
    what,
    sure: true,
    ...(mend === undefined ? {} : { mend }),
    ...(mend === MODEL ? { model: true } : {}),
  });
  const unsure = (what: string): Sniffed => ({ what, sure: false });
  if (head.length === 0) return sure("nothing (0 bytes)");
  const raw = byteText(head.subarray(0, 512));
  for (const [bytes, what, mend] of SIGNATURES) if (raw.startsWith(bytes)) return sure(what, mend);
  for (const [at, bytes, what, mend] of LATER) if (raw.startsWith(bytes, at)) return sure(what, mend);
  const zipped = raw.startsWith("PK\x03\x04") ? ZIPPED.find(([name]) => raw.includes(name)) : undefined;
  if (zipped !== undefined) return sure(zipped[1], zipped[2]);
  if (/^(\xff\xfe|\xfe\xff)/.test(raw)) return unsure("text in UTF-16");
  const text = raw.replace(/^\xef\xbb\xbf/, "");
  const pointer = pointerOf(text);
  if (pointer !== undefined) return pointer;
  if (PAGE.test(text)) return sure("an XML or HTML page, as a failed download leaves it", DOWNLOAD);
  const form = /^\s*(#[^\n]*\n\s*)*([a-z_]+)\s*[:{<]/.exec(text)?.[2] ?? "";
  if (form === "saved_model_schema_version" || form === "meta_graphs")
    return sure("the text form of a SavedModel");
  if (form === "meta_info_def" || form === "graph_def") return sure("the text form of a MetaGraphDef");
  if (form === "node" || form === "library") return sure("the text form of a GraphDef (graph.pbtxt)");
  if (/^\s*[{[]/.test(text) && /"/.test(text)) return sure("JSON", DOWNLOAD);
  if (/^\x80[\x02-\x05](\x95|\}|\]|c|\x8a)/.test(raw)) return sure("a Python pickle", MODEL);
  if (
    /^\x08[\x01-\x14]\x12[\x03-\x20](pytorch|tf2onnx|keras2onnx|onnx|skl2onnx|paddle|backend-test)/.test(raw)
  )
    return sure("an ONNX model", MODEL);
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
    pointer: true,
    mend: `Fetch the file itself (${fetch}).`,
  });
  if (text.startsWith("version https://git-lfs.github.com/spec/"))
    return pointer("a Git LFS pointer", "git lfs pull");
  if (/^(outs|md5|deps|wdir):.*\n/.test(text) && /^(\s*- )?\s*(md5|path): /m.test(text))
    return pointer("a DVC pointer", "dvc pull");
  if (/^(\.\.\/)*(\.git)?\/?annex\/objects\//.test(text))
    return pointer("a git-annex pointer", "git annex get");
  return undefined;
}
