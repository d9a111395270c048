import type { SchemaSet } from "@servable/text-proto";
import { type FieldTable, fieldTable } from "./field-table.ts";
import {
  END_GROUP,
  FIXED64,
  LENGTH,
  MAX_MESSAGE_DEPTH,
  VARINT,
  WireError,
  WireReader,
} from "./wire-reader.ts";

/** Where and why bytes are no message of a type. `path`: field names from the outermost message on. */
export interface WireFault {
  readonly message: string;
  readonly offset: number;
  readonly path: string;
}

/** Where and why bytes are no message of this type, or undefined where the C++ parser would take them. Builds nothing. */
export function findWireFault(bytes: Uint8Array, name: string, schemas: SchemaSet): WireFault | undefined {
  const fields = fieldTable(schemas, name);
  try {
    check(new WireReader(bytes), fields, 0, undefined);
    return undefined;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return { message: error.message, offset: error.offset, path: pathToFault(bytes, fields) };
  }
}

/** The path is looked for only where there is a fault: nearly all messages are sound. */
function pathToFault(bytes: Uint8Array, fields: FieldTable): string {
  const path: string[] = [];
  try {
    check(new WireReader(bytes), fields, 0, path);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
  return path.join(".");
}

function check(reader: WireReader, fields: FieldTable, depth: number, path: string[] | undefined): void {
  if (depth > MAX_MESSAGE_DEPTH) throw new WireError("messages nested too deep", reader.at);
  while (!reader.done) {
    const tag = reader.tag();
    const type = tag & 7;
    if (type === END_GROUP) throw new WireError("end of a group that never began", reader.at - 1);
    const field = fields[tag >>> 3];
    if (field === undefined || (type !== field.wireType && !(field.repeated && type === LENGTH))) {
      reader.skip(tag);
      continue;
    }
    path?.push(field.name);
    if (field.inner !== undefined) {
      const outer = reader.enter();
      check(reader, field.inner, depth + 1, path);
      reader.leave(outer);
    } else if (type !== field.wireType) {
      const outer = reader.enter();
      if (field.wireType === VARINT) while (!reader.done) reader.skip(VARINT);
      else if ((reader.end - reader.at) % (field.wireType === FIXED64 ? 8 : 4) !== 0) {
        throw new WireError("packed numbers of uneven length", reader.at);
      }
      reader.leave(outer);
    } else if (field.text) reader.skipString();
    else reader.skip(tag);
    path?.pop();
  }
}
