import { UserError } from "@servable/diagnostics";

/** Bounds of a whole number, both included. */
export interface WholeNumberBounds {
  /** Default 0. */
  readonly min?: number;
  /** Default 2^53 - 1. */
  readonly max?: number;
}

/** What is wrong with a whole number as typed, in words; undefined where nothing is. Digits only: no sign, no `1e3`. */
export function wholeNumberProblem(text: string, { min = 0, max }: WholeNumberBounds): string | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= (max ?? Number.MAX_SAFE_INTEGER)) return undefined;
  if (max !== undefined) return `a whole number from ${min} to ${max}`;
  return min === 0 ? "a whole number" : `a whole number of at least ${min}`;
}

/** The value of a flag that takes a whole number. @throws UserError (usage) that names the flag and what it takes */
export function wholeNumber(flag: string, text: string, bounds: WholeNumberBounds = {}): number {
  const wanted = wholeNumberProblem(text, bounds);
  if (wanted !== undefined) throw new UserError("usage", `--${flag} wants ${wanted}, not "${text}"`);
  return Number(text);
}

/** The same for a flag that may be absent. */
export const optionalWholeNumber = (
  flag: string,
  text: string | undefined,
  bounds?: WholeNumberBounds,
): number | undefined => (text === undefined ? undefined : wholeNumber(flag, text, bounds));
