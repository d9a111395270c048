import { nearest, type Span, type TextEdit } from "@servable/diagnostics";
import { shown } from "./lexical-errors.ts";
import type { EntryNode } from "./message.ts";
import { integerBounds, isHexOrOctal } from "./numbers.ts";
import type { Frame } from "./read.ts";
import { literals, readScalar, scalarText } from "./read-scalar.ts";
import { findMessage, type MessageSchema, type SchemaSet } from "./schema.ts";
import { type FieldInfo, infoOf, type MessageInfo } from "./schema-info.ts";
import type { TextError } from "./text-error.ts";
import {
  type FieldNode,
  type ScalarNode,
  spanOf,
  type TextDocument,
  tokenStart,
  type ValueNode,
} from "./tree.ts";

/** `BatchingParameters` of `tensorflow.serving.BatchingParameters`. */
const short = (name: string): string => name.slice(name.lastIndexOf(".") + 1);

const article = (word: string): string =>
  /^[aeiou]/i.test(word) && !/^u/i.test(word) ? `an ${word}` : `a ${word}`;

const names = (list: Iterable<string>): string => [...list].sort().join(", ");

function textOf(doc: TextDocument, node: { first: number; last: number }): string {
  return doc.text.slice(tokenStart(doc.tokens, node.first), doc.tokens.ends[node.last]);
}

/** Path of field names from a message to a field of this name, up to two messages deeper. */
function pathTo(info: MessageInfo, name: string): string | undefined {
  const queue: { info: MessageInfo; path: string }[] = [{ info, path: "" }];
  const visited = new Set([info]);
  for (let at = 0; at < queue.length && at < 80; at++) {
    const entry = queue[at];
    if (entry === undefined) break;
    for (const field of entry.info.fields.values()) {
      const message = field.message;
      if (message === undefined || visited.has(message)) continue;
      const path = `${entry.path}${field.name}`;
      if (message.fields.has(name)) return path;
      visited.add(message);
      if (entry.path.split(".").length < 3) queue.push({ info: message, path: `${path}.` });
    }
  }
  return undefined;
}

/** The error for a name that the message does not have. */
export function notAField(
  doc: TextDocument,
  schemas: SchemaSet,
  stack: readonly Frame[],
  field: FieldNode,
): TextError {
  const frame = stack.at(-1);
  const schema = frame?.info.schema as MessageSchema;
  const span = spanOf(doc, field.first, field.nameLast);
  const outer = stack.slice(0, -1).findLast((open) => open.info.fields.has(field.name));
  const suggestion =
    outer === undefined
      ? nearest(
          field.name,
          schema.fields.map((known) => known.name),
        )
      : undefined;
  const inner =
    outer === undefined && suggestion === undefined ? pathTo(infoOf(schema, schemas), field.name) : undefined;
  const hints: string[] = [];
  if (suggestion !== undefined) hints.push(`did you mean ${suggestion}?`);
  else if (outer !== undefined) {
    hints.push(
      `${field.name} is a field of ${short(outer.info.schema.name)}, further out: a } may be missing before it;`,
    );
  } else if (inner !== undefined) {
    hints.push(`${field.name} is a field of ${inner}: put it there, or look for a } that stands too early;`);
  }
  hints.push(
    schema.fields.length === 0
      ? `${short(schema.name)} has no fields: write { }`
      : `fields of ${short(schema.name)}: ${names(schema.fields.map((known) => known.name))}`,
  );
  return {
    code: "unknown-field",
    message: `${short(schema.name)} has no field ${shown(field.name)}`,
    help: `${hints.join(" ")}; the server refuses the whole file for an unknown field`,
    span,
    ...(outer === undefined ? {} : { structure: "outer" as const }),
    ...(inner === undefined ? {} : { structure: "inner" as const }),
    ...(suggestion === undefined
      ? {}
      : {
          fix: {
            title: `rename it to ${suggestion}`,
            edits: [{ ...span, newText: suggestion }],
            safety: "unsafe",
          } as const,
        }),
  };
}

/** A singular field written again, or a second member of a oneof. */
export function setTwice(
  doc: TextDocument,
  frame: Frame,
  entries: readonly EntryNode[],
  field: FieldNode,
  info: FieldInfo,
  other?: FieldInfo,
): TextError {
  const earlierName = (other ?? info).name;
  let earlier: EntryNode | undefined;
  for (let index = frame.base; index < entries.length && earlier === undefined; index++) {
    if (entries[index]?.field.name === earlierName) earlier = entries[index];
  }
  const earlierSpan = earlier?.nameSpan ?? frame.node.any?.nameSpan;
  const related =
    earlierSpan === undefined
      ? {}
      : { related: [{ message: `${earlierName} is set here`, span: earlierSpan }] };
  const span = spanOf(doc, field.first, field.nameLast);
  if (other !== undefined) {
    return {
      code: "set-twice",
      message: `${info.name} is set together with ${other.name}`,
      help: `they exclude each other (oneof ${info.oneof ?? ""}), and the server refuses the file: keep one of them`,
      span,
      ...related,
    };
  }
  const any = field.nameKind === "url" || frame.node.any !== undefined;
  return {
    code: "set-twice",
    message: any ? "this google.protobuf.Any is set twice" : `${info.name} is set twice`,
    help: any
      ? "it holds one message: keep one of them"
      : `${info.name} is not repeated, and the server refuses the file: keep one of them${
          info.kind === "message" ? ", or join the two blocks" : ""
        }`,
    span,
    ...related,
  };
}

/** Something is wrong with `[…]` as a field name. */
export function anyProblem(doc: TextDocument, schemas: SchemaSet, frame: Frame, field: FieldNode): TextError {
  const span = spanOf(doc, field.first, field.nameLast);
  const type = frame.info.schema.name;
  if (type !== "google.protobuf.Any") {
    return {
      code: "unknown-field",
      message: `${short(type)} has no extension ${shown(field.name)}`,
      help: `names in brackets are for the content of a google.protobuf.Any; fields of ${short(type)}: ${names(
        frame.info.schema.fields.map((known) => known.name),
      )}`,
      span,
    };
  }
  const slash = field.name.indexOf("/");
  const host = field.name.slice(0, Math.max(slash, 0));
  const name = field.name.slice(slash + 1);
  if (field.nameKind !== "url" || name.includes("/")) {
    return {
      code: "syntax",
      message: `${shown(field.name)} is no type URL`,
      help: `write [type.googleapis.com/${name.slice(name.lastIndexOf("/") + 1)}] { … }`,
      span,
    };
  }
  if (host !== "type.googleapis.com" && host !== "type.googleprod.com") {
    return {
      code: "unknown-any-type",
      message: `type URLs on ${shown(host)} are not known`,
      help: `only type.googleapis.com is: write [type.googleapis.com/${name}] { … }`,
      span,
    };
  }
  if (findMessage(schemas, name) === undefined) {
    const suggestion = nearest(name, Object.keys(schemas.messages));
    return {
      code: "unknown-any-type",
      message: `the message type ${shown(name)} is not known`,
      help: `${suggestion === undefined ? "" : `did you mean ${suggestion}? `}the stock server links only its own types, and refuses the file for any other`,
      span,
    };
  }
  return {
    code: "invalid-value",
    message: `the content of ${shown(field.name)} is no message`,
    help: `write [${field.name}] { … }`,
    span: field.value === undefined ? span : spanOf(doc, field.value.first, field.value.last),
  };
}

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
            edits: [{ start: nameEnd, end: span.end, newText: `: ${textOf(doc, plain)}` }],
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
