import { type Clock, createGrpcClient, createRestClient, waitUntilAvailable } from "@servable/smoke-client";
import { afterEach, describe, expect, it } from "vitest";
import { FakeServing, Refusal, startGrpc, startRest } from "./fake-server.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Time that passes only by sleeping; `at` runs things when their time has come. */
function fakeClock(at: Record<number, () => void | Promise<void>> = {}): Clock & { slept: number[] } {
  let time = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => time,
    async sleep(ms) {
      slept.push(ms);
      time += ms;
      for (const [when, action] of Object.entries(at)) {
        if (Number(when) > time) continue;
        delete at[Number(when)];
        await action();
      }
    },
  };
}

async function setup() {
  const serving = new FakeServing();
  const server = await startGrpc(serving);
  const grpc = createGrpcClient({ target: `127.0.0.1:${server.port}` });
  cleanups.push(
    () => server.stop(),
    () => grpc.close(),
  );
  return { serving, server, grpc };
}

describe("waiting", () => {
  it("ends at once when all is available", async () => {
    const { grpc } = await setup();
    const clock = fakeClock();
    const result = await waitUntilAvailable({
      grpc,
      models: [{ name: "half", versions: [3n] }],
      timeoutMs: 1000,
      clock,
    });
    expect(result).toEqual({ available: true, waitedMs: 0, attempts: 1 });
    expect(clock.slept).toEqual([]);
  });

  it("goes on while versions load, with growing pauses, and tells what it sees", async () => {
    const { serving, grpc } = await setup();
    const [model] = serving.models;
    model!.versions = [{ version: 3, state: 10 }];
    const clock = fakeClock({
      400: () => {
        model!.versions = [{ version: 3, state: 20 }];
      },
      2000: () => {
        model!.versions = [{ version: 3, state: 30 }];
      },
    });
    const lines: string[] = [];
    const result = await waitUntilAvailable({
      grpc,
      models: [{ name: "half" }],
      timeoutMs: 10_000,
      clock,
      onProgress: (line) => lines.push(line),
    });
    expect(result.available).toBe(true);
    expect(clock.slept.slice(0, 6)).toEqual([50, 100, 200, 400, 800, 1000]);
    expect(lines).toEqual([
      "model half is not AVAILABLE (3 START)",
      "model half is not AVAILABLE (3 LOADING)",
    ]);
  });

  it("waits for closed ports too", async () => {
    const serving = new FakeServing();
    const first = await startRest(serving);
    const { port } = first;
    await first.stop();
    const rest = createRestClient({ baseUrl: `http://127.0.0.1:${port}` });
    cleanups.push(() => rest.close());
    const refused = await waitUntilAvailable({
      rest,
      models: [{ name: "half" }],
      timeoutMs: 300,
      clock: fakeClock(),
    });
    expect(refused).toMatchObject({ available: false, reason: "timeout", reachable: false });
    if (refused.available) throw new Error("not reached");
    expect(refused.lastSeen).toContain("ECONNREFUSED");
    expect(refused.help).toContain("nothing listens there");
  });

  it("gives up at once on a version that failed to load, with the server's words", async () => {
    const { serving, grpc } = await setup();
    serving.models[0]!.versions = [{ version: 3, state: 50, code: 5, message: "Could not find variables" }];
    const result = await waitUntilAvailable({
      grpc,
      models: [{ name: "half" }],
      timeoutMs: 60_000,
      clock: fakeClock(),
    });
    expect(result).toMatchObject({ available: false, reason: "load-failed", reachable: true, attempts: 1 });
    if (result.available) throw new Error("not reached");
    expect(result.lastSeen).toBe("model half version 3 failed to load: NOT_FOUND: Could not find variables");
  });

  it("times out with what was seen last", async () => {
    const { serving, grpc } = await setup();
    serving.models[0]!.versions = [{ version: 2, state: 30 }];
    const result = await waitUntilAvailable({
      grpc,
      models: [{ name: "half", versions: [3n] }],
      timeoutMs: 500,
      clock: fakeClock(),
    });
    expect(result).toMatchObject({
      available: false,
      reason: "timeout",
      reachable: true,
      lastSeen: "model half version 3 is not AVAILABLE (2 AVAILABLE)",
    });
  });

  it("needs both transports where both are given", async () => {
    const { serving, grpc } = await setup();
    const server = await startRest(serving);
    cleanups.push(() => server.stop());
    const rest = createRestClient({ baseUrl: `http://127.0.0.1:${server.port}` });
    cleanups.push(() => rest.close());
    const models = [{ name: "half" }];
    expect(
      (await waitUntilAvailable({ grpc, rest, models, timeoutMs: 100, clock: fakeClock() })).available,
    ).toBe(true);
    await server.stop();
    rest.close();
    const gone = createRestClient({ baseUrl: `http://127.0.0.1:${server.port}` });
    cleanups.push(() => gone.close());
    expect(
      (await waitUntilAvailable({ grpc, rest: gone, models, timeoutMs: 100, clock: fakeClock() })).available,
    ).toBe(false);
  });

  it("without models any answer of a model server will do", async () => {
    const { serving, grpc } = await setup();
    expect(
      (await waitUntilAvailable({ grpc, models: [], timeoutMs: 100, clock: fakeClock() })).available,
    ).toBe(true);
    serving.failWith = new Refusal(14, "not yet");
    expect(
      (await waitUntilAvailable({ grpc, models: [], timeoutMs: 100, clock: fakeClock() })).available,
    ).toBe(false);
  });

  it("rejects with the signal's reason", async () => {
    const { serving, grpc } = await setup();
    serving.models = [];
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error("stop")), 30);
    await expect(
      waitUntilAvailable({ grpc, models: [{ name: "half" }], timeoutMs: 60_000, signal: controller.signal }),
    ).rejects.toThrow("stop");
  });
});
