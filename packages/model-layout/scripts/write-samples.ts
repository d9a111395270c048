/**
 * Publishes fixture models and writes warm-up records into them, for TensorFlow to read back:
 *
 *     npx tsx --conditions=@servable/source write-samples.ts OUT_DIR
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fixture } from "@servable/test-fixtures";
import { publish, synthesiseWarmup, type WarmupInput, writeWarmup } from "../src/index.ts";

const out = process.argv[2];
if (out === undefined) throw new Error("usage: write-samples.ts OUT_DIR");
for (const model of [
  "half_plus_two_versions/1",
  "multi_signature_dynamic_seq/4",
  "resnet_v2_uint8_nhwc/1",
  "vocab_lookup_tf2/1",
  "tf1_classify_regress/7",
]) {
  const name = model.split("/")[0] ?? "";
  const base = join(out, name);
  mkdirSync(base, { recursive: true });
  const { path } = publish(fixture("models", model), base);
  const records: WarmupInput[] = synthesiseWarmup(path, { batchSizes: [1, 4] });
  if (name === "tf1_classify_regress") {
    const examples = [{ x: [1, -1] }, { x: [0.25, 2], bias: [0] }];
    records.push({ kind: "classify", examples }, { kind: "regress", signature: "regress", examples });
  }
  const written = writeWarmup(path, records, { model: name });
  console.log(JSON.stringify({ path, records: written.records }));
}
// Requests that are hard to make up, without those that only a trial finds.
const odd = publish(join(import.meta.dirname, "../test/odd-requests/1"), join(out, "odd_requests")).path;
const guessed = synthesiseWarmup(odd, { batchSizes: [1, 4] }).filter(
  ({ signature = "" }) => !["any_rank", "never"].includes(signature),
);
console.log(JSON.stringify({ path: odd, records: writeWarmup(odd, guessed).records }));
