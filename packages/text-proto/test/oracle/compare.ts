import {
  bytesOfText,
  canonicalText,
  cppVerdict,
  encode,
  format,
  MessageNode,
  parse,
  printDocument,
  printMessage,
  read,
  type SchemaSet,
  TokenKind,
  textOfBytes,
  toPlain,
  type ValueNode,
} from "@servable/text-proto";
import type { OracleAnswer, OracleInput } from "./oracle.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Whether a map in the message has a key twice. */
function hasEqualKeys(root: MessageNode): boolean {
  const stack = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const seen = new Set<string>();
    if (node.any !== undefined) stack.push(node.any.message);
    for (const { field, value } of node.entries) {
      if (!(value instanceof MessageNode)) continue;
      stack.push(value);
      if (!field.map) continue;
      const type = value.schema.fields[0]?.type;
      const key = `${field.name} ${String(value.get("key")?.value ?? (type === "string" ? "" : type === "bool" ? false : 0))}`;
      if (seen.has(key)) return true;
      seen.add(key);
    }
  }
  return false;
}

/**
 * The comments of a text in order, each with the number of words, numbers and strings before it; -1 inside the beginning of
 * a field (between its name and its value, or in a type URL), where the formatter has to move it.
 */
function comments(text: string): { readonly comment: string; readonly words: number }[] {
  const doc = parse(text);
  const { tokens } = doc;
  const moves = new Set<number>();
  const open = [...doc.fields];
  const values: ValueNode[] = [];
  for (let field = open.pop(); field !== undefined; field = open.pop()) {
    if (field.value === undefined) continue;
    for (let index = field.first; index < field.value.first; index++) moves.add(index);
    values.push(field.value);
    for (let value = values.pop(); value !== undefined; value = values.pop()) {
      if (value.kind === "message") open.push(...value.fields);
      else if (value.kind === "list") values.push(...value.items);
      else if (value.type !== "string")
        for (let index = value.first; index < value.last; index++) moves.add(index);
    }
  }
  const found: { comment: string; words: number }[] = [];
  let words = 0;
  for (let index = 0; index < tokens.count; index++) {
    const kind = tokens.kinds[index] ?? 0;
    if (kind >= TokenKind.Identifier && kind <= TokenKind.String) words++;
    if (kind !== TokenKind.Comment) continue;
    const comment = text.slice(tokens.ends[index - 1] ?? 0, tokens.ends[index]).trimEnd();
    found.push({ comment, words: moves.has(index) ? -1 : words });
  }
  return found;
}

/** How formatting treats the comments of a text badly, or undefined. */
function lostComments(text: string, formatted: string): string | undefined {
  const before = comments(text);
  const after = comments(formatted);
  if (before.length !== after.length)
    return `format keeps ${after.length} of ${before.length} comments: ${JSON.stringify(formatted)}`;
  for (const [index, { comment, words }] of before.entries()) {
    const kept = after[index];
    if (kept?.comment !== comment)
      return `format changes or moves the comment ${JSON.stringify(comment)}: ${JSON.stringify(formatted)}`;
    if (words !== -1 && kept.words !== words)
      return `format moves the comment ${JSON.stringify(comment)} to another field: ${JSON.stringify(formatted)}`;
  }
  return undefined;
}

/** How our verdict on one input differs from the C++ parser's, or undefined. */
export function disagreement(
  { message: name, text: bytes }: OracleInput,
  answer: OracleAnswer,
  schemas: SchemaSet,
): string | undefined {
  const text = textOfBytes(bytes);
  if (!Buffer.from(bytesOfText(text)).equals(Buffer.from(bytes))) return "bytes are not kept by textOfBytes";
  const doc = parse(text);
  if (printDocument(doc) !== text) return "tokens do not tile the text";
  const { message, errors } = read(doc, name, schemas);
  for (const { span } of errors) {
    if (!(span.start >= 0 && span.start <= span.end && span.end <= text.length))
      return "a span is outside the text";
  }
  const accept = errors.length === 0;
  if (accept !== answer.accept) {
    const why = accept ? JSON.stringify(answer.errors[0]) : errors[0]?.message;
    return `we ${accept ? "accept" : "refuse"}, C++ does not: ${why}`;
  }
  const verdict = cppVerdict(text, name, schemas);
  const theirs = { accept: answer.accept, errors: answer.errors, warnings: answer.warnings };
  if (JSON.stringify(verdict) !== JSON.stringify(theirs)) {
    return `verdict ${JSON.stringify(verdict)} instead of ${JSON.stringify(theirs)}`;
  }
  if (!accept) return undefined;
  const ours = hex(encode(message));
  if (ours !== hex(answer.bytes)) return `bytes ${ours} instead of ${hex(answer.bytes)}`;
  const printed = canonicalText(message);
  if (printed !== answer.printed.toString("latin1")) {
    return `canonical text ${JSON.stringify(printed)} instead of ${JSON.stringify(answer.printed.toString("latin1"))}`;
  }
  // Plain data keeps the last of equal map keys and no sign of NaN.
  if (!/nan/i.test(text) && !hasEqualKeys(message)) {
    const plain = printMessage(toPlain(message), name, schemas);
    const back = read(parse(plain), name, schemas);
    if (back.errors.length > 0)
      return `printed text does not read: ${back.errors[0]?.message} ${JSON.stringify(plain)}`;
    if (hex(encode(back.message)) !== ours && !/\[/.test(text))
      return `printed text is another message: ${JSON.stringify(plain)}`;
  }
  const formatted = format(text, { message: name, schemas });
  if (formatted.errors !== undefined) return `format refuses: ${formatted.errors[0]?.message}`;
  const again = format(formatted.text, { message: name, schemas });
  if (again.text !== formatted.text)
    return `format is not idempotent: ${JSON.stringify([formatted.text, again.text])}`;
  const kept = read(parse(formatted.text), name, schemas);
  if (hex(encode(kept.message)) !== ours)
    return `format changes the message: ${JSON.stringify(formatted.text)}`;
  return lostComments(text, formatted.text);
}
