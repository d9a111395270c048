import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { checkStart } from "@servable/linter/start";
import { ServerStartError, startModelServer } from "@servable/model-server";
import { parseServerFlags } from "@servable/server-flags";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { freePort } from "./free-port.ts";
import { type GeneratedStart, generatedStart, layOut } from "./generated-start.ts";

const root = mkdtempSync(join(tmpdir(), "starts-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Milliseconds after which a start that shows nothing is taken for one that hangs. */
const patience = Number(process.env["STARTS_PATIENCE"] ?? 1500);

/** What the embedded server does, in the words of the prediction. */
async function startedHere(argv: readonly string[], cwd: string, waitMs: number): Promise<string> {
  const abort = new AbortController();
  const flags = parseServerFlags(argv, "2.17.1", { cpus: availableParallelism() });
  const starting = startModelServer({ flags, cwd, signal: abort.signal, log: () => {} });
  const timer = setTimeout(() => abort.abort(new Error("hangs")), waitMs);
  try {
    const server = await starting;
    const rest = flags.int("rest_api_port") === 0 || server.restPort !== undefined;
    const served = server.models();
    await server.stop(0);
    return rest && served.every(({ versions }) => versions.length > 0) ? "serves" : "serves-partially";
  } catch (error) {
    if (error instanceof ServerStartError) return error.kind;
    if (abort.signal.aborted) return "hangs";
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

interface Compared {
  readonly start: GeneratedStart;
  readonly argv: readonly string[];
  readonly predicted: string;
  readonly here: string;
  readonly because: readonly string[];
}

let count = 0;
async function compare(start: GeneratedStart, waitMs = patience): Promise<Compared> {
  const dir = join(root, String(count++));
  const argv = layOut(start, dir, await freePort(), await freePort());
  const { outcome } = checkStart({ argv, cwd: dir, tfsVersion: "2.17.1", cpus: availableParallelism() });
  const here = await startedHere(argv, dir, waitMs);
  rmSync(dir, { recursive: true, force: true });
  return { start, argv, predicted: outcome.prediction, here, because: outcome.because };
}

/*
 * Two independent readings of the same facts: the rules that predict a start, and the embedded server that makes it.
 * STARTS_RUNS and STARTS_SEED choose how many starts are made up, and which.
 */
it("predicts what the embedded server does with starts made up at random", { timeout: 900_000 }, async () => {
  const numRuns = Number(process.env["STARTS_RUNS"] ?? 80);
  const seed = Number(process.env["STARTS_SEED"] ?? 4);
  const queue = fc.sample(generatedStart, { numRuns, seed });
  const compared: Compared[] = [];
  const lane = async (): Promise<void> => {
    for (let start = queue.pop(); start !== undefined; start = queue.pop())
      compared.push(await compare(start));
  };
  await Promise.all(Array.from({ length: 6 }, lane));
  const table: Record<string, Record<string, number>> = {};
  for (const { predicted, here } of compared) {
    const row = table[here] ?? {};
    table[here] = row;
    row[predicted] = (row[predicted] ?? 0) + 1;
  }
  console.table(table);
  const different = compared.filter(({ predicted, here }) => predicted !== here);
  // A machine that is busy may start too late: once more, alone and with more patience.
  const still: Compared[] = [];
  for (const { start } of different) {
    const again = await compare(start, 10 * patience);
    if (again.predicted !== again.here) still.push(again);
  }
  expect(
    still.map(
      ({ argv, predicted, here, because, start }) =>
        `predicted ${predicted} (${because.join()}), here ${here}: ${argv.join(" ")}\n${JSON.stringify(start)}`,
    ),
  ).toEqual([]);
});
