import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "@servable/test-fixtures/random";
import {
  bytesOfText,
  canonicalText,
  checkText,
  cppVerdict,
  encode,
  format,
  printDocument,
  type SchemaSet,
  textOfBytes,
  toPlain,
} from "@servable/text-proto";
import { mutate } from "./generate.ts";

/** Bytes that mean something to the grammar come more often than others. */
const telling = Buffer.from(
  "{}<>[]:,;-./\"'\\#\n\r\t 0123456789xXeEfFuUn_aZ\0\x01\x7f\x80\xc3\xff",
  "latin1",
);

function randomBytes(random: Random): Uint8Array {
  const bytes = new Uint8Array(random.below(random.pick([8, 40, 200, 1500])));
  const share = random.pick([0, 0.5, 0.9, 1]);
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = random.chance(share) ? random.pick([...telling]) : random.below(256);
  }
  return bytes;
}

/** Gives every reader inputs from a seed; throws what they throw, with the input. */
export function runByteFuzz({
  inputs,
  seed,
  schemas,
}: {
  inputs: number;
  seed: number;
  schemas: SchemaSet;
}): {
  slowest: number;
  bytes: number;
} {
  const random = new Random(seed);
  const folder = join(import.meta.dirname, "seeds");
  const pool: Uint8Array[] = readdirSync(folder).map((file) => readFileSync(join(folder, file)));
  const names = [
    "tensorflow.serving.BatchingParameters",
    "tensorflow.serving.ModelServerConfig",
    "tensorflow.serving.MonitoringConfig",
    "tensorflow.serving.SSLConfig",
    "tensorflow.serving.PlatformConfigMap",
    "tensorflow.ConfigProto",
  ];
  let slowest = 0;
  let total = 0;
  for (let done = 0; done < inputs; done++) {
    const bytes = random.chance(0.4) ? randomBytes(random) : mutate(random, random.pick(pool), pool);
    if (random.chance(0.05) && bytes.length < 3000) pool[random.below(pool.length)] = bytes;
    const name = random.pick(names);
    total += bytes.length;
    const started = process.cpuUsage();
    try {
      const text = textOfBytes(bytes);
      if (!Buffer.from(bytesOfText(text)).equals(Buffer.from(bytes))) throw new Error("bytes are lost");
      const { diagnostics, document, message } = checkText(text, { file: "f", message: name, schemas });
      if (printDocument(document) !== text) throw new Error("tokens do not tile the text");
      encode(message);
      toPlain(message);
      canonicalText(message);
      const formatted = format(text, { message: name, schemas });
      if ((formatted.errors === undefined) !== (diagnostics.length === 0))
        throw new Error("format and check differ");
      if (cppVerdict(text, name, schemas).accept !== (diagnostics.length === 0))
        throw new Error("verdicts differ");
    } catch (cause) {
      throw new Error(`${name} ${JSON.stringify(Buffer.from(bytes).toString("latin1"))}`, { cause });
    }
    // CPU time: the wall clock would measure the other load of the machine.
    const { user, system } = process.cpuUsage(started);
    slowest = Math.max(slowest, (user + system) / 1000);
  }
  return { slowest, bytes: total };
}
