/**
 * Differential fuzz against the C++ parser:
 *
 *   tsx --conditions=@servable/source packages/text-proto/test/oracle/fuzz.ts [inputs] [seed]
 *
 * Prints each disagreement (shortened to its smallest prefix or suffix that still disagrees) and a summary.
 */
import { schemas } from "@servable/protos/text-schema";
import { buildOracle, whyNoOracle } from "./oracle.ts";
import { runFuzz } from "./run-fuzz.ts";

const [inputs = "100000", seed = "1"] = process.argv.slice(2);
const missing = whyNoOracle();
if (missing !== undefined) {
  console.error(missing);
  process.exitCode = 2;
} else {
  const started = Date.now();
  const result = await runFuzz({
    inputs: Number(inputs),
    seed: Number(seed),
    schemas,
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
