/**
 * How fast a models.config of 1,000 models is read: this project, @bufbuild/protobuf, protoc and Python's protobuf on the
 * same file in the same run (the last two where they are installed).
 *
 *   npm run build && node bench/text-proto/parse-speed.mjs [--json]
 *
 * Ours and @bufbuild/protobuf are functions in this process: the median of many calls after warming up. protoc is a
 * process: 20 runs on the file less 20 runs on an empty file. Python parses in one process of its own. All figures are CPU
 * time, user and system, of all threads: garbage collection counts, and other load on the machine hardly matters.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { create, createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { mergeFromText } from "@bufbuild/protobuf/txtpb";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { schemas } from "@servable/protos/text-schema";
import { encode, format, parse, printMessage, read, scan } from "@servable/text-proto";

const message = "tensorflow.serving.ModelServerConfig";
const models = 1000;

const policies = (index) => [
  { latest: { num_versions: 2 } },
  { all: {} },
  { specific: { versions: [BigInt(index + 1), BigInt(index + 2)] } },
];
const text = printMessage(
  {
    model_config_list: {
      config: Array.from({ length: models }, (_, index) => ({
        name: `model_${index}`,
        base_path: `/models/model_${index}`,
        model_platform: "tensorflow",
        model_version_policy: policies(index)[index % 3],
        version_labels: { stable: BigInt(index + 1), canary: BigInt(index + 2) },
      })),
    },
  },
  message,
  schemas,
);

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Milliseconds of CPU time of one call. */
function measure(run) {
  for (let time = 0; time < 20; time++) run();
  const times = [];
  for (let round = 0; round < 15; round++) {
    const before = process.cpuUsage();
    for (let time = 0; time < 5; time++) run();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000 / 5);
  }
  return median(times);
}

/** Milliseconds of CPU time of one run of a shell command. */
function shellTime(command, rounds = 20) {
  const script = `TIMEFORMAT="%U %S"; time { for ((i = 0; i < ${rounds}; i++)); do ${command} 2> /dev/null; done; }`;
  const { stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  const [user, system] = stderr.trim().split(" ").map(Number);
  return ((user + system) * 1000) / rounds;
}

const has = (command, ...args) => {
  const { status, error } = spawnSync(command, args, { stdio: "ignore" });
  return error === undefined && status === 0;
};

const rows = [];
const add = (name, milliseconds, note = "") =>
  rows.push({ name, milliseconds, megabytesPerSecond: text.length / milliseconds / 1000, note });

const read1 = parse(text);
const { message: node, errors } = read(read1, message, schemas);
if (errors.length > 0) throw new Error(errors[0].message);
add(
  "servable: tokens",
  measure(() => scan(text)),
);
add(
  "servable: tokens, tree",
  measure(() => parse(text)),
);
add(
  "servable: tokens, tree, message",
  measure(() => read(parse(text), message, schemas)),
  "what check does",
);
add(
  "servable: the same and wire bytes",
  measure(() => encode(read(parse(text), message, schemas).message)),
);
add(
  "servable: format",
  measure(() => format(text)),
);

const folder = mkdtempSync(join(tmpdir(), "servable-bench-"));
try {
  if (!has("protoc", "--version"))
    console.error("protoc is not on PATH: no comparison with protoc, @bufbuild/protobuf and Python");
  else {
    const protos = join(import.meta.dirname, "../../packages/protos/proto/config");
    const set = join(folder, "config.binpb");
    execFileSync("protoc", [
      `-I${protos}`,
      "--include_imports",
      `--descriptor_set_out=${set}`,
      ...readdirSync(protos).filter((file) => file.endsWith(".proto")),
    ]);
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(set)));
    const descriptor = registry.getMessage(message);
    add(
      "@bufbuild/protobuf: mergeFromText",
      measure(() => mergeFromText(descriptor, create(descriptor), text, { registry })),
    );

    const input = join(folder, "models.config");
    writeFileSync(input, text);
    const args = [`--descriptor_set_in=${set}`, `--encode=${message}`, "model-server-config.proto"];
    const ours = Buffer.from(encode(node));
    const theirs = execFileSync("protoc", ["--deterministic_output", ...args], { input: text });
    if (!theirs.equals(ours)) throw new Error("protoc gives other bytes");
    const shell = (file) => `protoc ${args.join(" ")} < ${file} > /dev/null`;
    add(
      "protoc --encode (C++)",
      shellTime(shell(input)) - shellTime(shell("/dev/null")),
      "less its start; with wire bytes",
    );

    if (!has("python3", "-c", "import google.protobuf")) console.error("Python's protobuf is not installed");
    else {
      const program = `
import statistics, sys, time
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format
from google.protobuf.internal import api_implementation
files = descriptor_pb2.FileDescriptorSet.FromString(open(sys.argv[1], "rb").read())
pool = descriptor_pool.DescriptorPool()
for file in files.file: pool.Add(file)
cls = message_factory.GetMessageClass(pool.FindMessageTypeByName("${message}"))
text = open(sys.argv[2]).read()
times = []
for _ in range(7):
    started = time.process_time(); text_format.Parse(text, cls(), descriptor_pool=pool); times.append(time.process_time() - started)
import google.protobuf
print(statistics.median(times) * 1000, google.protobuf.__version__, api_implementation.Type())`;
      const [milliseconds, version, kind] = execFileSync("python3", ["-c", program, set, input], {
        encoding: "utf8",
      }).split(/\s+/);
      add(`Python text_format ${version} (${kind})`, Number(milliseconds));
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

const main = rows.find((row) => row.note === "what check does");
for (const row of rows) row.timesOurs = row.milliseconds / main.milliseconds;
const result = { bytes: text.length, models, node: process.version, cpu: cpus()[0]?.model, rows };
if (process.argv.includes("--json")) console.log(JSON.stringify(result, null, 2));
else {
  console.log(`${models} models, ${text.length} bytes; Node ${process.version}; ${result.cpu}\n`);
  console.log("| parser | ms | MB/s | times ours |\n| --- | --- | --- | --- |");
  for (const { name, milliseconds, megabytesPerSecond, timesOurs, note } of rows) {
    console.log(
      `| ${name}${note === "" ? "" : ` (${note})`} | ${milliseconds.toFixed(1)} | ${megabytesPerSecond.toFixed(1)} | ${timesOurs.toFixed(2)} |`,
    );
  }
}
