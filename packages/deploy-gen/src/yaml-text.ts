import { Document, isScalar, Scalar, visit } from "yaml";

/** Line breaks and signs that YAML 1.1, or a terminal, takes for more than text. The library prints them as they are. */
const UNSAFE = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/;
const UNSAFE_ALL = new RegExp(UNSAFE, "g");

/**
 * One YAML document with a comment on top: whatever a value holds, it reads back the same, also by the YAML 1.1 readers of
 * docker compose and kubectl, which take `yes`, `0o17` or `1:30` for something else and break lines at U+0085.
 */
export function yamlText(data: unknown, header: readonly string[]): string {
  const document = new Document(data, {
    aliasDuplicateObjects: false,
    keepUndefined: false,
    compat: "yaml-1.1",
  });
  document.commentBefore = header.map((line) => ` ${line}`).join("\n");
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === "string" && UNSAFE.test(node.value)) {
        node.type = Scalar.QUOTE_DOUBLE;
      }
    },
  });
  // Within double quotes, where all of them now are, each can be escaped.
  return document
    .toString({ lineWidth: 0 })
    .replace(UNSAFE_ALL, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
