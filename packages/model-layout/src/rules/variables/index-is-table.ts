import { copyDamage } from "../../files/copy-damage.ts";
import { endsAsTable } from "../../table/sorted-table.ts";
import { isDataFile } from "../../variables/shard-name.ts";
import { folder, quoted } from "../model-rule.ts";
import type { VersionContext } from "../version-context.ts";
import { variablesRule } from "./variables-rule.ts";

const INDEX = "variables/variables.index";

/** What lies in its place, or what a copy did to it. */
function recognise(context: VersionContext): { readonly message: string; readonly help: string } | undefined {
  const known = context.sniff(INDEX);
  const fails = "No variable can be restored from it, so the load fails.";
  if (known?.sure === true) {
    const mend = known.mend ?? "Copy the file again.";
    return { message: `variables.index holds ${known.what}`, help: `${fails} ${mend}` };
  }
  const { bytes } = context.variablesFile;
  if (!endsAsTable(bytes)) {
    const table = context
      .list("variables")
      .find(({ name, kind }) => kind === "file" && isDataFile(name) && endsAsTable(tail(context, name)));
    if (table !== undefined)
      return {
        message: `variables.index is no table, but ${quoted(table.name)} is one: the two files are swapped`,
        help: `${fails} Give each the other's name.`,
      };
  }
  const damage = copyDamage(bytes);
  if (damage !== undefined)
    return { message: `variables.index ${damage.what}`, help: `${fails} ${damage.mend}` };
  return known === undefined
    ? undefined
    : { message: `variables.index holds ${known.what}`, help: `${fails} Copy the file again.` };
}

/** The end of a data file, or nothing where it can't be read. */
function tail(context: VersionContext, name: string): Uint8Array {
  const path = `variables/${name}`;
  const stat = context.stat(path);
  return (
    (stat.ok ? context.part(path, Math.max(0, stat.value.size - 48), 48) : undefined) ?? new Uint8Array(0)
  );
}

export const rule = variablesRule({
  id: "variables/index-is-table",
  level: "quick",
  summary: "variables.index is a sound table",
  severity: "error",
  effect: "load-fails",
  why: "variables.index is a sorted table of checksummed blocks; one byte cut off or changed and no variable can be restored.",
  mend: "Copy the file again (for Git LFS: git lfs pull).",
  evidence: [
    "tensorflow: core/lib/io/format.cc, core/util/tensor_bundle/tensor_bundle.cc",
    "TensorFlow 2.17.1's loader on damaged files",
  ],
  logTexts: [
    "file is too short to be an sstable",
    "not an sstable (bad magic number)",
    "Unable to read file (…). Perhaps the file is corrupt or was produced by a newer version of TensorFlow with format changes (…): block checksum mismatch",
  ],
  examples: {
    bad: [folder("cut off", { "m/1/variables/variables.index": "first half of the table" })],
    good: [folder("whole", { "m/1/variables/variables.index": "table" })],
  },
  *check(context) {
    const { variables } = context;
    if (context.servesTflite || variables === undefined || variables.ok) return;
    if (context.isDead(INDEX)) return;
    const { fault, reason } = variables.error;
    const instead = fault === "malformed" || fault === "checksum" ? recognise(context) : undefined;
    yield {
      file: context.file(INDEX),
      message:
        instead?.message ??
        (fault === "not-a-file"
          ? `variables.index is not a regular file: ${reason}`
          : fault === "unreadable"
            ? `variables.index can't be read: ${reason}`
            : fault === "not-found"
              ? "variables.index vanished while it was read"
              : `variables.index is damaged: ${reason}`),
      help:
        instead?.help ??
        (fault === "unreadable"
          ? "Let the server's user read it (chmod a+r)."
          : "No variable can be restored from it, so the load fails. Copy the file again."),
    };
  },
});
