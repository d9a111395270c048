import type { Tensor } from "@servable/tensors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BatchingSession, queueOptions } from "../../src/batching/batching-session.ts";
import { SharedBatchScheduler } from "../../src/batching/shared-batch-scheduler.ts";
import { padRows } from "../../src/batching/tensor-rows.ts";
import type { BatchingParameters } from "../../src/lifecycle/bundle-settings.ts";
import { statusOf } from "../../src/status.ts";

const base: BatchingParameters = { allowedBatchSizes: [], padVariableLengthInputs: false };

function floats(shape: readonly number[], values: readonly number[]): Tensor {
  return { dtype: "DT_FLOAT", shape, data: Float32Array.from(values) };
}

/** A session that doubles its input, and the sizes of the batches that it ran. */
function doubling(
  parameters: BatchingParameters,
  threads = 1,
): { session: BatchingSession; batches: number[] } {
  const batches: number[] = [];
  const session = new BatchingSession(new SharedBatchScheduler(threads), parameters, async (feeds) => {
    const x = feeds.get("x:0");
    if (x === undefined) throw new Error("no x");
    batches.push(x.shape[0] ?? -1);
    return new Map([["y:0", { ...x, data: (x.data as Float32Array).map((value) => value * 2) }]]);
  });
  return { session, batches };
}

const run = async (session: BatchingSession, x: Tensor): Promise<Tensor | undefined> =>
  (await session.run(new Map([["x:0", x]]), ["y:0"], undefined)).get("y:0");

const refusal = (session: BatchingSession, x: Tensor): Promise<string> =>
  run(session, x).then(
    () => "ran",
    (error: unknown) => statusOf(error).quoted,
  );

describe("batching", () => {
  it("gathers what comes together, and answers each with its own rows", async () => {
    const { session, batches } = doubling({ ...base, maxBatchSize: 8n, batchTimeoutMicros: 20_000n });
    const answers = await Promise.all([
      run(session, floats([2], [1, 2])),
      run(session, floats([1], [3])),
      run(session, floats([5], [4, 5, 6, 7, 8])),
    ]);
    expect(answers.map((answer) => [...(answer?.data ?? [])])).toEqual([[2, 4], [6], [8, 10, 12, 14, 16]]);
    expect(batches).toEqual([8]);
  });

  it("pads up to the first allowed size that holds the rows", async () => {
    const { session, batches } = doubling({ ...base, maxBatchSize: 8n, allowedBatchSizes: [2n, 4n, 8n] });
    await run(session, floats([3], [1, 2, 3]));
    expect(batches).toEqual([4]);
  });

  it("cuts large tasks when splitting is on", async () => {
    const { session, batches } = doubling({
      ...base,
      maxBatchSize: 10n,
      enableLargeBatchSplitting: true,
      maxExecutionBatchSize: 4n,
    });
    const answer = await run(session, floats([9], [1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect([...(answer?.data ?? [])]).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18]);
    expect(batches).toEqual([4, 4, 1]);
  });

  it("refuses in the scheduler's words", async () => {
    const { session } = doubling({ ...base, maxBatchSize: 4n });
    expect(await refusal(session, floats([5], [1, 2, 3, 4, 5]))).toBe(
      "INVALID_ARGUMENT: Task size 5 is larger than maximum input batch size 4",
    );
    expect(await refusal(session, floats([], [1]))).toBe(
      "INVALID_ARGUMENT: Batching Run() input tensors must have at least one dimension",
    );
    const full = doubling({
      ...base,
      maxBatchSize: 2n,
      maxEnqueuedBatches: 1n,
      batchTimeoutMicros: 50_000n,
    }).session;
    const results = await Promise.all([refusal(full, floats([1], [1])), refusal(full, floats([2], [1, 2]))]);
    expect(results[1]).toBe(
      "UNAVAILABLE: The batch scheduling queue to which this task was submitted is full; currently 1 batches enqueued and max_enqueued_batches is 1",
    );
  });

  it("one bad request fails its whole batch", async () => {
    const { session } = doubling({ ...base, maxBatchSize: 8n, batchTimeoutMicros: 20_000n });
    const results = await Promise.all([
      refusal(session, floats([1, 2], [1, 2])),
      refusal(session, floats([1, 3], [1, 2, 3])),
    ]);
    for (const text of results) expect(text).toContain("have different shapes and padding is turned off");
  });

  it("any sizes come back whole, in batches within the limit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 3 }),
        async (sizes, execution, threads) => {
          const parameters: BatchingParameters = {
            ...base,
            maxBatchSize: 7n,
            enableLargeBatchSplitting: true,
            maxExecutionBatchSize: BigInt(execution),
            maxEnqueuedBatches: 1000n,
          };
          const { session, batches } = doubling(parameters, threads);
          const answers = await Promise.all(
            sizes.map((size, task) =>
              run(
                session,
                floats(
                  [size],
                  Array.from({ length: size }, (_, row) => task * 10 + row),
                ),
              ),
            ),
          );
          answers.forEach((answer, task) => {
            const want = Array.from({ length: sizes[task] ?? 0 }, (_, row) => 2 * (task * 10 + row));
            expect([...(answer?.data ?? [])]).toEqual(want);
          });
          for (const batch of batches) expect(batch).toBeLessThanOrEqual(execution);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("defaults are those of the library", () => {
    expect(queueOptions(base)).toEqual({
      inputBatchSizeLimit: 1000,
      maxExecutionBatchSize: 1000,
      maxEnqueuedBatches: 10,
      batchTimeoutMicros: 0,
      splitting: false,
    });
  });

  it("pads with the tensor's own first element", () => {
    const padded = padRows(floats([2, 1, 2], [1, 2, 3, 4]), [2, 3]);
    expect(padded.shape).toEqual([2, 2, 3]);
    expect([...padded.data]).toEqual([1, 2, 1, 1, 1, 1, 3, 4, 1, 1, 1, 1]);
  });
});
