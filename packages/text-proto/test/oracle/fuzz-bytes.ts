/**
 * Random bytes and mutated texts for everything that reads a text; nothing may throw, hang, or lose a byte:
 *
 *   tsx --conditions=@servable/source packages/text-proto/test/oracle/fuzz-bytes.ts [inputs] [seed]
 */
import { schemas } from "@servable/protos/text-schema";
import { runByteFuzz } from "./run-byte-fuzz.ts";

const [inputs = "100000", seed = "1"] = process.argv.slice(2);
const started = performance.now();
const result = runByteFuzz({ inputs: Number(inputs), seed: Number(seed), schemas });
const seconds = ((performance.now() - started) / 1000).toFixed(0);
console.log(
  `${inputs} inputs (${(result.bytes / 1e6).toFixed(0)} MB), seed ${seed}: nothing threw; slowest ${result.slowest.toFixed(0)} ms; peak memory ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB; ${seconds} s`,
);
