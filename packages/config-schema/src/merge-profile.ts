import { pathKey, type SpecPath } from "./spec-path.ts";

/** The base with a profile laid over it, and where each entry came from. */
export interface MergedSpec {
  readonly data: unknown;
  /** Path in the source text of an entry of `data`. */
  sourceOf(path: SpecPath): SpecPath;
  /** Whether the profile wrote that entry (or holds it). */
  fromProfile(path: SpecPath): boolean;
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Mappings that are one choice: a profile's replaces the base's as a whole. */
const wholes = new Set(["versionPolicy", "modelVolume", "image"]);

function set(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, { value, enumerable: true, writable: true, configurable: true });
}

class Merger {
  readonly sources = new Map<string, { readonly path: SpecPath; readonly profile: boolean }>();

  note(path: SpecPath, source: SpecPath, profile: boolean): void {
    this.sources.set(pathKey(path), { path: source, profile });
  }

  /** A copy without nulls: an empty value means the default. */
  copy(value: unknown, path: SpecPath, source: SpecPath, profile: boolean): unknown {
    this.note(path, source, profile);
    if (Array.isArray(value)) {
      return value.map((item, index) => this.copy(item, [...path, index], [...source, index], profile));
    }
    if (!isMapping(value)) return value;
    const result: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) {
      if (child !== null) set(result, key, this.copy(child, [...path, key], [...source, key], profile));
    }
    return result;
  }

  merge(
    base: unknown,
    overlay: unknown,
    path: SpecPath,
    baseSource: SpecPath,
    overlaySource: SpecPath,
  ): unknown {
    const last = path[path.length - 1];
    if (path.length === 1 && last === "models" && Array.isArray(base) && Array.isArray(overlay)) {
      return this.models(base, overlay, path, baseSource, overlaySource);
    }
    if (!isMapping(base) || !isMapping(overlay) || (typeof last === "string" && wholes.has(last))) {
      return this.copy(overlay, path, overlaySource, true);
    }
    this.note(path, baseSource, false);
    const result: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(base)) {
      const childPath = [...path, key];
      const from = [...baseSource, key];
      if (!Object.hasOwn(overlay, key)) {
        if (child !== null) set(result, key, this.copy(child, childPath, from, false));
      } else if (overlay[key] !== null) {
        set(result, key, this.merge(child, overlay[key], childPath, from, [...overlaySource, key]));
      }
    }
    for (const [key, child] of Object.entries(overlay)) {
      if (child === null || Object.hasOwn(base, key)) continue;
      set(result, key, this.copy(child, [...path, key], [...overlaySource, key], true));
    }
    return result;
  }

  models(
    base: readonly unknown[],
    overlay: readonly unknown[],
    path: SpecPath,
    baseSource: SpecPath,
    overlaySource: SpecPath,
  ): unknown[] {
    this.note(path, baseSource, false);
    const nameOf = (entry: unknown): unknown => (isMapping(entry) ? entry["name"] : undefined);
    const used = new Set<number>();
    const merged = base.map((entry, index) => {
      const at = overlay.findIndex(
        (other, place) => !used.has(place) && nameOf(other) !== undefined && nameOf(other) === nameOf(entry),
      );
      if (at === -1) return this.copy(entry, [...path, index], [...baseSource, index], false);
      used.add(at);
      return this.merge(entry, overlay[at], [...path, index], [...baseSource, index], [...overlaySource, at]);
    });
    overlay.forEach((entry, at) => {
      if (used.has(at)) return;
      merged.push(this.copy(entry, [...path, merged.length], [...overlaySource, at], true));
    });
    return merged;
  }
}

/**
 * Lays a profile over the base. Rules: mappings merge key by key; `models` merges by name, and a new name is added;
 * every other list and every scalar replaces; a version policy, an image and a model volume replace as a whole; null
 * takes a value back to its default. Base keys `profiles` and `$schema` are left out.
 */
export function mergeProfile(spec: unknown, profile?: string): MergedSpec {
  const merger = new Merger();
  let data: unknown = spec;
  if (isMapping(spec)) {
    const base: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(spec)) {
      if (key !== "profiles" && key !== "$schema") set(base, key, value);
    }
    const profiles = spec["profiles"];
    const overlay = profile !== undefined && isMapping(profiles) ? profiles[profile] : undefined;
    data =
      profile === undefined || !isMapping(overlay)
        ? merger.copy(base, [], [], false)
        : merger.merge(base, overlay, [], [], ["profiles", profile]);
  }
  const find = (path: SpecPath): { path: SpecPath; profile: boolean } => {
    for (let length = path.length; length >= 0; length--) {
      const source = merger.sources.get(pathKey(path.slice(0, length)));
      if (source !== undefined)
        return { path: [...source.path, ...path.slice(length)], profile: source.profile };
    }
    return { path, profile: false };
  };
  return { data, sourceOf: (path) => find(path).path, fromProfile: (path) => find(path).profile };
}
