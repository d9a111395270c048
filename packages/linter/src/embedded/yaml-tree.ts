import { findTooDeep } from "@servable/config-schema/yaml-depth";
import type { Span } from "@servable/diagnostics";
import { isAlias, isMap, isScalar, isSeq, type Node, Pair, parseAllDocuments, type YAMLMap } from "yaml";
import { unknownText } from "./shell-words.ts";

export type MaybeNode = Node | null | undefined;

/** The value below a path of keys. */
export function child(node: MaybeNode, ...path: readonly string[]): MaybeNode {
  let at: MaybeNode = node;
  for (const key of path) {
    if (!isMap(at)) return undefined;
    at = (at as YAMLMap<Node, Node>).items.find(
      (pair) => isScalar(pair.key) && String(pair.key.value) === key,
    )?.value;
  }
  return at;
}

/** Place of a node's value (without comments and blanks behind it). */
export const spanOf = (node: MaybeNode): Span | undefined =>
  node?.range == null ? undefined : { start: node.range[0], end: node.range[1] };

export const textOf = (node: MaybeNode): string | undefined =>
  isScalar(node) && node.value !== null && node.value !== undefined
    ? // A number is meant as it is written: 08500, 1_000.
      typeof node.value !== "string" && node.source !== undefined
      ? node.source
      : String(node.value)
    : undefined;

export const items = (node: MaybeNode): Node[] =>
  isSeq(node) ? node.items.filter((item): item is Node => item !== null && typeof item === "object") : [];

export const entries = (node: MaybeNode): { key: string; value: MaybeNode; keyNode: Node }[] =>
  isMap(node)
    ? (node as YAMLMap<Node, Node>).items.flatMap((pair) =>
        isScalar(pair.key) ? [{ key: String(pair.key.value), value: pair.value, keyNode: pair.key }] : [],
      )
    : [];

/** A list, or the one value that may stand for it. */
export const listOf = (node: MaybeNode): Node[] => (isSeq(node) ? items(node) : node == null ? [] : [node]);

/**
 * Template expressions of Helm and the like (`{{ … }}`) replaced by text of the same length: a line with nothing else
 * is blank, elsewhere they stand for something unknown.
 */
function withoutTemplates(text: string): string {
  if (!text.includes("{{")) return text;
  return text
    .replace(/^[ \t]*(?:-[ \t]+)?\{\{[^}\n]*\}\}[ \t]*$/gm, (line) => " ".repeat(line.length))
    .replace(/\{\{[^\n]*?\}\}/g, (expression) => unknownText.repeat(expression.length));
}

/** Deeper than any manifest. The parser descends by recursion, and what is too deep for it can end the process. */
const maxDepth = 200;

/** The documents of a file that can be read, aliases and merge keys in place. Never throws. */
export function yamlDocuments(text: string): Node[] {
  let parsed: ReturnType<typeof parseAllDocuments>;
  const plain = withoutTemplates(text);
  if (findTooDeep(plain, maxDepth) !== undefined) return [];
  try {
    parsed = parseAllDocuments(plain, {
      uniqueKeys: false,
      logLevel: "silent",
      prettyErrors: false,
      strict: false,
    });
  } catch (error) {
    // The reader descends by recursion: ten thousand brackets are too many for it.
    if (error instanceof RangeError) return [];
    throw error;
  }
  if (!Array.isArray(parsed)) return [];
  return parsed.flatMap((document) => {
    if (document.errors.length > 0 || document.contents === null) return [];
    const root = document.contents as Node;
    settleReferences(root);
    return [root];
  });
}

/** What each alias stands for: the node that had the anchor last before it. */
function aliasTargets(root: Node): ReadonlyMap<unknown, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<unknown, Node>();
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
    } else if (isSeq(node) || isMap(node) || isScalar(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node as Node);
      if (isSeq(node)) for (const item of node.items.toReversed()) pending.push(item);
      else if (isMap(node)) {
        for (let index = node.items.length - 1; index >= 0; index--)
          pending.push(node.items[index]?.value, node.items[index]?.key);
      }
    }
  }
  return targets;
}

/** Puts what an alias stands for in its place, and the keys of `<<` into their map. Shares nodes, copies none. */
function settleReferences(root: Node): void {
  const targets = aliasTargets(root);
  const seen = new Set<unknown>();
  const target = (node: unknown): unknown => (isAlias(node) ? targets.get(node) : node);
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (seen.has(node)) continue;
    seen.add(node);
    if (isSeq(node)) {
      for (const [index, item] of node.items.entries()) node.items[index] = target(item);
      for (const item of node.items) pending.push(item);
    } else if (isMap(node)) {
      const map = node as YAMLMap<Node, unknown>;
      for (const pair of map.items) pair.value = target(pair.value);
      const own = new Set(map.items.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : "")));
      for (const pair of map.items.filter(({ key }) => isScalar(key) && key.value === "<<")) {
        for (const merged of isSeq(pair.value) ? pair.value.items.map(target) : [pair.value]) {
          if (!isMap(merged)) continue;
          for (const other of [...merged.items] as Pair<Node, unknown>[]) {
            const key = isScalar(other.key) ? String(other.key.value) : "";
            if (own.has(key)) continue;
            own.add(key);
            map.items.push(new Pair(other.key, target(other.value)));
          }
        }
      }
      for (const { value } of map.items) pending.push(value);
    }
  }
}

/** Every map below a node, itself included, each once. */
export function* mapsBelow(root: MaybeNode): Generator<YAMLMap<Node, Node>> {
  const seen = new Set<unknown>();
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const node = pending.pop();
    if (seen.has(node)) continue;
    seen.add(node);
    if (isSeq(node)) for (const item of node.items.toReversed()) pending.push(item);
    else if (isMap(node)) {
      yield node as YAMLMap<Node, Node>;
      for (const { value } of node.items.toReversed()) pending.push(value);
    }
  }
}
