/** Ends the name of a file on its way; twelve hex digits before it. */
export const TEMPORARY_SUFFIX = ".servable-tmp";

/**
 * A name beside `path` that nothing has: files are made with `wx`, so a clash fails rather than overwrites. Not from
 * node:crypto, which costs a check of one file some milliseconds.
 */
export function temporaryName(path: string): string {
  const digits = Math.floor(Math.random() * 2 ** 48).toString(16);
  return `${path}.${digits.padStart(12, "0")}${TEMPORARY_SUFFIX}`;
}
