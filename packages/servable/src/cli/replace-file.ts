import { chmodSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { UserError } from "@servable/diagnostics";
import { reasonOf } from "./read-input.ts";
import { temporaryName } from "./temporary-name.ts";

/** Replaces a file's bytes in one step, its mode kept; links are followed. @throws UserError */
export function replaceFile(path: string, contents: string | Uint8Array): void {
  let temporary: string | undefined;
  try {
    const target = realpathSync(path);
    temporary = temporaryName(target);
    writeFileSync(temporary, contents, { flag: "wx" });
    chmodSync(temporary, statSync(target).mode & 0o7777);
    renameSync(temporary, target);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    throw new UserError("cannot-write", `cannot write ${path}: ${reasonOf(error)}`, { cause: error });
  }
}
