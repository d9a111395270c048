import type { MessageNode } from "./message.ts";
import type { FieldInfo, MessageInfo } from "./schema-info.ts";
import type { FieldNode } from "./tree.ts";

/** A message that is being read. */
export interface Frame {
  readonly info: MessageInfo;
  readonly node: MessageNode;
  readonly fields: readonly FieldNode[];
  index: number;
  /** Where its entries begin among those of all messages being read; -1 before its first field. */
  base: number;
  /** Bits of the singular fields that count as set, by `FieldInfo.index` below 31. */
  seen: number;
  /** The same for the others. */
  seenMore: Set<FieldInfo> | undefined;
  /** The member that is set, by oneof. */
  oneofs: Map<string, FieldInfo> | undefined;
  /** The outer message's entry for this one is made when this frame ends. */
  readonly owner: FieldInfo | undefined;
  readonly ownerField: FieldNode | undefined;
  /** Set where this message is the content of an Any. */
  readonly anyUrl: string | undefined;
  /** All names of fields in the text, once they have been asked for. */
  names: Set<string> | undefined;
}
