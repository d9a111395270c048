// Requests from a warm process, prints {rate, cpuMs} as JSON. Usage: node warm.mjs KIND TARGET VALUES REQUESTS CONCURRENCY
import { KINDS } from "./clients.mjs";

const [kind, target, count, requests, concurrency] = process.argv.slice(2);
const client = await KINDS[kind](target, new Float32Array(Number(count)).fill(0.5));
const total = Number(requests);
async function round() {
  let left = total;
  await Promise.all(
    Array.from({ length: Number(concurrency) }, async () => {
      while (left-- > 0) await client.predict();
    }),
  );
}
// until the code is compiled
await round();
const start = performance.now();
const before = process.cpuUsage();
await round();
const used = process.cpuUsage(before);
const elapsed = performance.now() - start;
client.close();
console.log(
  JSON.stringify({ rate: (total / elapsed) * 1000, cpuMs: (used.user + used.system) / 1000 / total }),
);
