import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { schemas } from "@servable/protos/text-schema";
import { cppVerdict, encode, parse, read, textOfBytes } from "@servable/text-proto";
import { invalidArgument, StatusError } from "../status.ts";
import type { ServerLog } from "./server-log.ts";

/** The texts of `strerror` for what opening a file can fail with. */
const REASONS: Readonly<
  Record<
    string,
    {
      readonly code: "NOT_FOUND" | "PERMISSION_DENIED" | "FAILED_PRECONDITION" | "UNKNOWN";
      readonly text: string;
    }
  >
> = {
  ENOENT: { code: "NOT_FOUND", text: "No such file or directory" },
  ENOTDIR: { code: "FAILED_PRECONDITION", text: "Not a directory" },
  EACCES: { code: "PERMISSION_DENIED", text: "Permission denied" },
  EPERM: { code: "PERMISSION_DENIED", text: "Operation not permitted" },
  EISDIR: { code: "NOT_FOUND", text: "No such device" },
};

/** The bytes of a file as the server maps it: it can't map an empty one, nor a directory. @throws StatusError */
export function readMappedFile(path: string, cwd = "."): Uint8Array {
  let bytes: Uint8Array;
  try {
    const file = openSync(resolve(cwd, path), "r");
    try {
      if (fstatSync(file).isDirectory()) throw new StatusError("NOT_FOUND", `${path}; No such device`);
      bytes = readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof StatusError) throw error;
    const known = REASONS[(error as NodeJS.ErrnoException).code ?? ""];
    throw new StatusError(known?.code ?? "UNKNOWN", `${path}; ${known?.text ?? (error as Error).message}`);
  }
  if (bytes.length === 0) throw invalidArgument(`${path}; Invalid argument`);
  return bytes;
}

/**
 * A text proto file as serialized message, by the C++ parser's verdict; its reasons go to the log.
 * @throws StatusError as the server words it
 */
export function readTextProtoFile(path: string, message: string, log: ServerLog, cwd = "."): Uint8Array {
  const text = textOfBytes(readMappedFile(path, cwd));
  const { accept, errors } = cppVerdict(text, message, schemas);
  if (!accept) {
    for (const { line, column, message: reason } of errors) {
      log.plain(
        `[libprotobuf ERROR external/com_google_protobuf/src/google/protobuf/text_format.cc:337] Error parsing text-format ${message}: ${line}:${column}: ${reason}`,
        "stderr",
      );
    }
    throw invalidArgument(`Invalid protobuf file: '${path}'`);
  }
  return encode(read(parse(text), message, schemas).message);
}
