import { nearest, type Span, type TextEdit } from "@servable/diagnostics";
import { shown } from "./lexical-errors.ts";
import { integerBounds, isHexOrOctal } from "./numbers.ts";
import type { Frame } from "./read-frame.ts";
import { literals, readScalar, scalarText } from "./read-scalar.ts";
import type { FieldInfo } from "./schema-info.ts";
import type { TextError } from "./text-error.ts";
import { type FieldNode, type ScalarNode, spanOf, type TextDocument, type ValueNode } from "./tree.ts";
import { article, names, short, textOf } from "./wording.ts";

/** Why a field cannot hold a value. */
export function valueProblem(
  doc: TextDocument,
  field: FieldNode,
  value: ValueNode,
  info: FieldInfo,
  frame: Frame,
): TextError {
  const span = spanOf(doc, value.first, value.last);
  const nameEnd = doc.tokens.ends[field.nameLast] ?? span.start;
  const error = (
    message: string,
    help: string,
    fix?: { title: string; edits: TextEdit[] },
    at: Span = span,
  ): TextError => ({
    code: "invalid-value",
    message,
    help,
    span: at,
    ...(fix === undefined ? {} : { fix: { ...fix, safety: "safe" as const } }),
  });
  if (info.kind === "message") return messageExpected(doc, field, value, info, error, nameEnd);
  const kind = info.kind === "enum" ? `the enum ${short(info.field.type)}` : article(info.field.type);
  if (value.kind === "list") {
    if (!info.repeated) {
      return error(
        `${info.name} is not repeated, so it cannot hold a list`,
        `write "${info.name}: value"; ${info.name} of ${short(frame.info.schema.name)} is ${kind}`,
      );
    }
    if (field.value === value) {
      return {
        ...error(
          `expected ":" after ${info.name}, found "["`,
          `a list of values needs a colon: "${info.name}: [ … ]"`,
          { title: "add the colon", edits: [{ start: nameEnd, end: nameEnd, newText: ":" }] },
          { start: span.start, end: span.start + 1 },
        ),
        code: "syntax",
      };
    }
    return error(
      `a list inside the list of ${info.name}`,
      "lists cannot be nested: write all items into one",
    );
  }
  if (value.kind === "message") {
    const [inner] = value.fields;
    const content = inner?.value;
    const plain =
      value.fields.length === 1 && inner?.name === "value" && content?.kind === "scalar" && !inner.broken
        ? content
        : undefined;
    const fits = plain !== undefined && readScalar(doc, plain, info) !== undefined;
    return error(
      `${info.name} is ${kind}, not a message`,
      `write "${info.name}: ${plain === undefined ? "value" : textOf(doc, plain)}" without braces`,
      fits
        ? {
            title: "write the value without braces",
            edits: [
              field.value === value
                ? { start: nameEnd, end: span.end, newText: `: ${textOf(doc, plain)}` }
                : { ...span, newText: textOf(doc, plain) },
            ],
          }
        : undefined,
    );
  }
  return scalarProblem(doc, value, info, error, span);
}

type MakeError = (message: string, help: string, fix?: { title: string; edits: TextEdit[] }) => TextError;

/** A scalar or list where a message must stand: most often a wrapper written as a plain value. */
function messageExpected(
  doc: TextDocument,
  field: FieldNode,
  value: ValueNode,
  info: FieldInfo,
  error: MakeError,
  nameEnd: number,
): TextError {
  const type = info.field.type;
  const found = shown(textOf(doc, value));
  const fields = [...(info.message?.fields.values() ?? [])];
  const [only] = fields;
  if (value.kind === "list" && !info.repeated) {
    return error(
      `${info.name} is not repeated, so it cannot hold a list`,
      `write "${info.name} { … }" with the fields of ${short(type)}: ${names(fields.map((known) => known.name))}`,
    );
  }
  if (fields.length === 1 && only !== undefined && only.kind !== "message") {
    const wanted = `${info.name} { ${only.name}: ${value.kind === "scalar" ? textOf(doc, value) : "…"} }`;
    const fits = value.kind === "scalar" && readScalar(doc, value, only) !== undefined;
    // A list item has no name of its own to write the block after.
    const alone = fits && field.value === value;
    const wrapper = type.startsWith("google.protobuf.");
    return error(
      `${info.name} is a message of type ${wrapper ? type : short(type)}, not ${found}`,
      `write ${wanted}${wrapper ? ": the wrapper message tells a value that is set from one that is not" : ""}`,
      alone
        ? {
            title: `write ${wanted}`,
            edits: [
              {
                start: nameEnd,
                end: doc.tokens.ends[value.last] ?? nameEnd,
                newText: ` { ${only.name}: ${textOf(doc, value)} }`,
              },
            ],
          }
        : undefined,
    );
  }
  return error(
    `${info.name} is a message of type ${short(type)}, not ${found}`,
    fields.length === 0
      ? `write ${info.name} { }`
      : `write ${info.name} { … } with the fields of ${short(type)}: ${names(fields.map((known) => known.name))}`,
  );
}

function scalarProblem(
  doc: TextDocument,
  value: ScalarNode,
  info: FieldInfo,
  error: MakeError,
  span: Span,
): TextError {
  const raw = textOf(doc, value);
  const found = shown(raw);
  const { type } = info.field;
  const replace = (title: string, newText: string): { title: string; edits: TextEdit[] } => ({
    title,
    edits: [{ ...span, newText }],
  });
  if (info.kind === "enum") {
    const values = Object.keys(info.enumeration?.values ?? {});
    const written = value.type === "string" ? (literals(doc, value)[0]?.slice(1, -1) ?? "") : raw;
    const suggestion = values.includes(written) ? written : nearest(written, values);
    return error(
      `${info.name} cannot be ${found}`,
      `${suggestion === undefined ? "" : `did you mean ${suggestion}? `}values of ${short(type)}: ${names(values)}`,
      suggestion === written ? replace(`write ${suggestion}`, suggestion) : undefined,
    );
  }
  const bounds = integerBounds[type];
  if (bounds !== undefined) {
    if (value.type === "integer") {
      if (value.negative && bounds[0] === 0n) {
        return error(
          `${info.name} cannot be negative, but is ${found}`,
          `it is ${article(type)}: 0 to ${bounds[1]}`,
        );
      }
      return error(
        `${info.name} is out of range: ${found}`,
        `it is ${article(type)}: ${bounds[0]} to ${bounds[1]}`,
      );
    }
    const inner =
      value.type === "string"
        ? literals(doc, value)
            .map((literal) => literal.slice(1, -1))
            .join("")
        : "";
    const number =
      /^-?(0|[1-9]\d{0,17})$/.test(inner) && (bounds[0] < 0n || !inner.startsWith("-")) ? inner : undefined;
    return error(
      `${info.name} must be an integer, not ${found}`,
      number === undefined
        ? `it is ${article(type)}: write digits, without quotes, point, exponent or unit`
        : `write ${info.name}: ${number}, without quotes`,
      number === undefined || BigInt(number) > bounds[1] ? undefined : replace("remove the quotes", number),
    );
  }
  switch (type) {
    case "bool": {
      const word = raw.replace(/["']/g, "").toLowerCase();
      const meant = ["true", "yes", "on"].includes(word)
        ? "true"
        : ["false", "no", "off"].includes(word)
          ? "false"
          : undefined;
      const same = word === meant;
      return error(
        `${info.name} must be true or false, not ${found}`,
        meant === undefined ? "it is a bool" : `write ${info.name}: ${meant}`,
        same ? replace(`write ${meant}`, meant) : undefined,
      );
    }
    case "string":
    case "bytes": {
      const text = scalarText(doc, value);
      return error(
        `${info.name} must be text in quotes, not ${found}`,
        `write ${info.name}: "${found}"`,
        value.negative ? undefined : replace("add quotes", `"${text}"`),
      );
    }
    default:
      return error(
        `${info.name} must be a number, not ${found}`,
        value.type === "integer" && isHexOrOctal(scalarText(doc, value))
          ? `it is ${article(type)}: hex and octal are not taken for it, and a leading zero means octal`
          : `it is ${article(type)}: write for example 0.5 or 1e-3, without quotes or unit; inf and nan are known`,
      );
  }
}
