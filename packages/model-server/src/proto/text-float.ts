import { general } from "../json/numbers.ts";

/** A float as the protobuf text form shows it: six (or fifteen) digits if they read back, else nine (seventeen). */
export function formatTextFloat(value: number, kind: "float" | "double"): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const short = general(value, kind === "float" ? 6 : 15);
  const back = kind === "float" ? Math.fround(Number(short)) : Number(short);
  return back === value ? short : general(value, kind === "float" ? 9 : 17);
}
