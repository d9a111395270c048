/**
 * Long fuzz run over the readers of saved_model.pb, variables.index, TFRecord and TFLite files:
 *
 *     npx tsx --conditions=@servable/source packages/model-layout/scripts/fuzz.ts [INPUTS] [FIRST_SEED]
 *
 * Every input must be read or refused with a typed error, within a second, and memory must not grow. One input in a
 * hundred also goes through all rules. The first failure is printed with its seed and ends the run.
 */
import { schemas } from "@servable/protos/text-schema";
import { Random } from "@servable/test-fixtures/random";
import { attrProblems, outputTypes, unknownAttrs } from "../src/graph/check-node.ts";
import { readGraph } from "../src/graph/graph-def.ts";
import { releaseIndex } from "../src/graph/op-defs.ts";
import { ModelReadError, memoryFileSystem, openSavedModel, readTfRecords } from "../src/index.ts";
import { openVariables } from "../src/variables/variables-index.ts";
import { encodePredictionLog } from "../src/warmup/encode-warmup.ts";
import { decodePredictionLog } from "../src/warmup/prediction-log.ts";
import { encodeTfRecord } from "../src/warmup/tf-record.ts";
import { canonicalForm } from "../src/wire/canonical-form.ts";
import { findWireFault } from "../src/wire/find-wire-fault.ts";
import { WireError } from "../src/wire/wire-reader.ts";
import { versionFiles } from "../test/support/files-of.ts";
import { mutate } from "../test/support/mutate.ts";
import {
  frame,
  parseTflite,
  readIndex,
  readRecords,
  readSavedModel,
  repairTable,
  type VersionFiles,
} from "../test/support/readers.ts";

const NEWEST = releaseIndex("2.20.0");
const total = Number(process.argv[2] ?? 1_000_000);
const first = Number(process.argv[3] ?? 0);

const seeds: VersionFiles[] = [
  versionFiles("half_plus_two_versions/1"),
  versionFiles("counter_tf2/1"),
  versionFiles("tf1_classify_regress/7"),
  versionFiles("vocab_lookup_tf2/1"),
];
const log = encodePredictionLog(
  {
    kind: "predict",
    inputs: new Map([["x", { dtype: "DT_FLOAT", shape: [2], data: Float32Array.of(1, 2) }]]),
  },
  "m",
);
const tflite = Uint8Array.from(
  { length: 600 },
  (_, index) => [28, 0, 0, 0, 84, 70, 76, 51][index] ?? (index * 37) & 0x3f,
);

const typed = (read: () => void): void => {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ModelReadError)) throw error;
  }
};

function one(seed: number): unknown {
  const random = new Random(seed);
  const files = seeds[seed % seeds.length]!;
  const other = seeds[(seed + 1) % seeds.length]!;
  const deep = seed % 100 === 0;
  const name = "variables/variables.index";
  switch (seed % 10) {
    case 0:
    case 1:
    case 2: {
      const input = mutate(files.get("saved_model.pb")!, other.get("saved_model.pb")!, random);
      if (deep)
        return readSavedModel(input, new Map([...files].filter(([path]) => path !== "saved_model.pb")));
      return typed(() => {
        const model = openSavedModel("/1", memoryFileSystem(new Map([["/1/saved_model.pb", input]])));
        for (const meta of model.metaGraphs) {
          const graph = meta.graphDef();
          const fault = findWireFault(graph, "tensorflow.GraphDef", schemas);
          try {
            const read = readGraph(graph);
            for (const node of [...read.nodes, ...read.functions.flatMap(({ nodes }) => nodes)]) {
              for (const { message } of unknownAttrs(node, NEWEST)) void message;
              for (const { message } of attrProblems(node, NEWEST)) void message;
              void outputTypes(node);
            }
            if (fault === undefined) void canonicalForm(graph, "tensorflow.GraphDef", schemas).length;
          } catch (error) {
            if (!(error instanceof WireError)) throw error;
            if (fault === undefined)
              throw new Error("the graph reader refuses what the parser's rules allow", { cause: error });
          }
        }
      });
    }
    case 3:
    case 4:
    case 5:
    case 6: {
      const plain = mutate(files.get(name)!, other.get(name)!, random);
      const input = seed % 10 === 3 ? plain : repairTable(plain);
      if (deep || seed % 100 === 3)
        return readIndex(input, new Map([...files].filter(([path]) => path !== name)));
      return typed(() => {
        const shards = [...files].filter(([path]) => path.startsWith("variables/variables.data"));
        const fs = memoryFileSystem(
          new Map([[`/1/${name}`, input], ...shards.map(([path, bytes]) => [`/1/${path}`, bytes] as const)]),
        );
        const index = openVariables("/1", fs);
        for (const fault of index.verifyChecksums()) void fault.message;
        for (const { key } of index.entries) typed(() => void index.readTensor(key));
      });
    }
    case 7:
    case 8: {
      const input =
        seed % 2 === 0
          ? frame(mutate(log, encodeTfRecord(log), random))
          : mutate(encodeTfRecord(log), log, random);
      if (seed % 100 === 8) return readRecords(input, files);
      const fs = memoryFileSystem(new Map([["/w", input]]));
      for (const { data } of readTfRecords(fs.open("/w"))) decodePredictionLog(data);
      return;
    }
    default:
      return typed(() => void parseTflite(mutate(tflite, tflite, random), "x"));
  }
}

let slowest = 0;
let peak = 0;
const started = Date.now();
for (let seed = first; seed < first + total; seed++) {
  // Processor time, not time on the clock: the machine may be busy with something else.
  const start = process.cpuUsage();
  try {
    one(seed);
  } catch (error) {
    console.error(`seed ${seed} fails:`, error);
    process.exit(1);
  }
  const { user, system } = process.cpuUsage(start);
  const took = (user + system) / 1000;
  if (took > slowest) {
    slowest = took;
    if (took > 500) console.log(`seed ${seed} took ${took.toFixed(0)} ms`);
  }
  if (seed % 10_000 === 0) {
    peak = Math.max(peak, process.memoryUsage().rss);
    if (seed % 100_000 === 0)
      console.log(
        `${seed - first} inputs, ${((Date.now() - started) / 1000).toFixed(0)} s, slowest ${slowest.toFixed(0)} ms, peak ${(peak / 2 ** 20).toFixed(0)} MB`,
      );
  }
}
console.log(
  `${total} inputs from seed ${first}: no failure; ${((Date.now() - started) / 1000).toFixed(0)} s, slowest ${slowest.toFixed(0)} ms, peak memory ${(peak / 2 ** 20).toFixed(0)} MB, Node ${process.version}`,
);
