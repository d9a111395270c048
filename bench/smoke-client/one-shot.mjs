// One Predict from a cold process; prints the CPU time that the process took, in ms. Usage: node one-shot.mjs KIND TARGET VALUES
import { KINDS } from "./clients.mjs";

const [kind, target, count] = process.argv.slice(2);
const client = await KINDS[kind](target, new Float32Array(Number(count)).fill(0.5));
if ((await client.predict()) !== 0.25) throw new Error("wrong answer");
client.close();
const { user, system } = process.cpuUsage();
console.log((user + system) / 1000);
