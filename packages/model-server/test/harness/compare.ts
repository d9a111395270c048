/** How a recorded answer is to be compared. */
export type Comparison = string | Readonly<Record<string, unknown>>;

/** exact: equal as the record demands; shape: right code and structure; different: neither. */
export type Verdict = "equal" | "shape" | "different";

/** JSON of a model server's answer: NaN and infinities may stand in it bare. */
export function looseJson(text: string): unknown {
  let result = "";
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (inString) {
      result += char;
      if (char === "\\") result += text.charAt(++i);
      else if (char === '"') inString = false;
      continue;
    }
    const word = /^(?:NaN|-?Infinity)/.exec(text.slice(i, i + 9))?.[0];
    if (word !== undefined) {
      result += `"${word}"`;
      i += word.length - 1;
      continue;
    }
    // Integers beyond 2^53 must not be rounded before they are compared.
    const integer = /^-?\d{16,}(?![\d.eE])/.exec(text.slice(i, i + 40))?.[0];
    if (integer !== undefined) {
      result += `"int:${integer}"`;
      i += integer.length - 1;
      continue;
    }
    if (char === '"') inString = true;
    result += char;
  }
  return JSON.parse(result);
}

/** Deep equality; numbers within `tolerance × max(1, |a|, |b|)`. */
export function sameValue(a: unknown, b: unknown, tolerance: number): boolean {
  if (typeof a === "number" && typeof b === "number") {
    if (Number.isNaN(a) && Number.isNaN(b)) return true;
    if (a === b) return true;
    return Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a), Math.abs(b));
  }
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => sameValue(item, b[index], tolerance));
  }
  if (typeof a === "object" && a !== null && typeof b === "object" && b !== null) {
    const keys = Object.keys(a).sort();
    const others = Object.keys(b).sort();
    if (keys.length !== others.length || keys.some((key, index) => key !== others[index])) return false;
    return keys.every((key) =>
      sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], tolerance),
    );
  }
  return a === b;
}

/** Names, lengths and kinds, but no values. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, item]) => [key, shapeOf(item)]),
    );
  }
  if (typeof value === "string" && /^(?:NaN|-?Infinity|int:.*)$/.test(value)) return "number";
  return typeof value;
}

export function toleranceOf(compare: Comparison): number | undefined {
  if (typeof compare === "string") return undefined;
  const tolerance = compare["float-tolerance"];
  return typeof tolerance === "number" ? tolerance : undefined;
}

export function prefixOf(compare: Comparison): string | undefined {
  return typeof compare === "string" && compare.startsWith("prefix:")
    ? compare.slice("prefix:".length)
    : undefined;
}

export function isCodeOnly(compare: Comparison): boolean {
  return (
    typeof compare !== "string" && (compare["status-and-headers"] === true || compare["code-only"] === true)
  );
}
