import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttp2Server } from "node:http2";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { messageType } from "@servable/protos/message-types";
import { SERVING_METHODS } from "@servable/protos/serving-methods";
import {
  createGrpcClient,
  decodeExample,
  encodeExample,
  encodeExamplesRequest,
  encodePredictRequest,
  ServingError,
} from "@servable/smoke-client";
import { decodeTensorProto, encodeTensorProto, type Tensor } from "@servable/tensors";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { addByteMethod, listen } from "./byte-service.ts";
import { FakeServing, Refusal, type Running, startGrpc } from "./fake-server.ts";
import { makeCertificates } from "./make-certificates.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function setup(
  options: Parameters<typeof startGrpc>[1] = {},
): Promise<{ serving: FakeServing; server: Running }> {
  const serving = new FakeServing();
  const server = await startGrpc(serving, options);
  cleanups.push(() => server.stop());
  return { serving, server };
}

function client(target: string, more: Partial<Parameters<typeof createGrpcClient>[0]> = {}) {
  const made = createGrpcClient({ target, ...more });
  cleanups.push(() => made.close());
  return made;
}

const x: Tensor = { dtype: "DT_FLOAT", shape: [3], data: Float32Array.of(1, 2, 5) };

async function failure(promise: Promise<unknown>): Promise<ServingError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ServingError);
  return error as ServingError;
}

describe("requests on the wire", () => {
  it("are what protobuf makes of the same message (reference: tensor encoding, section 3)", () => {
    const request = encodePredictRequest({
      model: { name: "m" },
      inputs: { x: { dtype: "DT_FLOAT", shape: [1, 2], data: Float32Array.of(1, 2) } },
    });
    const tensor = "080112081202080112020802" + "2208" + "0000803f00000040";
    expect(request.toString("hex")).toBe(`0a030a016d121b0a01781216${tensor}`);
    expect(encodeExample({ a: { floats: [1] } }).toString("hex")).toBe(
      "0a0f0a0d0a016112081206" + "0a040000803f",
    );
    const classify = encodeExamplesRequest({ model: { name: "m" }, examples: [{ a: { floats: [1] } }] });
    expect(classify.toString("hex")).toBe(
      "0a030a016d" + "12150a130a11" + "0a0f0a0d0a0161120812060a040000803f",
    );
  });

  it("decode with protobufjs to what was asked for", () => {
    const type = messageType("tensorflow.serving.PredictRequest");
    const TensorProto = messageType("tensorflow.TensorProto");
    fc.assert(
      fc.property(
        fc.string(),
        fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { nil: undefined }),
        fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
        fc.dictionary(
          fc.string().filter((key) => key !== "__proto__"),
          fc.float32Array({ maxLength: 5 }),
        ),
        fc.array(fc.string(), { maxLength: 3 }),
        (name, version, signature, columns, outputFilter) => {
          const inputs = Object.fromEntries(
            Object.entries(columns).map(([alias, data]): [string, Tensor] => [
              alias,
              { dtype: "DT_FLOAT", shape: [data.length], data },
            ]),
          );
          const bytes = encodePredictRequest({ model: { name, version, signature }, inputs, outputFilter });
          const message = type.toObject(type.decode(bytes), { longs: String, arrays: true }) as Record<
            string,
            never
          >;
          const spec = (message["model_spec"] ?? {}) as {
            name?: string;
            version?: { value?: string };
            signature_name?: string;
          };
          expect(spec.name ?? "").toBe(name.toWellFormed());
          expect(spec.version === undefined ? undefined : BigInt(spec.version.value ?? 0)).toBe(version);
          expect(spec.signature_name).toBe(signature?.toWellFormed());
          expect(message["output_filter"]).toEqual(outputFilter.map((alias) => alias.toWellFormed()));
          const sent = (message["inputs"] ?? {}) as Record<string, object>;
          for (const [alias, tensor] of Object.entries(inputs)) {
            const bytes = TensorProto.encode(TensorProto.fromObject(sent[alias.toWellFormed()]!)).finish();
            expect(decodeTensorProto(bytes)).toEqual(decodeTensorProto(encodeTensorProto(tensor)));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("Examples decode with protobufjs", () => {
    const type = messageType("tensorflow.Example");
    const example = {
      f: { floats: [0.5, -1] },
      i: { ints: [-1n, 2n ** 62n] },
      b: { bytes: [Buffer.from("a"), Buffer.from("")] },
      empty: { floats: [] },
    };
    const bytes = encodeExample(example);
    expect({ ...decodeExample(bytes) }).toEqual(example);
    expect(type.toObject(type.decode(bytes), { longs: String, bytes: String })).toEqual({
      features: {
        feature: {
          f: { float_list: { value: [0.5, -1] } },
          i: { int64_list: { value: ["-1", "4611686018427387904"] } },
          b: { bytes_list: { value: ["YQ==", ""] } },
          empty: { float_list: {} },
        },
      },
    });
  });
});

describe("calls", () => {
  it("predict, status and metadata", async () => {
    const { serving, server } = await setup();
    const grpc = client(`127.0.0.1:${server.port}`);
    const answer = await grpc.predict(
      { model: { name: "half", version: 3 }, inputs: { x } },
      { metadata: { "x-trace": "7" } },
    );
    expect(answer.model).toEqual({ name: "half", version: 3n, signature: "serving_default" });
    expect([...(answer.outputs.get("y")!.data as Float32Array)]).toEqual([2.5, 3, 4.5]);
    expect(serving.lastHeaders["x-trace"]).toBe("7");
    expect(await grpc.getModelStatus({ name: "half" })).toEqual([
      { version: 3n, state: "AVAILABLE", errorCode: "OK", errorMessage: "" },
    ]);
    const metadata = await grpc.getModelMetadata({ name: "half" });
    expect(metadata.model.version).toBe(3n);
    expect(metadata.signatures["serving_default"]).toMatchObject({
      method: "tensorflow/serving/predict",
      inputs: { x: { tensor: "x:0", dtype: "DT_FLOAT", shape: [-1] } },
    });
  });

  it("keep the server's code and text", async () => {
    const { server } = await setup();
    const grpc = client(`127.0.0.1:${server.port}`);
    const error = await failure(grpc.predict({ model: { name: "nope" }, inputs: { x } }));
    expect(error).toMatchObject({
      code: "NOT_FOUND",
      details: "Servable not found for request: Latest(nope)",
      trouble: undefined,
    });
    expect(error.message).toBe("[NOT_FOUND] Servable not found for request: Latest(nope)");
  });

  it("carry answers above gRPC's default of 4 MiB", async () => {
    const { server } = await setup();
    const big: Tensor = { dtype: "DT_FLOAT", shape: [2_000_000], data: new Float32Array(2_000_000).fill(4) };
    const { outputs } = await client(`127.0.0.1:${server.port}`).predict({
      model: { name: "half" },
      inputs: { x: big },
    });
    expect(outputs.get("y")!.data.length).toBe(2_000_000);
    expect(outputs.get("y")!.data[1_999_999]).toBe(4);
    const small = client(`127.0.0.1:${server.port}`, { maxReceiveBytes: 1000 });
    expect((await failure(small.predict({ model: { name: "half" }, inputs: { x: big } }))).code).toBe(
      "RESOURCE_EXHAUSTED",
    );
  });

  it("end at their deadline", async () => {
    const { serving, server } = await setup();
    serving.delayMs = 5000;
    const error = await failure(
      client(`127.0.0.1:${server.port}`).getModelStatus({ name: "half" }, { deadlineMs: 50 }),
    );
    expect(error).toMatchObject({
      code: "DEADLINE_EXCEEDED",
      details: "no answer within 50 ms",
      trouble: "timeout",
    });
  });

  it("end with the signal's reason when aborted", async () => {
    const { serving, server } = await setup();
    serving.delayMs = 5000;
    const controller = new AbortController();
    const call = client(`127.0.0.1:${server.port}`).getModelStatus(
      { name: "half" },
      { signal: controller.signal },
    );
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(call).rejects.toThrow("enough");
    const done = new AbortController();
    done.abort(new Error("before"));
    await expect(
      client("127.0.0.1:1").getModelStatus({ name: "x" }, { signal: done.signal }),
    ).rejects.toThrow("before");
  });

  it("tell that nothing listens", async () => {
    const { server } = await setup();
    await server.stop();
    const error = await failure(
      client(`127.0.0.1:${server.port}`).getModelStatus({ name: "half" }, { deadlineMs: 3000 }),
    );
    expect(error).toMatchObject({ code: "UNAVAILABLE", trouble: "refused" });
  });

  it("tell that the connection was reset", async () => {
    const rude = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.resetAndDestroy());
    });
    await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => void rude.close());
    const { port } = rude.address() as { port: number };
    const error = await failure(
      client(`127.0.0.1:${port}`).getModelStatus({ name: "half" }, { deadlineMs: 3000 }),
    );
    expect(["UNAVAILABLE", "DEADLINE_EXCEEDED"]).toContain(error.code);
    expect(["reset", "timeout"]).toContain(error.trouble);
  });

  it("tell a proxy that answers for the server", async () => {
    for (const [status, trouble] of [
      [502, "gateway"],
      [503, "gateway"],
      [401, "credentials"],
      [302, "redirect"],
    ] as const) {
      const proxy = createHttp2Server();
      proxy.on("stream", (stream) => {
        stream.respond({ ":status": status, "content-type": "text/html" });
        stream.end("<html>proxy</html>");
      });
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
      cleanups.push(() => void proxy.close());
      const { port } = proxy.address() as { port: number };
      const error = await failure(
        client(`127.0.0.1:${port}`).getModelStatus({ name: "half" }, { deadlineMs: 3000 }),
      );
      expect(error.trouble).toBe(trouble);
    }
  });

  it("refuse an answer that is no protobuf as the server's fault", async () => {
    const { serving, server } = await setup();
    serving.models[0]!.predict = () => {
      throw new Refusal(13, "broken\nover two lines");
    };
    const error = await failure(
      client(`127.0.0.1:${server.port}`).predict({ model: { name: "half" }, inputs: { x } }),
    );
    expect(error).toMatchObject({ code: "INTERNAL", details: "broken\nover two lines" });
  });

  it("fail after close", async () => {
    const { server } = await setup();
    const grpc = client(`127.0.0.1:${server.port}`);
    await grpc.getModelStatus({ name: "half" });
    grpc.close();
    expect((await failure(grpc.getModelStatus({ name: "half" }))).code).toBe("CANCELLED");
  });
});

describe("transports", () => {
  it("UNIX sockets", async () => {
    const folder = mkdtempSync(join(tmpdir(), "servable-"));
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    await setup({ address: `unix:${join(folder, "s")}` });
    expect(await client(`unix:${join(folder, "s")}`).getModelStatus({ name: "half" })).toHaveLength(1);
    const error = await failure(
      client(`unix:${join(folder, "absent")}`).getModelStatus({ name: "half" }, { deadlineMs: 3000 }),
    );
    expect(error.trouble).toBe("socket-missing");
  });

  it("TLS, and mutual TLS", async () => {
    const { authority, server: own, client: theirs } = makeCertificates();
    const pair = { private_key: Buffer.from(own.key), cert_chain: Buffer.from(own.certificate) };
    const oneWay = await setup({ credentials: ServerCredentials.createSsl(null, [pair], false) });
    const target = `127.0.0.1:${oneWay.server.port}`;
    const tls = { rootCertificates: authority };
    expect(await client(target, { tls }).getModelStatus({ name: "half" })).toHaveLength(1);
    expect(
      await client(target, { tls: { ...tls, serverName: "localhost" } }).getModelStatus({ name: "half" }),
    ).toHaveLength(1);
    // on this machine any name will do, unless one is asked for
    const named = { ...tls, serverName: "model.example" };
    const other = await failure(
      client(target, { tls: named }).getModelStatus({ name: "half" }, { deadlineMs: 3000 }),
    );
    expect(other.trouble).toBe("tls-certificate");
    // its certificate is of an authority that nobody trusts
    const unknown = await failure(
      client(target, { tls: {} }).getModelStatus({ name: "half" }, { deadlineMs: 3000 }),
    );
    expect(unknown.trouble).toBe("tls-certificate");

    const mutual = await setup({
      credentials: ServerCredentials.createSsl(Buffer.from(authority), [pair], true),
    });
    const both = `127.0.0.1:${mutual.server.port}`;
    const withOwn = { ...tls, clientKey: theirs.key, clientCertificate: theirs.certificate };
    expect(await client(both, { tls: withOwn }).getModelStatus({ name: "half" })).toHaveLength(1);
    const without = await failure(
      client(both, { tls }).getModelStatus({ name: "half" }, { deadlineMs: 3000 }),
    );
    expect(without.code).toMatch(/UNAVAILABLE|DEADLINE_EXCEEDED/);
  });

  it("TLS towards a server without it", async () => {
    const { server } = await setup();
    const { authority } = makeCertificates();
    const error = await failure(
      client(`127.0.0.1:${server.port}`, { tls: { rootCertificates: authority } }).getModelStatus(
        { name: "half" },
        { deadlineMs: 3000 },
      ),
    );
    expect(error.trouble).toMatch(/tls-unexpected|reset/);
  });
});

describe("any bytes as an answer", () => {
  it("give a value or a ServingError, nothing else", async () => {
    let reply: Uint8Array = new Uint8Array(0);
    const answering = new Server();
    for (const path of Object.values(SERVING_METHODS))
      addByteMethod(answering, path, (_call, callback) => callback(null, Buffer.from(reply)));
    const port = await listen(answering, ServerCredentials.createInsecure());
    cleanups.push(() => answering.forceShutdown());
    const grpc = client(`127.0.0.1:${port}`);
    const model = { name: "m" };
    // fields 1 and 2 at the start let bytes get deep into messages
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc
        .array(fc.constantFrom(0x0a, 0x12, 0x1a, 0x08, 2, 3, 5, 0xff), { maxLength: 40 })
        .map((list) => Uint8Array.from(list)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (made) => {
        reply = made;
        const results = await Promise.allSettled([
          grpc.predict({ model, inputs: {} }),
          grpc.classify({ model, examples: [] }),
          grpc.regress({ model, examples: [] }),
          grpc.getModelMetadata(model),
          grpc.getModelStatus(model),
          grpc.reloadConfig(new Uint8Array(0)),
          grpc.healthCheck(""),
        ]);
        for (const result of results) {
          if (result.status === "rejected") expect(result.reason).toBeInstanceOf(ServingError);
        }
      }),
      { numRuns: 150 },
    );
  });
});
