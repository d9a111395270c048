import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "@servable/test-fixtures/random";
import { bytesOfText, format, type SchemaSet, textOfBytes } from "@servable/text-proto";
import { disagreement } from "./compare.ts";
import { FormGenerator } from "./forms.ts";
import { mutate, TextGenerator } from "./generate.ts";
import { Oracle, type OracleAnswer, type OracleInput } from "./oracle.ts";

export interface FuzzOptions {
  readonly inputs: number;
  readonly seed: number;
  /** Which generator: both also mutate what they made. */
  readonly generator: "grammar" | "forms";
  readonly schemas: SchemaSet;
  /** More texts to begin mutations from. */
  readonly seeds?: readonly OracleInput[];
  readonly program: string;
  readonly descriptors: string;
  readonly onDisagreement: (text: string) => void;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly disagreements: number;
}

/** The messages of files that a server reads, more often than the others. */
const fileMessages = [
  "tensorflow.serving.BatchingParameters",
  "tensorflow.serving.ModelServerConfig",
  "tensorflow.serving.MonitoringConfig",
  "tensorflow.serving.SSLConfig",
  "tensorflow.serving.PlatformConfigMap",
  "tensorflow.serving.SessionBundleConfig",
  "tensorflow.ConfigProto",
];

/** Texts to begin mutations from: found disagreements and other interesting ones, kept beside the tests. */
function seeds(): OracleInput[] {
  const folder = join(import.meta.dirname, "seeds");
  return readdirSync(folder).map((file) => ({
    message: file.replace(/(-\d+)?\.txtpb$/, ""),
    text: readFileSync(join(folder, file)),
  }));
}

/** Half grammar-based, half mutations of such texts and of the seeds. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzResult> {
  const { schemas } = options;
  const random = new Random(options.seed);
  const forms = options.generator === "forms" ? new FormGenerator(random, schemas) : undefined;
  const generator = forms ?? new TextGenerator(random, schemas);
  const all = Object.keys(schemas.messages).filter((name) => schemas.messages[name]?.mapEntry !== true);
  const pool: OracleInput[] = [...seeds(), ...(options.seeds ?? [])];
  const oracle = new Oracle(options.program, options.descriptors);
  let accepted = 0;
  let disagreements = 0;
  const make = (): OracleInput => {
    if (random.chance(forms === undefined ? 0.5 : 0.65)) {
      const message = random.chance(0.7) ? random.pick(fileMessages) : random.pick(all);
      const made = { message, text: bytesOfText(generator.text(message)) };
      if (made.text.length < 2000) {
        if (pool.length < 500 + (options.seeds?.length ?? 0)) pool.push(made);
        else pool[random.below(pool.length)] = made;
      }
      return made;
    }
    const from = random.pick(pool);
    const text =
      forms !== undefined && random.chance(0.7)
        ? bytesOfText(forms.mutate(textOfBytes(from.text)))
        : mutate(random, from.text, [random.pick(pool).text]);
    const message = random.chance(0.02) ? random.pick(all) : from.message;
    return { message, text };
  };
  try {
    for (let done = 0; done < options.inputs; ) {
      const batch = Array.from({ length: Math.min(1000, options.inputs - done) }, make);
      const answers = await oracle.judge(batch);
      for (const [index, input] of batch.entries()) {
        const answer = answers[index];
        if (answer === undefined) continue;
        if (answer.accept) accepted++;
        const problem = disagreement(input, answer, schemas);
        if (problem === undefined) continue;
        disagreements++;
        const shorter = await shorten(oracle, input, schemas);
        options.onDisagreement(
          `${input.message} ${JSON.stringify(Buffer.from(shorter.text).toString("latin1"))}\n  ${shorter.problem ?? problem}`,
        );
      }
      const problems = await judgeWritten(oracle, batch, answers, schemas);
      disagreements += problems.length;
      problems.forEach(options.onDisagreement);
      done += batch.length;
      options.onProgress?.(done);
    }
  } finally {
    oracle.close();
  }
  return { inputs: options.inputs, accepted, refused: options.inputs - accepted, disagreements };
}

/** What we write for accepted texts (formatted, canonical) must be the same message to the C++ parser. */
async function judgeWritten(
  oracle: Oracle,
  batch: readonly OracleInput[],
  answers: readonly OracleAnswer[],
  schemas: SchemaSet,
): Promise<string[]> {
  const written = batch.flatMap(({ message, text }, index) => {
    const answer = answers[index];
    if (answer?.accept !== true) return [];
    const formatted = format(textOfBytes(text), { message, schemas }).text;
    return formatted === undefined ? [] : [{ message, text: bytesOfText(formatted), bytes: answer.bytes }];
  });
  const problems: string[] = [];
  for (const [index, answer] of (await oracle.judge(written)).entries()) {
    const input = written[index];
    if (input === undefined || (answer.accept && answer.bytes.equals(input.bytes))) continue;
    problems.push(
      `${input.message}: C++ reads the formatted text differently: ${JSON.stringify(textOfBytes(input.text))}`,
    );
  }
  return problems;
}

/** Cuts pieces out of an input as long as it still disagrees. */
async function shorten(
  oracle: Oracle,
  input: OracleInput,
  schemas: SchemaSet,
): Promise<{ text: Uint8Array; problem: string | undefined }> {
  let { text } = input;
  let problem: string | undefined;
  for (let size = text.length >> 1; size >= 1; size >>= 1) {
    for (let at = 0; at + size <= text.length; ) {
      const candidate = {
        message: input.message,
        text: Buffer.concat([text.subarray(0, at), text.subarray(at + size)]),
      };
      const [answer] = await oracle.judge([candidate]);
      const still = answer === undefined ? undefined : disagreement(candidate, answer, schemas);
      if (still === undefined) at += size;
      else {
        text = candidate.text;
        problem = still;
      }
    }
  }
  return { text, problem };
}
