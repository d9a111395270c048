// Loads and runs what export-keras.py wrote, and compares with TensorFlow's answers and times.
// node bench/graph-runtime/keras-models.mjs FOLDER [NAME…]
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadGraphModel } from "@servable/graph-runtime";

const [folder, ...wanted] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: keras-models.mjs FOLDER [NAME…]");
const floats = (path) => {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
};
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
console.log(
  "| model | load CPU ms | predict ms | predict CPU ms | TensorFlow, 1 thread: ms | CPU ms | times TensorFlow (CPU) | largest difference | of |",
);
console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
for (const name of readdirSync(folder)) {
  if (!existsSync(join(folder, name, "meta.json")) || (wanted.length > 0 && !wanted.includes(name))) continue;
  const meta = JSON.parse(readFileSync(join(folder, name, "meta.json"), "utf8"));
  const begun = cpu();
  const model = await loadGraphModel(join(folder, name, "1"));
  const inputs = new Map([
    [meta.input, { dtype: "DT_FLOAT", shape: meta.shape, data: floats(join(folder, name, "input.bin")) }],
  ]);
  // The first run makes the plan, so it counts as loading.
  let answer = (await model.run("serving_default", inputs)).get(meta.output);
  const load = cpu() - begun;
  let best = Number.POSITIVE_INFINITY;
  let bestCpu = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 8; i++) {
    const start = performance.now();
    const from = cpu();
    answer = (await model.run("serving_default", inputs)).get(meta.output);
    bestCpu = Math.min(bestCpu, cpu() - from);
    best = Math.min(best, performance.now() - start);
  }
  const want = floats(join(folder, name, "output.bin"));
  const difference = want.reduce((most, v, i) => Math.max(most, Math.abs(v - answer.data[i])), 0);
  const largest = want.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  console.log(
    `| ${name} | ${load.toFixed(0)} | ${best.toFixed(0)} | ${bestCpu.toFixed(0)} | ${meta.milliseconds.toFixed(0)} | ${meta.cpu.toFixed(0)} | ${(bestCpu / meta.cpu).toFixed(1)} | ${difference.toExponential(1)} | ${largest.toFixed(2)} |`,
  );
  model.close();
}
