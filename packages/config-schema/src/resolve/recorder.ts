import type { MergedSpec } from "../merge-profile.ts";
import type { Origin, Origins } from "../origins.ts";
import { pathText, type SpecPath } from "../spec-path.ts";

/** Takes values one by one and notes where each came from. */
export class Recorder {
  readonly #merged: MergedSpec;
  readonly #origins = new Map<string, Origin>();

  constructor(merged: MergedSpec) {
    this.#merged = merged;
  }

  get origins(): Origins {
    return this.#origins;
  }

  /** Notes a value that the author wrote at `from` (by default the same path). */
  wrote<T>(path: SpecPath, value: T, from: SpecPath = path): T {
    const text = pathText(path);
    this.#origins.set(text, {
      path: text,
      kind: this.#merged.fromProfile(from) ? "profile" : "written",
      value,
      source: this.#merged.sourceOf(from),
    });
    return value;
  }

  /** The written value, or servable's own default with the reason for it. */
  choose<T>(path: SpecPath, written: T | undefined, fallback: T, reason: string, from: SpecPath = path): T {
    if (written !== undefined) return this.wrote(path, written, from);
    const text = pathText(path);
    this.#origins.set(text, { path: text, kind: "default", value: fallback, reason });
    return fallback;
  }

  /** The written value, or undefined for something that is simply not asked for. */
  optional<T>(path: SpecPath, written: T | undefined): T | undefined {
    return written === undefined ? undefined : this.wrote(path, written);
  }

  /** The written value, or undefined: TensorFlow Serving's default, described. */
  leave<T>(
    path: SpecPath,
    written: T | undefined,
    serverDefault: unknown,
    from: SpecPath = path,
  ): T | undefined {
    if (written !== undefined) return this.wrote(path, written, from);
    const text = pathText(path);
    this.#origins.set(text, { path: text, kind: "tfs-default", value: serverDefault });
    return undefined;
  }
}

type Compact<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without the keys whose value is undefined, so that optional fields are absent rather than undefined. */
export function compact<T extends object>(value: T): Compact<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Compact<T>;
}
