import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { fixture } from "@servable/test-fixtures";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type RunningServer, startModelServer } from "../src/index.ts";
import { sendRaw } from "./harness/raw-rest.ts";

// A graph with an op that nobody runs: what the graph runtime then does is its own business, told here.
vi.mock("@servable/graph-runtime", async (original) => {
  const real = await original<typeof import("@servable/graph-runtime")>();
  const refuse = (): never => {
    throw new real.GraphError(
      "UNIMPLEMENTED",
      "this model needs an op that is not run: MadeUpOp (node 'n')",
      {
        unsupported: ["MadeUpOp"],
      },
    );
  };
  return {
    ...real,
    loadGraphModel: async () => ({
      runTensors: async () => refuse(),
      missingOps: ["MadeUpOp"],
      unsupported: () => [{ op: "MadeUpOp", node: "n", reason: "no kernel" }],
      close: () => {},
    }),
  };
});

let server: RunningServer | undefined;
let log: string[] = [];

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(syntheticAnswers: boolean): Promise<RunningServer> {
  log = [];
  server = await startModelServer({
    log: (line) => log.push(line),
    argv: [
      "--port=0",
      "--rest_api_port=0",
      "--model_name=half",
      `--model_base_path=${fixture("models", "half_plus_two_versions")}`,
    ],
    syntheticAnswers,
  });
  return server;
}

const request = { method: "POST", path: "/v1/models/half:predict", body: '{"instances":[1,2]}' };

describe("what can't be run", () => {
  it("is refused by the names of the ops", async () => {
    const { restPort } = await start(false);
    expect(log.filter((line) => line.includes("MadeUpOp (node 'n')"))[0]).toMatch(
      / W servable\/graph-runtime\] Signature serving_default needs ops .*refused with UNIMPLEMENTED/,
    );
    const got = await sendRaw(restPort ?? 0, request);
    expect(got.status).toBe(501);
    expect(got.body.toString()).toContain("MadeUpOp");
    expect(got.headers).not.toHaveProperty("x-servable-synthetic");
  });

  it("is answered from the signature's shapes if asked for, and marked over REST and gRPC", async () => {
    const { restPort, grpcPort } = await start(true);
    expect(log.some((line) => /MadeUpOp.*made from its shapes/.test(line))).toBe(true);
    const got = await sendRaw(restPort ?? 0, request);
    expect(got.status).toBe(200);
    expect(got.headers["x-servable-synthetic"]).toBe("signature");
    expect((JSON.parse(got.body.toString()) as { predictions: unknown[] }).predictions).toHaveLength(2);

    const client = new Client(`127.0.0.1:${grpcPort}`, credentials.createInsecure());
    const bytes = (buffer: Buffer): Buffer => buffer;
    const message = Buffer.from("0a060a0468616c66120f0a0178120a080112002a040000003f", "hex");
    const marks = await new Promise<unknown[]>((resolve, reject) => {
      const seen: unknown[] = [];
      const call = client.makeUnaryRequest(
        "/tensorflow.serving.PredictionService/Predict",
        bytes,
        bytes,
        message,
        new Metadata(),
        {},
        (error) => {
          if (error !== null) reject(error);
        },
      );
      call.on("metadata", (metadata) => seen.push(...metadata.get("x-servable-synthetic")));
      call.on("status", ({ metadata }) => {
        seen.push(...metadata.get("x-servable-synthetic"));
        resolve(seen);
      });
    });
    client.close();
    expect(marks).toEqual(["signature", "signature"]);
  });
});
