import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import {
  columnBody,
  createRestClient,
  explainError,
  outputsFromRest,
  parseRestJson,
  RestJsonError,
  rowBody,
  ServingError,
  tensorFromRest,
} from "@servable/smoke-client";
import {
  DTYPE_FACTS,
  DTYPE_NUMBERS,
  type DType,
  synthesise,
  type Tensor,
  TensorError,
} from "@servable/tensors";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { FakeServing, startRest } from "./fake-server.ts";
import { makeCertificates } from "./make-certificates.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function client(baseUrl: string, more: Partial<Parameters<typeof createRestClient>[0]> = {}) {
  const made = createRestClient({ baseUrl, ...more });
  cleanups.push(() => made.close());
  return made;
}

/** A server that answers one body to everything. */
async function answering(body: string | Uint8Array, status = 200): Promise<string> {
  const server: Server = createServer((_request, response) => {
    response.statusCode = status;
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function failure(promise: Promise<unknown>): Promise<ServingError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ServingError);
  return error as ServingError;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("JSON as the server prints it", () => {
  it("equals JSON.parse where that is exact", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), fc.nat(3), (text, indent) => {
        const value: unknown = JSON.parse(text);
        const pretty = JSON.stringify(value, null, indent);
        const asDouble = (_key: string, part: unknown): unknown =>
          typeof part === "bigint" ? Number(part) : part;
        expect(JSON.stringify(parseRestJson(utf8(pretty)), asDouble)).toBe(JSON.stringify(value));
      }),
    );
  });

  it("keeps integers beyond 2^53, NaN, infinities and minus zero", () => {
    expect(
      parseRestJson(utf8("[9223372036854775807, -9223372036854775808, 18446744073709551615, 5]")),
    ).toEqual([9223372036854775807n, -9223372036854775808n, 18446744073709551615n, 5]);
    expect(parseRestJson(utf8("[NaN, Infinity, -Infinity, -0.0, 9e+06, 3.40282347e+38]"))).toEqual([
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -0,
      9e6,
      3.40282347e38,
    ]);
  });

  it("gives bytes for strings that are not UTF-8", () => {
    expect(parseRestJson(Uint8Array.of(0x5b, 0x22, 0xff, 0x61, 0x22, 0x5d))).toEqual([
      Uint8Array.of(0xff, 0x61),
    ]);
    expect(parseRestJson(utf8('"\\u001F\\n\\ud83d\\ude00é"'))).toBe("\u001f\n😀é");
  });

  it.each([
    "",
    "{",
    "[1,]",
    '{"a"}',
    "tru",
    "01",
    "1.",
    "[1] 2",
    '"\\x"',
    "nan",
    '"\u0001"',
    '{"a":1,}',
    "-",
  ])("refuses %j", (text) => {
    expect(() => parseRestJson(utf8(text))).toThrow(RestJsonError);
  });

  it("never throws anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          parseRestJson(bytes);
        } catch (error) {
          if (!(error instanceof RestJsonError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
    expect(() => parseRestJson(utf8("[".repeat(100_000)))).toThrow(/nested too deeply/);
  });
});

describe("tensors as JSON", () => {
  const carried: DType[] = [
    "DT_FLOAT",
    "DT_DOUBLE",
    "DT_INT32",
    "DT_INT16",
    "DT_INT8",
    "DT_UINT8",
    "DT_STRING",
    "DT_INT64",
    "DT_BOOL",
    "DT_UINT32",
    "DT_UINT64",
  ];

  it.each(carried)("%s survives the column form", (dtype) => {
    const tensor = synthesise(dtype, [2, 3], { seed: 3 });
    const body = parseRestJson(utf8(columnBody({ x: tensor }))) as { inputs: { x: never } };
    expect(tensorFromRest(body.inputs.x, dtype)).toEqual(tensor);
  });

  it("writes rows with all inputs, and refuses what has no rows", () => {
    const a: Tensor = {
      dtype: "DT_FLOAT",
      shape: [2, 2],
      data: Float32Array.of(0.1, Number.NaN, -0, 2 ** 80),
    };
    const b: Tensor = { dtype: "DT_INT64", shape: [2], data: BigInt64Array.of(1n, -(2n ** 63n)) };
    expect(rowBody({ a, b }, "sig")).toBe(
      '{"signature_name":"sig","instances":[{"a":[0.10000000149011612,NaN],"b":1},{"a":[-0.0,1.2089258196146292e+24],"b":-9223372036854775808}]}',
    );
    const scalar: Tensor = { dtype: "DT_FLOAT", shape: [], data: Float32Array.of(1) };
    expect(columnBody({ scalar })).toBe('{"inputs":{"scalar":1}}');
    expect(() => rowBody({ scalar })).toThrow(TensorError);
    expect(() => rowBody({ a, c: { ...b, shape: [1], data: BigInt64Array.of(1n) } })).toThrow(
      /one first dimension/,
    );
    expect(() => rowBody({ e: { dtype: "DT_FLOAT", shape: [0], data: new Float32Array(0) } })).toThrow(
      /at least one row/,
    );
  });

  it("refuses dtypes that REST can't carry", () => {
    for (const dtype of Object.keys(DTYPE_NUMBERS) as DType[]) {
      if (DTYPE_FACTS[dtype].kind === "none" || carried.includes(dtype)) continue;
      expect(() => columnBody({ x: synthesise(dtype, [1]) })).toThrow(/use gRPC/);
    }
  });

  it("gives outputs their names back", () => {
    const two = { a: "DT_FLOAT", b: "DT_STRING" } as const;
    const row = outputsFromRest(
      parseRestJson(utf8('{"predictions":[{"b":{"b64":"YQ=="},"a":[1,2]},{"b":"é","a":[3,4]}]}')),
      two,
    );
    expect(row.get("a")).toEqual({ dtype: "DT_FLOAT", shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
    expect((row.get("b")!.data as Uint8Array[]).map((bytes) => Buffer.from(bytes).toString())).toEqual([
      "a",
      "é",
    ]);
    const column = outputsFromRest(parseRestJson(utf8('{"outputs":{"a":1.5,"b":["x"]}}')), two);
    expect(column.get("a")!.shape).toEqual([]);
    expect(
      outputsFromRest(parseRestJson(utf8('{"outputs":[[1],[2]]}')), { y: "DT_INT64" }).get("y")!.data,
    ).toEqual(BigInt64Array.of(1n, 2n));
    expect(() => outputsFromRest(parseRestJson(utf8('{"predictions":[{"a":1}]}')), two)).toThrow(
      /lacks output b/,
    );
    expect(() => outputsFromRest(parseRestJson(utf8('{"outputs":[[1],2]}')), { y: "DT_FLOAT" })).toThrow(
      TensorError,
    );
    expect(() => outputsFromRest(parseRestJson(utf8('{"outputs":[1.5]}')), { y: "DT_INT32" })).toThrow(
      /number where int32/,
    );
  });
});

describe("calls", () => {
  it("predict in both forms, status and metadata, on one connection", async () => {
    const serving = new FakeServing();
    const server = await startRest(serving);
    cleanups.push(() => server.stop());
    const rest = client(`http://127.0.0.1:${server.port}/`);
    const x: Tensor = { dtype: "DT_FLOAT", shape: [3], data: Float32Array.of(1, 2, 5) };
    for (const format of ["row", "column"] as const) {
      const { outputs } = await rest.predict({
        model: { name: "half" },
        inputs: { x },
        outputs: { y: "DT_FLOAT" },
        format,
      });
      expect([...(outputs.get("y")!.data as Float32Array)]).toEqual([2.5, 3, 4.5]);
    }
    expect(await rest.getModelStatus({ name: "half" })).toEqual([
      { version: 3n, state: "AVAILABLE", errorCode: "OK", errorMessage: "" },
    ]);
    const metadata = await rest.getModelMetadata({ name: "half", version: 3n });
    expect(metadata.model).toEqual({ name: "half", version: 3n, signature: "" });
    expect(metadata.signatures["serving_default"]).toMatchObject({
      inputs: { x: { dtype: "DT_FLOAT", shape: [-1] } },
    });
    expect(server.sockets()).toBe(1);
  });

  it("keep the server's status and text", async () => {
    const serving = new FakeServing();
    const server = await startRest(serving);
    cleanups.push(() => server.stop());
    const error = await failure(
      client(`http://127.0.0.1:${server.port}`).getModelStatus({ name: 'a/b "c"' }),
    );
    expect(error).toMatchObject({ code: "NOT_FOUND", status: 404, transport: "rest", trouble: undefined });
    expect(error.details).toBe('Could not find any versions of model a/b "c"');
  });

  it("classify and regress as TensorFlow Serving prints them", async () => {
    const classify = await answering('{\n    "results": [[["a", 0.5], ["", NaN]], []]\n}');
    const model = { name: "m" };
    expect(
      (await client(classify).classify({ model, examples: [{ x: { floats: [3] } }] })).classifications,
    ).toEqual([
      [
        { label: "a", score: 0.5 },
        { label: "", score: Number.NaN },
      ],
      [],
    ]);
    const regress = await answering('{"results": [3.0, 2.5]}');
    expect((await client(regress).regress({ model, examples: [{ x: { ints: [3] } }] })).regressions).toEqual([
      3, 2.5,
    ]);
    await expect(client(regress).regress({ model, examples: [Uint8Array.of(1)] })).rejects.toThrow(
      TensorError,
    );
  });

  it("tell what came instead of an answer", async () => {
    const html = await answering("<html><body>It works!</body></html>");
    expect(await failure(client(html).getModelStatus({ name: "m" }))).toMatchObject({
      code: "INTERNAL",
      status: 200,
    });
    const foreign = await answering('{"hello":"world"}');
    expect((await failure(client(foreign).getModelStatus({ name: "m" }))).details).toMatch(
      /no model_version_status.*hello/,
    );
    const page = (status: number) =>
      `<html><head><title>${status} Some Reason</title></head><body><h1>nginx</h1></body></html>`;
    for (const [status, trouble] of [
      [502, "gateway"],
      [503, "gateway"],
      [504, "gateway"],
      [401, "credentials"],
      [403, "credentials"],
      [302, "redirect"],
      [413, "too-large-for-proxy"],
      [418, "not-http"],
    ] as const) {
      const error = await failure(
        client(await answering(page(status), status)).getModelStatus({ name: "m" }),
      );
      expect(error).toMatchObject({
        status,
        trouble,
        details: `HTTP ${status}: the page "${status} Some Reason"`,
      });
      expect(explainError(error).help.length).toBeGreaterThan(60);
    }
    const big = await answering(Buffer.alloc(2000, 32));
    expect((await failure(client(big, { maxReceiveBytes: 1000 }).getModelStatus({ name: "m" }))).code).toBe(
      "RESOURCE_EXHAUSTED",
    );
  });

  it("end at their deadline and with the signal", async () => {
    const serving = new FakeServing();
    serving.delayMs = 5000;
    const server = await startRest(serving);
    cleanups.push(() => server.stop());
    const rest = client(`http://127.0.0.1:${server.port}`);
    const late = await failure(rest.getModelStatus({ name: "half" }, { deadlineMs: 40 }));
    expect(late).toMatchObject({ code: "DEADLINE_EXCEEDED", trouble: "timeout" });
    const controller = new AbortController();
    const call = rest.getModelStatus({ name: "half" }, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await expect(call).rejects.toThrow("enough");
  });

  it("tell refused, reset and not HTTP apart", async () => {
    const tcp = (reply: string | undefined) =>
      new Promise<string>((resolve) => {
        const server = createTcpServer((socket) => {
          socket.on("error", () => {});
          socket.once("data", () => (reply === undefined ? socket.resetAndDestroy() : socket.end(reply)));
        });
        cleanups.push(() => void server.close());
        server.listen(0, "127.0.0.1", () =>
          resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
        );
      });
    expect((await failure(client("http://127.0.0.1:1").getModelStatus({ name: "m" }))).trouble).toBe(
      "refused",
    );
    expect((await failure(client(await tcp(undefined)).getModelStatus({ name: "m" }))).trouble).toBe("reset");
    expect((await failure(client(await tcp("SSH-2.0-x\r\n")).getModelStatus({ name: "m" }))).trouble).toBe(
      "not-http",
    );
    expect((await failure(client("http://no.such.host.invalid").getModelStatus({ name: "m" }))).trouble).toBe(
      "name-not-found",
    );
  });

  it("go over TLS where a proxy has it", async () => {
    const { authority, server: own } = makeCertificates();
    const server = createSecureServer({ key: own.key, cert: own.certificate }, (_request, response) => {
      response.end('{"model_version_status":[]}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const trusted = client(`https://127.0.0.1:${port}/prefix`, { tls: { rootCertificates: authority } });
    expect(await trusted.getModelStatus({ name: "m" })).toEqual([]);
    expect((await failure(client(`https://127.0.0.1:${port}`).getModelStatus({ name: "m" }))).trouble).toBe(
      "tls-certificate",
    );
    expect((await failure(client(`http://127.0.0.1:${port}`).getModelStatus({ name: "m" }))).trouble).toMatch(
      /reset|not-http/,
    );
  });
});
