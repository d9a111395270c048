import { invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { EMPTY_BYTES, integers, product, strings, type Value } from "../value.ts";
import { broadcast, eachRow } from "./broadcast.ts";
import { characterStarts, decode, latin, unlatin } from "./text-bytes.ts";

const substr: KernelFactory = (node) => {
  const utf8 = node.attrs.string("unit") === "UTF8_CHAR";
  return ([x, position, length]) => {
    const plan = broadcast(x!.shape, position!.shape);
    const data = new Array<Uint8Array>(product(plan.shape));
    const items = strings(x!);
    const at = position!.data as ArrayLike<number | bigint>;
    const sizes = length!.data as ArrayLike<number | bigint>;
    eachRow(plan, (o, i, si, j, sj, n) => {
      for (let k = 0; k < n; k++) {
        const text = items[i + k * si]!;
        let from = Number(at[j + k * sj]);
        const count = Number(sizes[j + k * sj]);
        if (utf8) {
          const starts = characterStarts(text);
          if (from < 0) from += starts.length;
          if (from < 0 || from > starts.length)
            throw invalid(`pos ${Number(at[j + k * sj])} out of range for string at index ${i + k * si}`);
          const end = from + count >= starts.length ? text.length : starts[from + count]!;
          data[o + k] = text.subarray(
            starts[from] ?? text.length,
            Math.max(starts[from] ?? text.length, end),
          );
        } else {
          if (from < 0) from += text.length;
          if (from < 0 || from > text.length)
            throw invalid(
              `pos ${Number(at[j + k * sj])} out of range for string b'${decode(text)}' at index ${i + k * si}`,
            );
          data[o + k] = text.subarray(from, Math.min(text.length, from + Math.max(0, count)));
        }
      }
    });
    return { dtype: "DT_STRING", shape: plan.shape, data };
  };
};

/** Sparse result of splitting each string: indices, values, dense shape. */
function sparsePieces(rows: readonly (readonly Uint8Array[])[]): Value[] {
  let widest = 0;
  const indices: number[] = [];
  const values: Uint8Array[] = [];
  for (const [r, row] of rows.entries()) {
    widest = Math.max(widest, row.length);
    for (const [c, piece] of row.entries()) {
      indices.push(r, c);
      values.push(piece);
    }
  }
  return [
    integers("DT_INT64", [values.length, 2], indices),
    { dtype: "DT_STRING", shape: [values.length], data: values },
    integers("DT_INT64", [2], [rows.length, widest]),
  ];
}

function splitText(text: string, separator: string, most: number): string[] {
  if (separator === "") {
    const words: string[] = [];
    let rest = text.replace(/^[ \t\n\v\f\r]+/, "");
    while (rest !== "") {
      if (most >= 0 && words.length === most) {
        words.push(rest.replace(/[ \t\n\v\f\r]+$/, ""));
        break;
      }
      const found = /[ \t\n\v\f\r]+/.exec(rest);
      if (!found) {
        words.push(rest);
        break;
      }
      words.push(rest.slice(0, found.index));
      rest = rest.slice(found.index + found[0].length);
    }
    return words;
  }
  const parts = text.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
}

const splitV2: KernelFactory = (node) => {
  const most = node.attrs.int("maxsplit");
  return ([x, separator]) => {
    const by = latin(strings(separator!)[0] ?? EMPTY_BYTES);
    return sparsePieces(strings(x!).map((bytes) => splitText(latin(bytes), by, most).map(unlatin)));
  };
};

const splitV1: KernelFactory = (node) => {
  const skip = node.attrs.bool("skip_empty");
  return ([x, delimiters]) => {
    const set = latin(strings(delimiters!)[0] ?? EMPTY_BYTES);
    return sparsePieces(
      strings(x!).map((bytes) => {
        const text = latin(bytes);
        let parts: string[] = [];
        if (set === "") parts = [...text];
        else {
          let current = "";
          for (const c of text) {
            if (set.includes(c)) {
              parts.push(current);
              current = "";
            } else current += c;
          }
          parts.push(current);
        }
        if (skip) parts = parts.filter((part) => part !== "");
        return parts.map(unlatin);
      }),
    );
  };
};

export const stringSplitKernels: KernelTable = {
  Substr: substr,
  StringSplit: splitV1,
  StringSplitV2: splitV2,
};
