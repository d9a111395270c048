import { byteWidth, dtypeOf, toBase64 } from "@servable/tensors";
import type { PlacedNode } from "../graph/graph-index.ts";
import { blankJpeg, silentWav, tinyPng } from "./blank-media.ts";
import { encodeExample, encodeSequenceExample, type FeatureValue } from "./encode-warmup.ts";
import type { ParsedExample, ParsedFeature } from "./parsed-example.ts";

const encoder = new TextEncoder();

/** Numbers in what is packed without a header: short rows, and pictures of 28, 32, 64, 128, 224 and 299 pixels. */
const RAW_COUNTS = [
  1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 784, 1024, 3072, 4096, 12_288, 49_152, 150_528, 268_203,
];

/** Ops that decode pictures of one format or all. */
export const DECODES_PICTURES = /^(Decode(AndCrop)?(Jpeg|Png|Gif|Bmp|Image|WebP)|ExtractJpegShape)$/;

/** Ops for whose strings there is a guess, beside those that parse Examples. */
export const GUESSED =
  /^(Decode(AndCrop)?(Jpeg|Png|Image)|ExtractJpegShape|DecodeWav|DecodeBase64|DecodeCSV|DecodeJSONExample|StringToNumber)$/;

/**
 * What the strings of a request may hold, by the ops that take them apart, the likeliest first; undefined: any text.
 * @param nodes that the signature reaches
 * @param example what they take out of Examples, if anything
 * @param picture an encoded one, in place of a blank one
 */
export function guessTexts(
  nodes: readonly PlacedNode[],
  example: ParsedExample | undefined,
  picture: Uint8Array | undefined,
): readonly (Uint8Array | undefined)[] {
  const ops = new Set(nodes.map(({ node }) => node.op));
  const texts = leaves(nodes, ops, picture);
  if (example === undefined && !ops.has("DecodeBase64")) return [...texts, undefined];
  return [...texts, encoder.encode("text")].map((leaf) => {
    const text = ops.has("DecodeBase64") ? webSafeBase64(leaf) : leaf;
    if (example === undefined) return text;
    return ops.has("DecodeJSONExample") ? jsonExample(example, text) : binaryExample(example, text);
  });
}

const webSafeBase64 = (bytes: Uint8Array): Uint8Array =>
  encoder.encode(toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""));

function leaves(
  nodes: readonly PlacedNode[],
  ops: ReadonlySet<string>,
  picture: Uint8Array | undefined,
): readonly Uint8Array[] {
  const texts: Uint8Array[] = [];
  if ([...ops].some((op) => DECODES_PICTURES.test(op)))
    texts.push(...(picture === undefined ? [blankJpeg(), tinyPng()] : [picture]));
  if (ops.has("DecodeWav")) texts.push(silentWav());
  for (const { node } of nodes) {
    if (node.op !== "DecodeCSV") continue;
    const types = node.attr("OUT_TYPE");
    const fields = types?.kind === "list" ? types.value.type.length : 1;
    // A number, which is also a text.
    texts.push(encoder.encode(Array<string>(fields).fill("1").join()));
  }
  // How many numbers an Example, a row or a picture has is not told: common sizes, which a trial sorts out.
  for (const { node } of nodes) {
    const type = /^Decode(Padded)?Raw$/.test(node.op) ? node.attr("out_type") : undefined;
    const dtype = type?.kind === "type" ? dtypeOf(type.value) : undefined;
    if (dtype !== undefined)
      for (const count of RAW_COUNTS) texts.push(new Uint8Array(count * byteWidth(dtype)));
  }
  if (ops.has("StringToNumber")) texts.push(encoder.encode("1"));
  return texts;
}

/** Values of a feature: as many as are wanted, small, and the same text for each string. */
function valuesOf({ dtype, count }: ParsedFeature, text: Uint8Array): FeatureValue {
  const values = Array.from({ length: count }, (_, index) => index);
  if (dtype === "DT_STRING") return values.map(() => text);
  return dtype === "DT_INT64"
    ? values.map((index) => BigInt(index % 3))
    : values.map((index) => (((index * 37) % 63) + 1) / 64);
}

const allValues = (
  features: ReadonlyMap<string, ParsedFeature>,
  text: Uint8Array,
): Record<string, FeatureValue> =>
  Object.fromEntries([...features].map(([name, feature]) => [name, valuesOf(feature, text)]));

function binaryExample({ features, lists }: ParsedExample, text: Uint8Array): Uint8Array {
  const values = allValues(features, text);
  if (lists === undefined) return encodeExample(values);
  // One step of each list.
  const steps = Object.entries(allValues(lists, text)).map(([name, value]) => [name, [value]] as const);
  return encodeSequenceExample(values, Object.fromEntries(steps));
}

/** An Example in the JSON form of protocol buffers. */
function jsonExample({ features }: ParsedExample, text: Uint8Array): Uint8Array {
  const feature: Record<string, unknown> = {};
  for (const [name, values] of Object.entries(allValues(features, text))) {
    const [first] = values;
    if (typeof first === "number") feature[name] = { floatList: { value: values } };
    else if (typeof first === "bigint") feature[name] = { int64List: { value: values.map(String) } };
    else feature[name] = { bytesList: { value: (values as Uint8Array[]).map(toBase64) } };
  }
  return encoder.encode(JSON.stringify({ features: { feature } }));
}
