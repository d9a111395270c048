import type { Diagnostic, Span } from "@servable/diagnostics";
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { pathKey, type SpecPart, type SpecPath, type SpecSource } from "./spec-path.ts";
import { findTooDeep } from "./yaml-depth.ts";

/** Plain data of a YAML or JSON text, with the places of its entries. */
export interface YamlSource extends SpecSource {
  /** Undefined where the text is no YAML, or empty. */
  readonly data: unknown;
  readonly diagnostics: readonly Diagnostic[];
}

interface Place {
  readonly key?: Span;
  readonly value?: Span;
}

/** More than any spec that is meant: an alias bomb or a generated file by mistake. */
const MAX_NODES = 200_000;
const MAX_DEPTH = 100;
/** The rest follow from the first ones. */
const MAX_ERRORS = 20;
const MAX_CHARACTERS = 8 * 1024 * 1024;

class Unreadable extends Error {
  readonly span: Span;
  constructor(message: string, span: Span) {
    super(message);
    this.span = span;
  }
}

/** Span of a node without the blanks and line breaks that a block collection ends with. */
function spanOf(node: unknown, text: string): Span | undefined {
  const range = (node as Node | null | undefined)?.range;
  if (range === undefined || range === null) return undefined;
  const start = Math.min(range[0], text.length);
  let end = Math.max(start, Math.min(range[1], text.length));
  while (end > start && /\s/.test(text.charAt(end - 1))) end--;
  return { start, end };
}

/** Integers beyond 2^53 come as decimal text, so that a version number keeps its digits. */
function scalarValue(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** `<<` as YAML 1.1 has it, and as Compose files use it; in quotes, or before other values, it is a key like any other. */
const isMergeKey = (key: unknown): boolean =>
  isScalar(key) && key.value === "<<" && (key.type === undefined || key.type === "PLAIN");

class Reader {
  readonly places = new Map<string, Place>();
  readonly #document: Document;
  readonly #text: string;
  readonly #open = new Set<unknown>();
  #targets: Map<Alias, unknown> | undefined;
  /** Keys that their mapping has already, by offset; once, however often aliases repeat the mapping. */
  readonly duplicates = new Map<number, string>();
  #nodes = 0;

  constructor(document: Document, text: string) {
    this.#document = document;
    this.#text = text;
  }

  read(node: unknown, path: SpecPath, key: Span | undefined, at: Span): unknown {
    const value = spanOf(node, this.#text) ?? at;
    this.places.set(pathKey(path), key === undefined ? { value } : { key, value });
    if (++this.#nodes > MAX_NODES) {
      throw new Unreadable(`more than ${MAX_NODES} entries (aliases counted at each use)`, value);
    }
    if (path.length > MAX_DEPTH) throw new Unreadable(`nested deeper than ${MAX_DEPTH} levels`, value);
    if (isAlias(node)) {
      const target = this.#resolve(node);
      if (target === undefined || this.#open.has(target)) {
        throw new Unreadable(
          `alias *${node.source} ${target === undefined ? "has no anchor" : "holds itself"}`,
          value,
        );
      }
      return this.read(target, path, key, value);
    }
    if (isScalar(node)) return scalarValue(node.value);
    if (!isMap(node) && !isSeq(node)) return null;
    this.#open.add(node);
    const result = isMap(node) ? this.#mapping(node.items, path, value) : this.#list(node.items, path, value);
    this.#open.delete(node);
    return result;
  }

  /** The last node before an alias that has its anchor; in one pass, as the library searches the document for each. */
  #resolve(alias: Alias): unknown {
    if (this.#targets === undefined) {
      const anchors = new Map<string, unknown>();
      const targets = new Map<Alias, unknown>();
      visit(this.#document, {
        Node: (_, node) => {
          if (isAlias(node)) targets.set(node, anchors.get(node.source));
          else if (node.anchor !== undefined) anchors.set(node.anchor, node);
        },
      });
      this.#targets = targets;
    }
    return this.#targets.get(alias);
  }

  #list(items: readonly unknown[], path: SpecPath, at: Span): unknown[] {
    // A list may hold `key: value` pairs in flow form ([a: 1]); as data that is a mapping of one entry.
    return items.map((item, index) =>
      isPair(item)
        ? this.#mapping([item], [...path, index], at)
        : this.read(item, [...path, index], undefined, at),
    );
  }

  #mapping(items: readonly unknown[], path: SpecPath, at: Span): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const seen = new Set<string>();
    // Merged entries first: the mapping's own, and what is merged earlier in a list, go before.
    for (const item of items) {
      const merged = isPair(item) ? this.#mergedBy(item) : undefined;
      if (merged !== undefined && isPair(item))
        this.#merge(merged, result, path, spanOf(item.key, this.#text) ?? at);
    }
    for (const item of items) {
      if (!isPair(item) || this.#mergedBy(item) !== undefined) continue;
      const keySpan = spanOf(item.key, this.#text) ?? at;
      const keyNode = isAlias(item.key) ? this.#resolve(item.key) : item.key;
      if (!isScalar(keyNode)) throw new Unreadable("a key must be plain text", keySpan);
      const key = String(scalarValue(keyNode.value));
      if (key === "__proto__") throw new Unreadable("the key __proto__ cannot be used", keySpan);
      if (seen.has(key)) this.duplicates.set(keySpan.start, key);
      seen.add(key);
      const childPath = [...path, key];
      const value = this.read(item.value, childPath, keySpan, keySpan);
      result[key] = value;
    }
    return result;
  }

  /** The mappings that `<<: *anchor`, or a list of such, takes in; undefined for any other entry. */
  #mergedBy(pair: Pair): readonly YAMLMap[] | undefined {
    if (!isMergeKey(pair.key)) return undefined;
    const target = (node: unknown): unknown => (isAlias(node) ? this.#resolve(node) : node);
    const items = isSeq(pair.value) ? pair.value.items.map(target) : [target(pair.value)];
    return items.length > 0 && items.every(isMap) ? items : undefined;
  }

  #merge(sources: readonly YAMLMap[], result: Record<string, unknown>, path: SpecPath, at: Span): void {
    for (const source of [...sources].reverse()) {
      if (this.#open.has(source))
        throw new Unreadable("the merge key << takes in a mapping that holds it", at);
      this.#open.add(source);
      Object.assign(result, this.#mapping(source.items, path, at));
      this.#open.delete(source);
    }
  }
}

function problem(file: string, rule: string, message: string, span: Span, help: string): Diagnostic {
  return { rule, severity: "error", message, file, span, help };
}

/** The library's messages begin with a capital, may have several lines, and some end in a full stop. */
function plainMessage(message: string): string {
  const line = (message.split("\n")[0] ?? "").trim().replace(/[.:]$/, "");
  return line.charAt(0).toLowerCase() + line.slice(1);
}

/**
 * Reads YAML 1.2 or JSON (which is YAML) into plain data and remembers where each entry stands. Never throws: what
 * cannot be read comes back as diagnostics `spec/syntax` and `spec/duplicate-key`.
 */
export function readYaml(text: string, file: string): YamlSource {
  const diagnostics: Diagnostic[] = [];
  let places = new Map<string, Place>();
  let data: unknown;
  const help =
    "the spec is YAML 1.2 or JSON; indent with blanks, and quote text that holds ': ', ' #', or begins with one of * & ! % @ `";
  const fail = (message: string, span: Span): void => {
    diagnostics.push(problem(file, "spec/syntax", message, span, help));
  };
  const clamp = (start: number, end: number): Span => {
    const from = Math.max(0, Math.min(start, text.length));
    return { start: from, end: Math.max(from, Math.min(end, text.length)) };
  };
  if (text.length > MAX_CHARACTERS) {
    fail(`the file has ${text.length} characters, more than ${MAX_CHARACTERS}`, { start: 0, end: 0 });
  } else {
    const tooDeep = findTooDeep(text, MAX_DEPTH);
    if (tooDeep !== undefined) {
      fail(`nested deeper than ${MAX_DEPTH} levels`, clamp(tooDeep.offset, tooDeep.offset + 1));
    } else {
      let reader: Reader | undefined;
      try {
        const document = parseDocument(text, {
          prettyErrors: false,
          intAsBigInt: true,
          keepSourceTokens: false,
          // The library compares each key with all before it.
          uniqueKeys: false,
          logLevel: "error",
        });
        for (const error of document.errors.slice(0, MAX_ERRORS)) {
          const span = clamp(error.pos[0], error.pos[1]);
          fail(
            error.code === "MULTIPLE_DOCS"
              ? "a second YAML document begins here, but a spec is one document"
              : plainMessage(error.message),
            span,
          );
        }
        for (const warning of document.warnings)
          fail(plainMessage(warning.message), clamp(warning.pos[0], warning.pos[1]));
        reader = new Reader(document, text);
        data = reader.read(document.contents, [], undefined, { start: 0, end: Math.min(1, text.length) });
      } catch (error) {
        data = undefined;
        if (error instanceof Unreadable) fail(error.message, error.span);
        else if (error instanceof RangeError)
          fail("nested too deeply to be read", { start: 0, end: Math.min(1, text.length) });
        else fail(plainMessage(error instanceof Error ? error.message : String(error)), { start: 0, end: 0 });
      }
      if (reader !== undefined && data !== undefined) places = reader.places;
      for (const [start, key] of [...(reader?.duplicates ?? [])].slice(0, MAX_ERRORS)) {
        const span = clamp(start, start + Math.max(1, key.length));
        const message = `key ${JSON.stringify(key)} is given twice in one mapping`;
        diagnostics.push(problem(file, "spec/duplicate-key", message, span, "keep one of the two"));
      }
    }
  }
  const locate = (path: SpecPath, part: SpecPart = "value"): Span => {
    for (let length = path.length; length >= 0; length--) {
      const place = places.get(pathKey(path.slice(0, length)));
      if (place === undefined) continue;
      // An enclosing entry is shown by its key; its value may span many lines.
      const wanted = length === path.length ? part : "key";
      const span = wanted === "key" ? (place.key ?? place.value) : place.value;
      if (span === undefined) continue;
      return length === 0 && path.length > 0
        ? { start: span.start, end: Math.min(span.end, span.start + 1) }
        : span;
    }
    return { start: 0, end: 0 };
  };
  return { file, text, data, diagnostics, locate };
}
