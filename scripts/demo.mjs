// `npm run demo`: the main job on a real image classifier, with the built CLI: from a SavedModel to a server that is
// proven against TensorFlow's own answers. Writes into demo-output/, which may be deleted at any time.
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const bin = join(root, "packages", "servable", "dist", "bin.js");
const fixtures = join(root, "fixtures");
const folder = join(root, "demo-output");
const MODEL = "resnet_v2_fp32_nhwc";
if (!existsSync(bin)) {
  console.error("packages/servable is not built: npm run build");
  process.exit(2);
}

const colour =
  process.env.FORCE_COLOR !== undefined ||
  (process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb");
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
const started = performance.now();
let step = 0;

function say(text) {
  step++;
  console.log(`\n${paint("1;36", `${step}. ${text}`)}`);
}

/** Runs the CLI as a user would, in the demo's folder; any other exit code than the wanted one ends the demo. */
function servable(args, wanted = 0) {
  console.log(`${paint("2", "$")} ${paint("1", `servable ${args.join(" ")}`)}`);
  const typed = args.map((argument) => argument.replace("$PWD", folder));
  const run = spawnSync(process.execPath, [bin, ...typed], {
    cwd: folder,
    stdio: "inherit",
    env: { ...process.env, ...(colour ? { FORCE_COLOR: "1" } : {}) },
  });
  if (run.status !== wanted) {
    console.error(`\nthe demo stops: exit code ${run.status ?? run.signal}, expected ${wanted}`);
    process.exit(1);
  }
}

function show(path) {
  console.log(`${paint("2", "$")} ${paint("1", `cat ${path}`)}`);
  console.log(readFileSync(join(folder, path), "utf8").trimEnd());
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "models"), { recursive: true });
cpSync(join(fixtures, "models", MODEL), join(folder, "models", "resnet"), { recursive: true });

say("A ResNet, exported by TensorFlow; one command reads its signatures and writes the spec");
servable(["init", "models/resnet", "--yes", "--cores", "4", "--batching", "--monitoring"]);
// What TensorFlow itself answered for three requests, so that the proof compares numbers.
const { versions } = JSON.parse(readFileSync(join(fixtures, "expected", `${MODEL}.json`), "utf8"));
writeFileSync(join(folder, "goldens.json"), JSON.stringify(versions[0].goldens));
appendFileSync(
  join(folder, "servable.yaml"),
  "\n# answers of TensorFlow, recorded\nsmoke:\n  goldens:\n    - model: resnet\n      file: goldens.json\n",
);
show("servable.yaml");

say("The spec becomes the artifacts of the deployment");
servable(["generate"]);
show("serving/batching_parameters.txt");
show("serving/docker-run.sh");

say("What would the model server do with them?");
servable(["check"]);

say("And with a flag that is nearly right? The server prints one line about it and starts without batching");
servable(
  [
    "check",
    "--",
    "--model_name=resnet",
    "--model_base_path=$PWD/models/resnet",
    "--rest_api_port=8501",
    "--enable-batching=true",
  ],
  1,
);

say("Generate, start a model server from these very flags, predict over gRPC and REST, compare, stop");
servable(["verify"]);

console.log(
  `\n${paint("1;32", "proven")} in ${((performance.now() - started) / 1000).toFixed(1)} s; everything is in ${paint("1", "demo-output/")}`,
);
