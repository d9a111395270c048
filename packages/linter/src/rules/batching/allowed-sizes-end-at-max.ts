import { compareVersions } from "@servable/server-flags";
import { defineLintRule } from "../../finding.ts";
import { type BatchingContext, placeIn } from "../../text-context.ts";
import { defaultMaxBatchSize } from "../../views/batching-view.ts";

export const rule = defineLintRule<BatchingContext>({
  id: "batching/allowed-sizes-end-at-max",
  summary: "the last of allowed_batch_sizes equals max_batch_size",
  severity: "error",
  effect: "load-fails",
  why: "Every load of a batched model fails otherwise, after its retries (about five minutes by default). Without max_batch_size the server compares with 1000, and with splitting too it compares with max_batch_size, not with max_execution_batch_size. (2.5 to 2.9 do not check it and pad past the list.)",
  mend: "End the list with max_batch_size.",
  evidence: [
    "tensorflow/serving servables/tensorflow/bundle_factory_util.cc",
    "recorded starts bat-abs-lastbad, bat-abs-nomax, bat-split-exec-abs-exec",
  ],
  logTexts: ["Last entry in allowed_batch_sizes must match max_batch_size; last entry was …; expected …"],
  symptoms: [19],
  fixable: true,
  examples: {
    bad: [
      { files: { "batching_parameters.txt": "max_batch_size { value: 8 }\nallowed_batch_sizes: [2, 4]\n" } },
      { files: { "batching_parameters.txt": "allowed_batch_sizes: 2 # small\nallowed_batch_sizes: 4\n" } },
    ],
    good: [
      {
        files: { "batching_parameters.txt": "max_batch_size { value: 8 }\nallowed_batch_sizes: [2, 4, 8]\n" },
      },
      { files: { "batching_parameters.txt": "allowed_batch_sizes: [2, 4, 1000]\n" } },
    ],
  },
  *check(context) {
    const sizes = context.view.allowedBatchSizes;
    const last = sizes.at(-1);
    if (context.role === "pool" || last === undefined) return;
    if (context.view.misread.has("max_batch_size") || context.view.misread.has("allowed_batch_sizes")) return;
    const written = context.view.maxBatchSize;
    const max = written?.value ?? defaultMaxBatchSize;
    if (BigInt.asIntN(32, last.value) === max) return;
    const unchecked =
      compareVersions(context.version, "2.5.0-rc0") >= 0 &&
      compareVersions(context.version, "2.10.0-rc0") < 0;
    const ascending = sizes.every(
      (size, index) => index === 0 || (sizes[index - 1]?.value ?? 0n) < size.value,
    );
    yield {
      ...placeIn(context, last.span),
      message: `allowed_batch_sizes ends at ${last.value}, but max_batch_size is ${max}${written === undefined ? " (the default)" : ""}`,
      ...(written === undefined
        ? {}
        : { related: [{ message: "max_batch_size is set here", file: context.file, span: written.span }] }),
      ...(unchecked ? { severity: "warning" as const } : { load: "fails" as const }),
      // Only a rising list below the maximum has one obvious end.
      ...(ascending && sizes.every((size) => size.value < max) && max <= 0x7fffffffn
        ? {
            fix: {
              title: `Add ${max} to allowed_batch_sizes`,
              edits: [appendSize(context, last, max)],
              safety: "safe" as const,
            },
          }
        : {}),
    };
  },
});

/** Writes one more size behind the last, in the form in which that one is written. */
function appendSize(
  context: BatchingContext,
  last: { readonly span: { start: number; end: number }; readonly field: { start: number; end: number } },
  size: bigint,
): { start: number; end: number; newText: string } {
  const inList =
    /^allowed_batch_sizes\s*:?\s*\[/.test(context.text.slice(last.field.start, last.field.end + 1)) ||
    context.text.slice(last.field.start, last.span.start).includes("[");
  const at = last.span.end;
  const { text } = context;
  const lineStart = text.lastIndexOf("\n", last.field.start - 1) + 1;
  const indent = text.slice(lineStart, last.field.start);
  const rest = /^[ \t]*[,;]?[ \t]*(?:#[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(at))?.[0];
  // A field on a line of its own gets a neighbour of the same kind.
  if (!inList && rest !== undefined && /^[ \t]*$/.test(indent)) {
    const end = at + rest.length;
    const newline = text.startsWith("\r\n", end) ? "\r\n" : "\n";
    return { start: end, end, newText: `${newline}${indent}allowed_batch_sizes: ${size}` };
  }
  return { start: at, end: at, newText: inList ? `, ${size}` : ` allowed_batch_sizes: ${size}` };
}
