import { readFileSync } from "node:fs";
import {
  compareTensors,
  decodeTensorProto,
  encodeTensorProto,
  encodeTensorProtoFields,
  isDType,
  TensorError,
  tensorFromJson,
} from "@servable/tensors";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";

interface Side {
  ok: boolean;
  dtype?: string;
  shape?: number[];
  values?: unknown[];
  message?: string;
}
interface Row {
  id: string;
  name: string;
  dtype: string;
  shape: number[] | null;
  hex: string;
  decoded: { cpp: Side | "same as values"; python: Side | "same as values" };
  verdict: string;
  values?: unknown[];
}

describe.skipIf(!hasShared)("tensors.jsonl: TensorFlow's own decoding", () => {
  const rows: Row[] = hasShared
    ? readFileSync(sharedFixture("tensors/tensors.jsonl"), "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Row)
    : [];

  it("has records", () => {
    expect(rows.length).toBeGreaterThan(200);
  });

  it.each(rows.map((row) => [row.id, row.name, row] as const))("%s %s", (_id, _name, row) => {
    const bytes = Uint8Array.from(Buffer.from(row.hex, "hex"));
    const { cpp } = row.decoded;
    if (cpp !== "same as values" && !cpp.ok) {
      expect(() => decodeTensorProto(bytes)).toThrow(TensorError);
      return;
    }
    const dtype = cpp === "same as values" ? row.dtype : cpp.dtype!;
    // unknown_rank is read as a scalar
    const shape = (cpp === "same as values" ? row.shape : cpp.shape!) ?? [];
    const values = cpp === "same as values" ? row.values! : cpp.values!;
    expect(isDType(dtype)).toBe(true);
    const want = tensorFromJson({ dtype, shape, values });
    const got = decodeTensorProto(bytes);
    expect(compareTensors(got, want).difference).toBeUndefined();
    // minus zero is equal to zero, so bits are compared too, but for NaN payloads
    if (!JSON.stringify(values).includes("NaN")) expect(got.data).toEqual(want.data);
    for (const encoded of [encodeTensorProto(got), encodeTensorProtoFields(got)]) {
      expect(compareTensors(decodeTensorProto(encoded), got).difference).toBeUndefined();
    }
    // where the C++ side wrote the message, ours has the same bytes
    if (row.name.includes("written by the C++ side") && dtype !== "DT_STRING") {
      expect(Buffer.from(encodeTensorProto(got)).toString("hex")).toBe(row.hex);
    }
  });
});
