import { Document, isMap, isScalar, Scalar, visit } from "yaml";
import { commentText } from "./header.ts";

/** Line breaks and signs that YAML 1.1, or a terminal, takes for more than text. The library prints them as they are. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;
/** Lines of nothing but blanks at the start: the library writes a block whose indentation reads back otherwise. */
const BLANK_START = /^[ \t\n]*[ \t]\n/;
const UNSAFE_ALL = new RegExp(UNSAFE, "g");

/** A comment above a key. */
export interface YamlNote {
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/**
 * One YAML document with a comment on top, and notes where they have a key to stand above: whatever a value holds, it reads back the same, also by the YAML 1.1 readers of
 * docker compose and kubectl, which take `yes`, `0o17` or `1:30` for something else and break lines at U+0085.
 */
export function yamlText(data: unknown, header: readonly string[], notes: readonly YamlNote[] = []): string {
  const document = new Document(data, {
    aliasDuplicateObjects: false,
    keepUndefined: false,
    compat: "yaml-1.1",
  });
  document.commentBefore = header.map((line) => ` ${line}`).join("\n");
  for (const { path, text } of notes) {
    const parent = document.getIn(path.slice(0, -1), true);
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
      : undefined;
    if (isScalar(pair?.key)) pair.key.commentBefore = ` ${commentText(text)}`;
  }
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === "string" && needsQuotes(node.value)) {
        node.type = Scalar.QUOTE_DOUBLE;
      }
    },
  });
  // Within double quotes, where all of them now are, each can be escaped.
  return document
    .toString({ lineWidth: 0 })
    .replace(UNSAFE_ALL, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const needsQuotes = (text: string): boolean => UNSAFE.test(text) || BLANK_START.test(text);
