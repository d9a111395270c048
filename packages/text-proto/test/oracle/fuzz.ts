/**
 * Differential fuzz against the C++ parser:
 *
 *   tsx --conditions=@servable/source packages/text-proto/test/oracle/fuzz.ts [inputs] [seed] [grammar|forms]
 *
 * Prints each disagreement (shortened to its smallest prefix or suffix that still disagrees) and a summary.
 */

import { readFileSync } from "node:fs";
import { schemas } from "@servable/protos/text-schema";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { buildOracle, type OracleInput, whyNoOracle } from "./oracle.ts";
import { runFuzz } from "./run-fuzz.ts";

const [inputs = "100000", seed = "1", generator = "grammar"] = process.argv.slice(2);
/** The recorded cases of the text proto corpus, where it is at hand. */
function corpus(): OracleInput[] {
  if (!hasShared) return [];
  const lines = readFileSync(sharedFixture("textproto", "cases.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => {
    const { message, text_b64 } = JSON.parse(line) as { message: string; text_b64: string };
    return { message, text: Buffer.from(text_b64, "base64") };
  });
}

const missing = whyNoOracle();
if (missing !== undefined) {
  console.error(missing);
  process.exitCode = 2;
} else {
  const started = Date.now();
  const result = await runFuzz({
    inputs: Number(inputs),
    seed: Number(seed),
    generator: generator === "forms" ? "forms" : "grammar",
    schemas,
    seeds: corpus(),
    ...buildOracle(),
    onDisagreement: (text) => console.log(text),
    onProgress: (done) => process.stderr.write(`\r${done}`),
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  process.stderr.write("\n");
  console.log(
    `${result.inputs} inputs, seed ${seed}: ${result.accepted} accepted, ${result.refused} refused, ${result.disagreements} disagreements, ${seconds} s`,
  );
  if (result.disagreements > 0) process.exitCode = 1;
}
