import type { Example, Feature } from "./messages.ts";

/** That the Example was taken, or the refusal: a status code and its text. */
type Reply =
  | { readonly ok: true }
  | { readonly ok: false; readonly error: { readonly code: string; readonly details: string } };

/** Most requests to find out which features a model parses. */
const MOST_ATTEMPTS = 40;

/**
 * Finds an Example that a model parses, by what its refusals say: the ParseExample op names the feature that is
 * missing with its type, or how many values it wants.
 * Each attempt is refused before anything else of the graph runs.
 */
export async function learnExample<Result extends Reply>(
  send: (example: Example) => Promise<Result>,
): Promise<{ readonly example: Example; readonly result: Result }> {
  const features: Record<string, Feature> = {};
  for (let attempts = 0; ; attempts++) {
    const example = { ...features };
    const result = await send(example);
    if (result.ok || attempts >= MOST_ATTEMPTS || result.error.code !== "INVALID_ARGUMENT")
      return { example, result };
    if (!adjust(features, result.error.details.slice(0, 4096))) return { example, result };
  }
}

/** Mends the features by a refusal's text; false if it says nothing of use. */
function adjust(features: Record<string, Feature>, details: string): boolean {
  const missing = /Feature: (.+?) \(data type: (\w+)\) is required but could not be found/s.exec(details);
  if (missing !== null) {
    const [, name, type] = missing;
    if (features[name!] !== undefined) return false;
    features[name!] = valuesOf(type!, 1);
    return true;
  }
  const count =
    /Key: (.+?)[,.]\s+(?:Index: \d+\.\s+)?Number of (\w+) values != expected\.\s+values size: \d+ but output shape: \[([\d,]*)\]/is.exec(
      details,
    );
  if (count !== null) {
    const [, name, type, shape] = count;
    const size = shape === "" ? 1 : shape!.split(",").reduce((product, text) => product * Number(text), 1);
    if (!(size > 0 && size <= 2 ** 20) || sizeOf(features[name!]) === size) return false;
    features[name!] = valuesOf(type!, size);
    return true;
  }
  const type = /Key: (.+?)[,.]\s.*Data types don't match\..*expected type: (\w+)/s.exec(details);
  if (type !== null && features[type[1]!] !== undefined) {
    const made = valuesOf(type[2]!, sizeOf(features[type[1]!]));
    if (Object.keys(made)[0] === Object.keys(features[type[1]!]!)[0]) return false;
    features[type[1]!] = made;
    return true;
  }
  return false;
}

function sizeOf(feature: Feature | undefined): number {
  if (feature === undefined) return 0;
  return "floats" in feature
    ? feature.floats.length
    : "ints" in feature
      ? feature.ints.length
      : feature.bytes.length;
}

function valuesOf(type: string, size: number): Feature {
  if (/int/.test(type)) return { ints: Array.from({ length: size }, (_, index) => BigInt(index % 3)) };
  if (/string|bytes/.test(type))
    return { bytes: Array.from({ length: size }, () => new TextEncoder().encode("text")) };
  return { floats: Array.from({ length: size }, (_, index) => ((index * 37) % 64) / 64) };
}
