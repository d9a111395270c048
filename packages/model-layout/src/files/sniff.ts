/** What a file holds whose bytes are not what its name promises, as the object of "holds …"; undefined when unknown. */
export function sniff(head: Uint8Array): string | undefined {
  if (head.length === 0) return "nothing (0 bytes)";
  const text = new TextDecoder("latin1").decode(head.subarray(0, 400));
  if (text.startsWith("version https://git-lfs.github.com/spec/"))
    return "a Git LFS pointer, not the file itself";
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip-compressed data";
  if (text.startsWith("PK\u0003\u0004")) return "a ZIP archive";
  if (text.startsWith("\u0089HDF\r\n")) return "HDF5 data (Keras .h5)";
  if (text.startsWith("BZh")) return "bzip2-compressed data";
  if (text.startsWith("\u00fd7zXZ")) return "xz-compressed data";
  if (text.startsWith("(\u00b5/\u00fd")) return "zstd-compressed data";
  if (/^\s*(<\?xml|<!doctype|<html|<error)/i.test(text))
    return "an XML or HTML page, as a failed download leaves it";
  if (/^\s*(saved_model_schema_version|meta_graphs|meta_graph_def)\b/.test(text))
    return "the text form of a SavedModel";
  if (/^\s*[{[]/.test(text) && /"/.test(text)) return "JSON";
  if (head.every((byte) => byte === 0)) return "zero bytes only";
  if (
    head.length > 16 &&
    head.every((byte) => (byte >= 32 ? byte < 127 : byte === 9 || byte === 10 || byte === 13))
  )
    return "plain text";
  return undefined;
}

/** Whether a file is the stand-in that Git LFS leaves in a checkout without its objects. */
export function isLfsPointer(head: Uint8Array): boolean {
  return sniff(head)?.startsWith("a Git LFS pointer") === true;
}
