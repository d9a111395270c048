import type { Span } from "@servable/diagnostics";
import { type EntryNode, MessageNode } from "@servable/text-proto";

/** A value that is written in a text proto. */
export interface Written<T> {
  readonly value: T;
  /** Place of the value (the whole message where the value itself is left out). */
  readonly span: Span;
  /** Place of the whole field, from its name on. */
  readonly field: Span;
}

const isType =
  <T>(type: "bigint" | "number" | "string" | "boolean") =>
  (value: unknown): value is T =>
    typeof value === type;

function scalar<T>(entry: EntryNode | undefined, is: (value: unknown) => value is T): Written<T> | undefined {
  if (entry === undefined || !is(entry.value)) return undefined;
  return { value: entry.value, span: entry.valueSpan, field: entry.span };
}

export const text = (node: MessageNode, field: string): Written<string> | undefined =>
  scalar(node.get(field), isType<string>("string"));
export const bool = (node: MessageNode, field: string): Written<boolean> | undefined =>
  scalar(node.get(field), isType<boolean>("boolean"));
export const wide = (node: MessageNode, field: string): Written<bigint> | undefined =>
  scalar(node.get(field), isType<bigint>("bigint"));
/** int32, uint32 and enum fields. */
export const number = (node: MessageNode, field: string): Written<number> | undefined =>
  scalar(node.get(field), isType<number>("number"));

export function wideList(node: MessageNode, field: string): Written<bigint>[] {
  return node
    .getAll(field)
    .map((entry) => scalar(entry, isType<bigint>("bigint")))
    .filter((entry) => entry !== undefined);
}

/** A google.protobuf wrapper (`x { value: 1 }`); `x {}` has the zero value. */
function wrapped<T>(
  node: MessageNode,
  field: string,
  zero: T,
  is: (value: unknown) => value is T,
): Written<T> | undefined {
  const entry = node.get(field);
  if (!(entry?.value instanceof MessageNode) || entry.value.misread.size > 0) return undefined;
  const inner = scalar(entry.value.get("value"), is);
  return { value: inner?.value ?? zero, span: inner?.span ?? entry.valueSpan, field: entry.span };
}

export const wrappedWide = (node: MessageNode, field: string): Written<bigint> | undefined =>
  wrapped(node, field, 0n, isType<bigint>("bigint"));
export const wrappedBool = (node: MessageNode, field: string): Written<boolean> | undefined =>
  wrapped(node, field, false, isType<boolean>("boolean"));
export const wrappedText = (node: MessageNode, field: string): Written<string> | undefined =>
  wrapped(node, field, "", isType<string>("string"));
