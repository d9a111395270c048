import { unescapeLiterals, unescapeLiteralsToText } from "./escape.ts";
import type { FieldValue } from "./message.ts";
import { integerBounds, isHexOrOctal, parseDecimal, parseMagnitude, toFloat } from "./numbers.ts";
import type { FieldInfo } from "./schema-info.ts";
import { TokenKind } from "./tokens.ts";
import { type ScalarNode, type TextDocument, tokenStart } from "./tree.ts";

export interface ScalarValue {
  readonly value: FieldValue;
  readonly enumName: string | undefined;
  /** `-nan`: the sign is in the wire form, but no JavaScript number has it. */
  readonly negativeNan: boolean;
}

const plain = (value: FieldValue): ScalarValue => ({ value, enumName: undefined, negativeNan: false });

/** Text of the last token of a scalar: the number or identifier without its sign. */
export const scalarText = (doc: TextDocument, node: ScalarNode): string =>
  doc.text.slice(tokenStart(doc.tokens, node.last), doc.tokens.ends[node.last]);

/** The string literals of a scalar, with their quotes. */
export function literals(doc: TextDocument, node: ScalarNode): string[] {
  const found: string[] = [];
  for (let index = node.first; index <= node.last; index++) {
    if (doc.tokens.kinds[index] === TokenKind.String) {
      found.push(doc.text.slice(tokenStart(doc.tokens, index), doc.tokens.ends[index]));
    }
  }
  return found;
}

function textValue(doc: TextDocument, node: ScalarNode): string {
  if (node.first === node.last) {
    // One literal, and nearly always one without escapes.
    const content = doc.text.slice(
      tokenStart(doc.tokens, node.first) + 1,
      (doc.tokens.ends[node.first] ?? 0) - 1,
    );
    if (!content.includes("\\")) return content;
  }
  return unescapeLiteralsToText(literals(doc, node));
}

/** The value of a scalar for a field, or undefined where the field cannot hold it. */
export function readScalar(doc: TextDocument, node: ScalarNode, info: FieldInfo): ScalarValue | undefined {
  if (info.kind === "enum") return readEnum(doc, node, info);
  const { type } = info.field;
  switch (type) {
    case "string":
      return node.type === "string" ? plain(textValue(doc, node)) : undefined;
    case "bytes":
      return node.type === "string" ? plain(unescapeLiterals(literals(doc, node))) : undefined;
    case "bool":
      return readBool(doc, node);
    case "double":
    case "float":
      return readFloating(doc, node, type === "float");
  }
  const value = readInteger(doc, node, type);
  if (value === undefined) return undefined;
  return plain(type.endsWith("64") ? value : Number(value));
}

/** An integer within the bounds of its type. */
function readInteger(doc: TextDocument, node: ScalarNode, type: string): bigint | undefined {
  const bounds = integerBounds[type];
  if (node.type !== "integer" || bounds === undefined) return undefined;
  if (node.negative && bounds[0] === 0n) return undefined;
  const magnitude = parseMagnitude(scalarText(doc, node));
  if (magnitude === undefined) return undefined;
  const value = node.negative ? -magnitude : magnitude;
  return value < bounds[0] || value > bounds[1] ? undefined : value;
}

function readBool(doc: TextDocument, node: ScalarNode): ScalarValue | undefined {
  if (node.negative) return undefined;
  const text = scalarText(doc, node);
  if (node.type === "integer") {
    const value = parseMagnitude(text);
    return value === 0n ? plain(false) : value === 1n ? plain(true) : undefined;
  }
  if (node.type !== "identifier") return undefined;
  if (text === "true" || text === "True" || text === "t") return plain(true);
  if (text === "false" || text === "False" || text === "f") return plain(false);
  return undefined;
}

function readFloating(doc: TextDocument, node: ScalarNode, single: boolean): ScalarValue | undefined {
  const text = scalarText(doc, node);
  let magnitude: number;
  if (node.type === "identifier") {
    const lower = text.toLowerCase();
    if (lower === "inf" || lower === "infinity") magnitude = Number.POSITIVE_INFINITY;
    else if (lower === "nan") magnitude = Number.NaN;
    else return undefined;
  } else if (node.type === "float") magnitude = parseDecimal(text);
  else if (node.type === "integer" && !isHexOrOctal(text)) magnitude = parseDecimal(text);
  else return undefined;
  const value = node.negative ? -magnitude : magnitude;
  return {
    value: single ? toFloat(value) : value,
    enumName: undefined,
    negativeNan: node.negative && Number.isNaN(value),
  };
}

function readEnum(doc: TextDocument, node: ScalarNode, info: FieldInfo): ScalarValue | undefined {
  const schema = info.enumeration;
  if (schema === undefined) return undefined;
  if (node.type === "identifier") {
    const name = scalarText(doc, node);
    if (node.negative || !Object.hasOwn(schema.values, name)) return undefined;
    return { value: schema.values[name] ?? 0, enumName: name, negativeNan: false };
  }
  const number = readInteger(doc, node, "int32");
  if (number === undefined) return undefined;
  const value = Number(number);
  const name = Object.keys(schema.values).find((key) => schema.values[key] === value);
  if (name === undefined && schema.closed) return undefined;
  return { value, enumName: name, negativeNan: false };
}
