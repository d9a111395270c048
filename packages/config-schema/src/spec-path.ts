import type { Span } from "@servable/diagnostics";

/** Keys and indexes from the root of a spec, such as `["models", 0, "path"]`. */
export type SpecPath = readonly (string | number)[];

/** Which part of an entry a span covers. */
export type SpecPart = "key" | "value";

/** A spec's text as rules see it: its name and the places of its entries. */
export interface SpecSource {
  readonly file: string;
  readonly text: string;
  /** Span of the key or value at that path; of the nearest enclosing entry where there is none. */
  locate(path: SpecPath, part?: SpecPart): Span;
}

/** One text for a path: `models[0].path`. */
export function pathText(path: SpecPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[A-Za-z_$][A-Za-z0-9_$]*$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

/** A map key that keeps `["1"]` and `[1]` apart. */
export function pathKey(path: SpecPath): string {
  return JSON.stringify(path);
}
