import type { KernelFactory, KernelTable } from "../kernel.ts";
import { integers, ints, strings, type Value } from "../value.ts";
import { decode, encode } from "./text-bytes.ts";

function ragged(starts: readonly number[], values: Value): Value[] {
  return [integers("DT_INT64", [starts.length], starts), values];
}

const unicodeDecode: KernelFactory =
  (node) =>
  ([x]) => {
    const offsets = node.op === "UnicodeDecodeWithOffsets";
    const replacement = node.attrs.int("replacement_char");
    const splits = [0];
    const points: number[] = [];
    const places: number[] = [];
    for (const bytes of strings(x!)) {
      let at = 0;
      for (const character of decode(bytes)) {
        const point = character.codePointAt(0)!;
        points.push(point === 0xfffd ? replacement : point);
        places.push(at);
        at += encode(character).length;
      }
      splits.push(points.length);
    }
    const chars: Value = { dtype: "DT_INT32", shape: [points.length], data: Int32Array.from(points) };
    return offsets
      ? [...ragged(splits, chars), integers("DT_INT64", [places.length], places)]
      : ragged(splits, chars);
  };

export const unicodeKernels: KernelTable = {
  UnicodeDecode: unicodeDecode,
  UnicodeDecodeWithOffsets: unicodeDecode,
  UnicodeEncode:
    () =>
    ([points, splits]) => {
      const at = ints(splits!);
      const values = ints(points!);
      const data = at.slice(1).map((end, i) =>
        encode(
          values
            .slice(at[i], end)
            .map((point) =>
              String.fromCodePoint(
                point > 0x10ffff || point < 0 || (point >= 0xd800 && point < 0xe000) ? 0xfffd : point,
              ),
            )
            .join(""),
        ),
      );
      return { dtype: "DT_STRING", shape: [data.length], data };
    },
};
