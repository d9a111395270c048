import { nearest } from "@servable/diagnostics";
import { shown } from "./lexical-errors.ts";
import type { EntryNode } from "./message.ts";
import type { Frame } from "./read-frame.ts";
import { findMessage, type MessageSchema, type SchemaSet } from "./schema.ts";
import { type FieldInfo, infoOf, type MessageInfo } from "./schema-info.ts";
import type { TextError } from "./text-error.ts";
import { type FieldNode, spanOf, type TextDocument } from "./tree.ts";
import { names, short } from "./wording.ts";

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

/** The one field that has a written name as some of its words, such as model_version_policy for version_policy. */
function namedInPart(schema: MessageSchema, name: string): string | undefined {
  const found = schema.fields.filter((known) => `_${known.name}_`.includes(`_${name}_`));
  return name.length >= 4 && found.length === 1 ? found[0]?.name : undefined;
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
  const part = suggestion === undefined && outer === undefined ? namedInPart(schema, field.name) : undefined;
  if (suggestion !== undefined) hints.push(`did you mean ${suggestion}?`);
  else if (schema.mapEntry && outer === undefined) {
    hints.push(`an entry of a map is written { key: "${shown(field.name)}" value: … };`);
  } else if (part !== undefined) hints.push(`did you mean ${part}?`);
  else if (outer !== undefined) {
    hints.push(
      `${field.name} is a field of ${short(outer.info.schema.name)}, further out: a } may be missing before it;`,
    );
  } else if (inner !== undefined) {
    hints.push(`${field.name} is a field of ${inner}: put it there, or look for a } that stands too early;`);
  }
  const isAny = schema.name === "google.protobuf.Any" && suggestion === undefined;
  if (isAny && outer === undefined) {
    hints.push(
      "its content is written [type.googleapis.com/package.Message] { … }, and fields stand in there;",
    );
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
    ...(inner !== undefined || (outer === undefined && isAny) ? { structure: "inner" as const } : {}),
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
      structure: "inner",
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
