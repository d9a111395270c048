// The same model told by saved_model_cli and by servable: node saved-model-cli.mjs SAVED_MODEL_CLI [VERSION_DIR...]
//
// SAVED_MODEL_CLI is the script of the tensorflow wheel. Needs `npm run build`. Optional: nothing else wants TensorFlow.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";

const [tool, ...given] = process.argv.slice(2);
if (tool === undefined) throw new Error("usage: saved-model-cli.mjs SAVED_MODEL_CLI [VERSION_DIR...]");
const root = join(import.meta.dirname, "../..");
const bin = join(root, "packages/servable/dist/bin.js");
const models =
  given.length > 0
    ? given
    : ["keras_mlp_export/1", "resnet_v2_fp32_nhwc/1538687457"].map((name) =>
        join(root, "fixtures/models", name),
      );
const ROUNDS = Number(process.env.ROUNDS ?? 5);

function run(command, args) {
  const done = spawnSync("/usr/bin/time", ["-f", "%e %U %S %M", command, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (done.status !== 0) throw new Error(`${command} ${args.join(" ")}: ${done.stderr}`);
  const [clock, user, system, memory] = done.stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { clock, processor: user + system, memory: memory / 1024, text: done.stdout };
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

/** Signatures as `inspect` has them, from the words of saved_model_cli: dtype, shape, tensor. */
function signaturesOf(text) {
  const signatures = {};
  let signature;
  let side;
  let tensor;
  for (const line of text.slice(0, Math.max(0, text.indexOf("The MetaGraph with tag set"))).split("\n")) {
    const named = /^signature_def\['(.*)'\]:$/.exec(line);
    const held = /^ {4}(inputs|outputs)\['(.*)'\] tensor_info:$/.exec(line);
    const fact = /^ {8}(dtype|shape|name): (.*)$/.exec(line);
    const method = /^ {2}Method name is: (.*)$/.exec(line);
    if (named) signatures[named[1]] = signature = { method: "", inputs: {}, outputs: {} };
    else if (held) {
      side = signature[held[1]];
      side[held[2]] = tensor = {};
    } else if (fact?.[1] === "dtype") tensor.dtype = fact[2];
    else if (fact?.[1] === "name") tensor.tensor = fact[2];
    else if (fact?.[1] === "shape")
      tensor.shape =
        fact[2] === "unknown_rank"
          ? null
          : fact[2]
              .replace(/[()]/g, "")
              .split(",")
              .filter((each) => each.trim() !== "")
              .map(Number);
    else if (method) signature.method = method[1];
  }
  return signatures;
}

/** Names of the ops of all graphs and functions. */
const opsOf = (text) =>
  [...(/contains the following ops: \{(.*)\}/.exec(text)?.[1] ?? "").matchAll(/'([^']+)'/g)]
    .map(([, name]) => name)
    .sort();

const plain = (side) =>
  Object.fromEntries(
    Object.entries(side).map(([name, { tensor, dtype, shape }]) => [name, { dtype, shape, tensor }]),
  );

const sorted = (value) =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((key) => [key, sorted(value[key])]),
      )
    : value;

console.log(
  `Node ${process.version}, ${cpus()[0]?.model}, ${availableParallelism()} processors, ${ROUNDS} rounds, medians\n`,
);
for (const model of models) {
  const commands = {
    "saved_model_cli show --all": [tool, ["show", "--all", "--dir", model]],
    "servable inspect": [process.execPath, [bin, "inspect", model, "--format", "json"]],
    "servable check (level graph)": [process.execPath, [bin, "check", model, "--format", "json"]],
    "servable check --level bytes": [
      process.execPath,
      [bin, "check", model, "--level", "bytes", "--format", "json"],
    ],
  };
  const runs = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, [command, args]] of Object.entries(commands)) runs[name].push(run(command, args));
  }
  console.log(
    `${model.slice(model.lastIndexOf("/", model.lastIndexOf("/") - 1) + 1)}: ${readFileSync(join(model, "saved_model.pb")).length} bytes of saved_model.pb`,
  );
  const theirs = signaturesOf(runs["saved_model_cli show --all"][0].text);
  const graph = JSON.parse(runs["servable inspect"][0].text).models[0].versions[0].metaGraphs[0];
  const ours = Object.fromEntries(
    Object.entries(graph.signatures).map(([name, { method, inputs, outputs }]) => [
      name,
      { method, inputs: plain(inputs), outputs: plain(outputs) },
    ]),
  );
  const ops = opsOf(runs["saved_model_cli show --all"][0].text);
  // saved_model_cli passes over functions that are named by an attribute, such as the body of a loop.
  const missed = ops.filter((op) => graph.ops[op] === undefined);
  const same = JSON.stringify(sorted(ours)) === JSON.stringify(sorted(theirs)) && missed.length === 0;
  console.log(
    `${Object.keys(theirs).length} signatures, ${ops.length} ops (${Object.keys(graph.ops).length} by servable): ${same ? "all agree" : "NOT THE SAME"}\n`,
  );
  if (!same) {
    console.log(JSON.stringify([sorted(theirs), sorted(ours), missed]));
    process.exitCode = 1;
  }
  console.log("| command | clock (s) | processor (s) | peak memory (MB) |\n|---|---|---|---|");
  for (const [name, each] of Object.entries(runs)) {
    const of = (key) => median(each.map((one) => one[key]));
    console.log(
      `| ${name} | ${of("clock").toFixed(2)} | ${of("processor").toFixed(2)} | ${of("memory").toFixed(0)} |`,
    );
  }
  console.log();
}
