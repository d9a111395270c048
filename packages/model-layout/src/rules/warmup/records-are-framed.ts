import { copyDamage } from "../../files/copy-damage.ts";
import { sniff } from "../../files/sniff.ts";
import { ModelReadError } from "../../saved-model/saved-model-error.ts";
import { MAX_WARMUP_RECORDS, readWarmup } from "../../warmup/prediction-log.ts";
import { WARMUP_FILE } from "../../warmup/warmup-file.ts";
import { folder, versionRule } from "../model-rule.ts";

const DATA_LOSS =
  "The version does not load: DATA_LOSS … Please verify your warmup data is in TFRecord format. Write the file with `servable warmup write`.";

/** What the file holds that has no record at its start; a copy's text mode shows in the first bytes, too. */
function instead(
  head: Uint8Array,
): { readonly what: string; readonly mend?: string; readonly pointer?: true } | undefined {
  const known = sniff(head);
  if (known !== undefined) return { ...known, what: `holds ${known.what}` };
  return copyDamage(head);
}

export const rule = versionRule({
  id: "warmup/records-are-framed",
  level: "graph",
  summary: "the warm-up file is an uncompressed TFRecord file of at most 1000 sound records",
  severity: "error",
  effect: "load-fails",
  why: "Any error in the warm-up file fails the load of the version, and every retry loads the whole model again.",
  mend: "Write the file again with `servable warmup write`.",
  evidence: [
    "tensorflow/serving: servables/tensorflow/warmup_util.cc:118-131,232-236",
    "TensorFlow 2.17.1's record reader on damaged files",
  ],
  logTexts: [
    "corrupted record at … (Is this even a TFRecord file?). Please verify your warmup data is in TFRecord format.",
    "truncated record at …. Please verify your warmup data is in TFRecord format.",
    "Number of warmup records exceeds the maximum (1000) at …",
    "…/assets.extra/tf_serving_warmup_requests; Is a directory",
  ],
  symptoms: [68],
  examples: {
    bad: [folder("JSON", { "m/1/assets.extra/tf_serving_warmup_requests": '{"instances": [1]}' })],
    good: [
      folder("records", { "m/1/assets.extra/tf_serving_warmup_requests": "TFRecords of PredictionLog" }),
    ],
  },
  *check(context) {
    if (context.servesTflite || !context.has(WARMUP_FILE)) return;
    if (context.isDead(WARMUP_FILE)) return;
    const file = context.file(WARMUP_FILE);
    const records = readWarmup(context.path, context.fs);
    let number = 0;
    let bad = 0;
    try {
      for (;;) {
        const next = records.next();
        if (next.done) {
          if (next.value === undefined) return;
          const known = number === 0 ? instead(context.head(WARMUP_FILE)) : undefined;
          if (next.value.kind === "cut-header") {
            yield {
              file,
              severity: known === undefined || number > 0 ? "warning" : "error",
              message: next.value.message,
              help: "The server takes this for the end of the file, without a word: records may be lost. Write the file again.",
            };
          } else {
            yield {
              file,
              message:
                known === undefined
                  ? next.value.message
                  : `the warm-up file ${known.what}, where TFRecords belong`,
              help: known?.pointer === true ? `The version does not load. ${known.mend}` : DATA_LOSS,
            };
          }
          return;
        }
        number++;
        if (!next.value.dataCrcHolds && bad++ === 0) {
          yield {
            file,
            message: `corrupted record at ${next.value.offset} (record ${next.value.index}): the checksum of its data does not match`,
            help: DATA_LOSS,
          };
        }
        if (number === MAX_WARMUP_RECORDS + 1) {
          yield {
            file,
            message: `the warm-up file has more than ${MAX_WARMUP_RECORDS} records`,
            help: "The version does not load: the server runs the first 1000 and then gives up. Keep one record for each signature and batch size.",
          };
          return;
        }
      }
    } catch (error) {
      if (!(error instanceof ModelReadError)) throw error;
      yield {
        file,
        message: `the warm-up file can't be read: ${error.reason}`,
        help: "The path exists, so the server opens it, and the load fails.",
      };
    }
  },
});
