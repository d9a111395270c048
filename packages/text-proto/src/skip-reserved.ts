import { scalarText } from "./read-scalar.ts";
import type { FieldNode, TextDocument, ValueNode } from "./tree.ts";

/**
 * The token that keeps the parser from passing over a field with a reserved name, or undefined where it can. Inside, any
 * field names, bracketed names, nested lists and separators will do; an empty list, a minus before a word, or a separator
 * right after the field will not.
 */
export function firstUnskippable(doc: TextDocument, field: FieldNode): number | undefined {
  if (field.separator !== -1) return field.separator;
  const values: { value: ValueNode; colon: boolean }[] = [];
  const add = (inner: FieldNode): number | undefined => {
    if (inner.value === undefined) return inner.first;
    // Without a colon only a message can be passed over.
    if (inner.colon === -1 && inner.value.kind !== "message") return inner.value.first;
    values.push({ value: inner.value, colon: inner.colon !== -1 });
    return undefined;
  };
  const wrong = add(field);
  if (wrong !== undefined) return wrong;
  for (let next = values.pop(); next !== undefined; next = values.pop()) {
    const { value } = next;
    if (value.kind === "message") {
      for (const inner of value.fields) {
        const token = add(inner);
        if (token !== undefined) return token;
      }
    } else if (value.kind === "list") {
      if (value.items.length === 0) return value.last;
      for (const item of value.items) values.push({ value: item, colon: true });
    } else if (value.negative && value.type === "identifier") {
      const word = scalarText(doc, value).toLowerCase();
      if (word !== "inf" && word !== "infinity" && word !== "nan") return value.last;
    }
  }
  return undefined;
}
