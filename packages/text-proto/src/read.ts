import type { Span } from "@servable/diagnostics";
import { anyProblem, notAField, setTwice } from "./field-errors.ts";
import { EntryNode, type FieldValue, isDefault, MessageNode } from "./message.ts";
import { withPlaceOfSlip } from "./place-of-slip.ts";
import type { Frame } from "./read-frame.ts";
import { readScalar } from "./read-scalar.ts";
import { findMessage, type SchemaSet } from "./schema.ts";
import { type FieldInfo, infoOf, type MessageInfo } from "./schema-info.ts";
import { firstUnskippable } from "./skip-reserved.ts";
import type { TextError } from "./text-error.ts";
import { maxErrors } from "./token-cursor.ts";
import { type FieldNode, spanOf, type TextDocument, tokenStart, type ValueNode } from "./tree.ts";
import { valueProblem } from "./value-errors.ts";

export interface ReadResult {
  /** What could be read; complete when `errors` is empty. */
  readonly message: MessageNode;
  /** All mistakes, syntax errors included, by position. Empty exactly when the C++ parser accepts the text. */
  readonly errors: readonly TextError[];
}

/**
 * Reads a tree as a message of the given type, by the rules of C++ `TextFormat::Parser` (protobuf 3.21, strict), but on
 * to the end of the file. Throws a RangeError only for a message name that `schemas` lacks.
 */
export function read(doc: TextDocument, messageName: string, schemas: SchemaSet): ReadResult {
  const schema = findMessage(schemas, messageName);
  if (schema === undefined) throw new RangeError(`no schema for message ${messageName}`);
  return new Reader(doc, schemas).run(infoOf(schema, schemas));
}

class Reader {
  readonly #doc: TextDocument;
  readonly #schemas: SchemaSet;
  readonly #errors: TextError[] = [];
  readonly #superseded = new Set<TextError>();
  readonly #stack: Frame[] = [];
  /** Entries of all messages being read, outermost first. */
  readonly #entries: EntryNode[] = [];

  constructor(doc: TextDocument, schemas: SchemaSet) {
    this.#doc = doc;
    this.#schemas = schemas;
  }

  run(info: MessageInfo): ReadResult {
    const message = new MessageNode(info.schema, 0, this.#doc.text.length);
    this.#push(info, message, this.#doc.fields, undefined, undefined, undefined);
    for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
      if (frame.base === -1) frame.base = this.#entries.length;
      const field = frame.fields[frame.index++];
      if (field === undefined) {
        this.#stack.pop();
        if (this.#entries.length > frame.base) frame.node.entries = this.#entries.splice(frame.base);
        if (frame.anyUrl !== undefined) this.#finishAny(frame, frame.anyUrl);
      } else this.#field(frame, field);
    }
    const syntax =
      this.#superseded.size === 0
        ? this.#doc.errors
        : this.#doc.errors.filter((error) => !this.#superseded.has(error));
    if (this.#errors.length === 0) return { message, errors: withPlaceOfSlip(syntax, this.#doc) };
    const errors = [...syntax, ...this.#errors].sort((a, b) => a.span.start - b.span.start);
    return {
      message,
      errors: withPlaceOfSlip(withoutEchoes(errors, this.#doc.text), this.#doc).slice(0, maxErrors),
    };
  }

  #push(
    info: MessageInfo,
    node: MessageNode,
    fields: readonly FieldNode[],
    owner: FieldInfo | undefined,
    ownerField: FieldNode | undefined,
    anyUrl: string | undefined,
  ): void {
    this.#stack.push({
      info,
      node,
      fields,
      index: 0,
      base: -1,
      seen: 0,
      seenMore: undefined,
      oneofs: undefined,
      names: undefined,
      owner,
      ownerField,
      anyUrl,
    });
  }

  #report(error: TextError): void {
    if (this.#errors.length <= maxErrors) this.#errors.push(error);
  }

  /** Notes that a field of the message is written but has no value that could be read. */
  #misread(frame: Frame, name: string): void {
    frame.node.misread = new Set(frame.node.misread).add(name);
  }

  /** A syntax error whose remedy would leave another mistake in its place. */
  #withoutFix(error: TextError): void {
    this.#superseded.add(error);
    const { fix: _, ...bare } = error;
    this.#report(bare);
  }

  #span(first: number, last: number): Span {
    return spanOf(this.#doc, first, last);
  }

  #field(frame: Frame, field: FieldNode): void {
    if (field.nameKind !== "name") {
      this.#bracketField(frame, field);
      return;
    }
    const info = frame.info.fields.get(field.name);
    if (info === undefined) {
      this.#unknown(frame, field);
      return;
    }
    if (!info.repeated && this.#isSet(frame, info))
      this.#report(setTwice(this.#doc, frame, this.#entries, field, info));
    else if (info.oneof !== undefined) {
      const other = frame.oneofs?.get(info.oneof);
      if (other !== undefined && other !== info)
        this.#report(setTwice(this.#doc, frame, this.#entries, field, info, other));
    }
    const value = field.value;
    if (value === undefined) {
      this.#misread(frame, info.name);
      return;
    }
    if (value.kind === "list") {
      if (!info.repeated) {
        if (field.colonError !== undefined) this.#superseded.add(field.colonError);
        if (!field.broken) this.#report(valueProblem(this.#doc, field, value, info, frame));
        this.#misread(frame, info.name);
        return;
      }
      if (info.kind !== "message" && field.colon === -1 && field.colonError === undefined && !field.broken) {
        this.#report(valueProblem(this.#doc, field, value, info, frame));
      }
      // Messages are pushed last to first: the stack reads them in order of the text.
      const frames = this.#stack.length;
      for (const item of value.items) this.#value(frame, field, item, info);
      if (this.#stack.length > frames + 1) {
        const items = this.#stack.splice(frames).reverse();
        for (const item of items) this.#stack.push(item);
      }
    } else this.#value(frame, field, value, info);
  }

  #value(frame: Frame, field: FieldNode, value: ValueNode, info: FieldInfo): void {
    const doc = this.#doc;
    if (value.kind === "message" && info.kind === "message" && info.message !== undefined) {
      const start = tokenStart(doc.tokens, value.first);
      const end = doc.tokens.ends[value.last] ?? start;
      const node = new MessageNode(info.message.schema, start, end);
      this.#add(frame, field, info, node, start, end, undefined, false);
      this.#push(info.message, node, value.fields, info, field, undefined);
      return;
    }
    if (value.kind === "scalar" && info.kind !== "message") {
      if (field.broken) {
        this.#misread(frame, info.name);
        // The missing colon is all that is wrong only if the value fits.
        if (field.colonError !== undefined && readScalar(doc, value, info) === undefined)
          this.#withoutFix(field.colonError);
        return;
      }
      const scalar = readScalar(doc, value, info);
      if (scalar === undefined) {
        this.#misread(frame, info.name);
        this.#report(valueProblem(doc, field, value, info, frame));
        return;
      }
      const start = tokenStart(doc.tokens, value.first);
      const end = doc.tokens.ends[value.last] ?? start;
      this.#add(frame, field, info, scalar.value, start, end, scalar.enumName, scalar.negativeNan);
      return;
    }
    this.#misread(frame, info.name);
    if (field.colonError !== undefined) this.#superseded.add(field.colonError);
    else if (field.broken) return;
    this.#report(valueProblem(doc, field, value, info, frame));
  }

  #add(
    frame: Frame,
    field: FieldNode,
    info: FieldInfo,
    value: FieldValue,
    start: number,
    end: number,
    enumName: string | undefined,
    negativeNan: boolean,
  ): void {
    const { tokens } = this.#doc;
    const nameStart = tokenStart(tokens, field.first);
    const nameEnd = tokens.ends[field.nameLast] ?? nameStart;
    this.#entries.push(
      new EntryNode(info.field, value, nameStart, nameEnd, start, end, enumName, negativeNan),
    );
    if (!info.repeated && (info.presence || !isDefault(value))) this.#set(frame, info);
  }

  #set(frame: Frame, info: FieldInfo): void {
    if (info.oneof !== undefined) {
      frame.oneofs ??= new Map();
      if (!frame.oneofs.has(info.oneof)) frame.oneofs.set(info.oneof, info);
    }
    if (info.index < 31) frame.seen |= 1 << info.index;
    else {
      frame.seenMore ??= new Set();
      frame.seenMore.add(info);
    }
  }

  #isSet(frame: Frame, info: FieldInfo): boolean {
    return info.index < 31 ? (frame.seen & (1 << info.index)) !== 0 : frame.seenMore?.has(info) === true;
  }

  /** A field that the message does not have: an error, unless its name is reserved; then the parser passes over it. */
  #unknown(frame: Frame, field: FieldNode): void {
    if (frame.info.schema.reservedNames?.includes(field.name)) {
      const wrong = firstUnskippable(this.#doc, field);
      if (wrong !== undefined && !field.broken && field.colonError === undefined) {
        this.#report({
          code: "syntax",
          message: `${field.name} is a reserved name, and its value cannot be passed over`,
          help: "remove the field: it has no meaning",
          span: this.#span(wrong, wrong),
        });
      }
      if (field.colonError !== undefined) this.#withoutFix(field.colonError);
      return;
    }
    if (field.colonError !== undefined) this.#withoutFix(field.colonError);
    // Beyond the errors that are listed, the search for what was meant is not worth its time.
    if (!/^\w+$/.test(field.name) || this.#errors.length > maxErrors) return;
    const error = notAField(this.#doc, this.#schemas, this.#stack, field);
    // Prose and other formats give one syntax error; that its words are no fields goes without saying.
    const [rename] = error.fix?.edits ?? [];
    const meant = rename === undefined ? undefined : frame.info.fields.get(rename.newText);
    if (meant !== undefined) this.#misread(frame, meant.name);
    else if (frame.info.schema.mapEntry)
      for (const { name } of frame.info.schema.fields) this.#misread(frame, name);
    const end = this.#doc.tokens.ends[field.nameLast] ?? 0;
    const faulty = field.broken || field.colonError !== undefined;
    if (!faulty || (meant !== undefined && /^\s*=/.test(this.#doc.text.slice(end, end + 20)))) {
      const safe = meant !== undefined && !faulty && this.#fitsAs(frame, field, meant);
      this.#report(safe && error.fix ? { ...error, fix: { ...error.fix, safety: "safe" } } : error);
    }
    if (error.structure === "outer") this.#readApart(field);
    else if (meant?.message !== undefined) this.#readContent(field, meant.message);
  }

  /** Whether a field could have another name and nothing else would be wrong. */
  #fitsAs(frame: Frame, field: FieldNode, meant: FieldInfo): boolean {
    frame.names ??= new Set(frame.fields.map(({ name }) => name));
    const written = frame.names;
    const excluded = [...frame.info.fields.values()].filter((info) =>
      info === meant ? !meant.repeated : meant.oneof !== undefined && info.oneof === meant.oneof,
    );
    const taken = excluded.some(({ name }) => written.has(name));
    const fits = (value: ValueNode): boolean => {
      if (value.kind === "list") return false;
      return value.kind === "message"
        ? meant.kind === "message"
        : meant.kind !== "message" && readScalar(this.#doc, value, meant) !== undefined;
    };
    const { value } = field;
    if (taken || value === undefined) return false;
    return value.kind === "list" ? meant.repeated && value.items.every(fits) : fits(value);
  }

  /** Reads the content of a field that belongs further out, only for the mistakes in it. */
  #readApart(field: FieldNode): void {
    const outer = this.#stack.slice(0, -1).findLast((open) => open.info.fields.has(field.name));
    const info = outer?.info.fields.get(field.name)?.message;
    if (info !== undefined) this.#readContent(field, info);
  }

  #readContent(field: FieldNode, info: MessageInfo): void {
    if (field.value?.kind !== "message") return;
    const span = this.#span(field.value.first, field.value.last);
    const node = new MessageNode(info.schema, span.start, span.end);
    this.#push(info, node, field.value.fields, undefined, field, undefined);
  }

  /** `[…]` as a field name: the content of an Any, or an extension, of which there are none. */
  #bracketField(frame: Frame, field: FieldNode): void {
    const isAny = frame.info.schema.name === "google.protobuf.Any";
    const slash = field.name.indexOf("/");
    const host = field.name.slice(0, slash + 1);
    const type = field.name.slice(slash + 1);
    const known = host === "type.googleapis.com/" || host === "type.googleprod.com/";
    const schema = isAny && known ? findMessage(this.#schemas, type) : undefined;
    const value = field.value;
    if (schema === undefined || value?.kind !== "message") {
      if (!field.broken && field.colonError === undefined)
        this.#report(anyProblem(this.#doc, this.#schemas, frame, field));
      return;
    }
    if (field.separator !== -1) {
      const { start, end } = this.#span(field.separator, field.separator);
      this.#report({
        code: "syntax",
        message: "a separator stands after the content of a google.protobuf.Any",
        help: "the parser refuses it at this place; remove it",
        span: { start, end },
        fix: { title: "remove the separator", edits: [{ start, end, newText: "" }], safety: "safe" },
      });
    }
    const span = this.#span(value.first, value.last);
    const node = new MessageNode(schema, span.start, span.end);
    this.#push(infoOf(schema, this.#schemas), node, value.fields, undefined, field, field.name);
  }

  /** The content of an Any has been read: only now does the parser look whether the Any was set before. */
  #finishAny(frame: Frame, typeUrl: string): void {
    const around = this.#stack.at(-1);
    const field = frame.ownerField;
    if (around === undefined || field === undefined) return;
    const [url, value] = [around.info.fields.get("type_url"), around.info.fields.get("value")];
    if (url === undefined || value === undefined) return;
    if (this.#isSet(around, url) || this.#isSet(around, value)) {
      this.#report(setTwice(this.#doc, around, this.#entries, field, url));
      return;
    }
    around.node.any = { typeUrl, message: frame.node, nameSpan: this.#span(field.first, field.nameLast) };
    this.#set(around, url);
    if (frame.node.entries.some((entry) => hasContent(entry)) || frame.node.any !== undefined)
      this.#set(around, value);
  }
}

/**
 * One bracket too many or too few makes fields after it look misplaced, and shows again at the end: only the first of
 * these errors is kept, or none where a syntax error about a bracket comes before them.
 */
function withoutEchoes(errors: TextError[], text: string): TextError[] {
  const unbalanced = errors.some(({ structure }) => structure === "unclosed" || structure === "unopened");
  if (!unbalanced) return errors;
  let told = false;
  return errors.filter(({ code, structure, span }) => {
    const keep = structure === undefined || !told;
    told ||=
      structure !== undefined || (code === "syntax" && /[{}<>]/.test(text.slice(span.start, span.end)));
    return keep;
  });
}

/** Whether an entry leaves anything in the wire form. */
function hasContent(entry: EntryNode): boolean {
  const { field, value } = entry;
  if (field.repeated || field.kind === "message" || field.presence || field.oneof !== undefined) return true;
  return !isDefault(value);
}
