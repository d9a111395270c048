import { byKey, encodeContent } from "./encode.ts";
import { escapeBytes } from "./escape.ts";
import { type EntryNode, isDefault, MessageNode } from "./message.ts";
import { printFloating } from "./numbers.ts";
import type { FieldSchema } from "./schema.ts";
import { bytesOfText } from "./text-bytes.ts";

export { type PrintOptions, printMessage } from "./print-message.ts";

/** One line to be printed, or a block whose content is printed first. */
type Work = { readonly line: string } | { readonly node: MessageNode; readonly indent: string };

/**
 * The text that `protoc --decode` prints for a message: fields by number, map entries sorted by key (equal keys
 * are all printed), an Any as its type URL and bytes.
 */
export function canonicalText(message: MessageNode): string {
  let text = "";
  const stack: Work[] = [{ node: message, indent: "" }];
  for (let work = stack.pop(); work !== undefined; work = stack.pop()) {
    if ("line" in work) text += work.line;
    else stack.push(...lines(work.node, work.indent).reverse());
  }
  return text;
}

function lines(node: MessageNode, indent: string): Work[] {
  const work: Work[] = [];
  const scalar = (name: string, value: string): void => {
    work.push({ line: `${indent}${name}: ${value}\n` });
  };
  if (node.any !== undefined) {
    scalar("type_url", `"${escapeBytes(bytesOfText(node.any.typeUrl))}"`);
    const content = encodeContent(node.any.message);
    if (content.length > 0) scalar("value", `"${escapeBytes(content)}"`);
  }
  for (const [field, entries] of byNumber(node)) {
    if (node.any !== undefined && field.number === 1) continue;
    for (const entry of field.map ? byKey(entries) : entries) {
      if (entry.value instanceof MessageNode) {
        work.push({ line: `${indent}${field.name} {\n` });
        work.push({ node: entry.value, indent: `${indent}  ` });
        work.push({ line: `${indent}}\n` });
      } else scalar(field.name, printScalar(field, entry));
    }
  }
  return work;
}

function byNumber(node: MessageNode): [FieldSchema, EntryNode[]][] {
  const found = new Map<FieldSchema, EntryNode[]>();
  for (const entry of node.entries) {
    const entries = found.get(entry.field);
    if (entries !== undefined && entry.field.repeated) entries.push(entry);
    else found.set(entry.field, [entry]);
  }
  if (node.schema.mapEntry) {
    return node.schema.fields.map((field) => [field, found.get(field) ?? [missing(field)]]);
  }
  return [...found]
    .filter(([field, [entry]]) => {
      const kept = field.repeated || field.kind === "message" || field.presence || field.oneof !== undefined;
      return kept || (entry !== undefined && !isDefault(entry.value));
    })
    .sort(([a], [b]) => a.number - b.number);
}

/** Key or value that a map entry lacks: printed with its default. */
function missing(field: FieldSchema): EntryNode {
  const value =
    field.kind === "message"
      ? new MessageNode({ name: field.type, fields: [] }, 0, 0)
      : field.type === "string"
        ? ""
        : field.type === "bytes"
          ? new Uint8Array(0)
          : field.type === "bool"
            ? false
            : 0;
  return { field, value, enumName: undefined } as EntryNode;
}

function printScalar(field: FieldSchema, { value, enumName }: EntryNode): string {
  switch (typeof value) {
    case "string":
      return `"${escapeBytes(bytesOfText(value))}"`;
    case "object":
      return value instanceof Uint8Array ? `"${escapeBytes(value)}"` : "";
    case "number":
      if (field.kind === "enum") return enumName ?? String(value);
      if (field.type === "double" || field.type === "float")
        return printFloating(value, field.type === "float");
      return String(value);
    default:
      return String(value);
  }
}
