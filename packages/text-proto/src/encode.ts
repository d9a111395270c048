import type { MessageNode } from "./message.ts";
/** Deterministic wire bytes: fields by number, map entries in order of the text, default values left out as proto3 does. */
export function encode(_message: MessageNode): Uint8Array {
  throw new Error("not yet");
}
