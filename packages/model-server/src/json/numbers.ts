/**
 * Numbers as the model server writes them (`util/json_tensor.cc`, WriteDecimal): `%.6g` if that reads back as the same
 * float, else `%.9g`; `.0` where neither point nor exponent is in it; NaN and infinities bare.
 */
export function formatFloat(value: number): string {
  return format(value, 9, (text) => Math.fround(Number(text)) === value);
}

/** The same for a double: six digits or seventeen. */
export function formatDouble(value: number): string {
  return format(value, 17, (text) => Number(text) === value);
}

function format(value: number, digits: number, same: (text: string) => boolean): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "Infinity";
  if (value === Number.NEGATIVE_INFINITY) return "-Infinity";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return Object.is(value, -0) ? "-0.0" : `${value}.0`;
  const short = general(value, 6);
  const text = same(short) ? short : general(value, digits);
  return text.includes(".") || text.includes("e") ? text : `${text}.0`;
}

/** C's `%.<precision>g`. */
export function general(value: number, precision: number): string {
  const scientific = roundedHalfEven(value, precision);
  const mark = scientific.indexOf("e");
  const exponent = Number(scientific.slice(mark + 1));
  const negative = scientific.startsWith("-");
  const digits = scientific
    .slice(negative ? 1 : 0, mark)
    .replace(".", "")
    .replace(/0+$/, "");
  const sign = negative ? "-" : "";
  if (exponent < -4 || exponent >= precision) {
    const head = digits.charAt(0) === "" ? "0" : digits.charAt(0);
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const size = Math.abs(exponent).toString().padStart(2, "0");
    return `${sign}${head}${fraction}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return fraction === "" ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** `toExponential` rounds exact halves away from zero; C rounds them to even. */
function roundedHalfEven(value: number, precision: number): string {
  const rounded = value.toExponential(precision - 1);
  const next = value.toExponential(precision);
  if (next.charAt(next.indexOf("e") - 1) !== "5") return rounded;
  const exact = value.toExponential(Math.min(100, precision + 60));
  const [mantissa = "", exponent = "0"] = exact.split("e");
  const digits = mantissa.replace("-", "").replace(".", "");
  if (!/^50*$/.test(digits.slice(precision))) return rounded;
  const kept = digits.slice(0, precision);
  if (Number(kept.charAt(precision - 1)) % 2 !== 0) return rounded;
  const sign = value < 0 ? "-" : "";
  return `${sign}${kept.charAt(0)}.${kept.slice(1)}e${exponent}`;
}

/** RapidJSON's own writing of a double (Grisu2, Prettify): what echoed JSON shows inside objects and arrays. */
export function formatShortest(value: number): string {
  if (Object.is(value, -0)) return "-0.0";
  const text = String(value).replace("e+", "e");
  return text.includes(".") || text.includes("e") ? text : `${text}.0`;
}
