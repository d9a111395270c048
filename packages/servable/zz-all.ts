import { readdirSync, readFileSync, existsSync } from "node:fs";
import { startModelServer } from "@servable/model-server";
import { runSmoke, type Golden } from "@servable/smoke-client";
import { tensorFromJson } from "@servable/tensors";
const root = "/work/shared/fixtures/";
const only = process.argv.slice(2);
for (const name of readdirSync(root + "models")) {
  if (only.length && !only.includes(name)) continue;
  const base = root + "models/" + name;
  let server;
  try { server = await startModelServer({ argv: ["--port=0","--rest_api_port=0",`--model_name=${name}`,`--model_base_path=${base}`,"--max_num_load_retries=0"], log: ()=>{}, signal: AbortSignal.timeout(20000) } as never); }
  catch (e) { console.log(name, "NO SERVER", String(e).slice(0,160)); continue; }
  const goldens: Golden[] = [];
  const f = root + "expected/" + name + ".json";
  if (existsSync(f)) {
    const e = JSON.parse(readFileSync(f, "utf8"));
    for (const v of e.versions) for (const g of v.goldens ?? []) {
      try {
      const tensors = (o: any) => Object.fromEntries(Object.entries(o ?? {}).map(([k, t]) => [k, tensorFromJson(t)]));
      goldens.push({ api: g.api, signature: g.signature, version: BigInt(v.version ?? v.number ?? 0) || undefined, inputs: tensors(g.inputs), outputs: g.error ? undefined : tensors(g.outputs), examples: g.serialized_examples?.map((s: string) => Buffer.from(s, "base64")), classifications: g.classifications, regressions: g.regressions, error: g.error ? {} : undefined, tolerance: g.rtol === undefined ? undefined : { rtol: g.rtol, atol: g.atol }, stateful: g.stateful } as Golden);
      } catch (err) { /* composite */ }
    }
  }
  const report = await runSmoke({ targets: { grpc: `127.0.0.1:${server.grpcPort}`, rest: `http://127.0.0.1:${server.restPort}` }, models: [{ name, basePath: base, goldens }] });
  console.log(name, JSON.stringify(report.summary), "goldens", goldens.length);
  const seen = new Set();
  for (const c of report.checks) if (c.outcome !== "pass" && !/no goldens/.test(c.message)) { const k = c.id + c.message.slice(0,80); if (seen.has(k)) continue; seen.add(k); console.log("   ", c.outcome, c.id, c.signature, c.transport, c.message.slice(0, 260)); }
  await server.stop();
}
