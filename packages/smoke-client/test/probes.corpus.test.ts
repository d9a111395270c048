import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { SERVING_METHODS } from "@servable/protos/serving-methods";
import { createGrpcClient, createRestClient, parseRestJson, ServingError } from "@servable/smoke-client";
import {
  decodeTensorProto,
  encodeTensorProtoFields,
  isDType,
  isFloating,
  toBase64,
  WIRE,
  WireReader,
} from "@servable/tensors";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { afterAll, describe, expect, it } from "vitest";
import { addByteMethod, listen } from "./byte-service.ts";

interface Probe {
  readonly id: string;
  readonly profile: string;
  readonly transport: "grpc" | "rest";
  readonly request: { readonly method: string; readonly service?: string; readonly path?: string };
  readonly response: {
    readonly code?: string;
    readonly message?: string;
    readonly hex?: string;
    readonly reply?: Record<string, never>;
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly body?: string;
    readonly body_base64?: string;
  };
}

interface JsonTensorInfo {
  readonly name?: string;
  readonly dtype?: string;
  readonly tensorShape?: {
    readonly dim?: readonly { readonly size?: string }[];
    readonly unknownRank?: boolean;
  };
}

const probes: Probe[] = hasShared
  ? readFileSync(sharedFixture("server/probes.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Probe)
  : [];
const cleanups: (() => void)[] = [];
afterAll(() => {
  for (const cleanup of cleanups) cleanup();
});

/** A server that gives the bytes that a real server gave. */
async function replay(path: string, reply: Buffer): Promise<ReturnType<typeof createGrpcClient>> {
  const server = new Server();
  addByteMethod(server, path, (_call, callback) => callback(null, reply));
  const port = await listen(server, ServerCredentials.createInsecure());
  const client = createGrpcClient({ target: `127.0.0.1:${port}` });
  cleanups.push(() => {
    client.close();
    server.forceShutdown();
  });
  return client;
}

const answered = (method: string): Probe[] =>
  probes.filter(
    (probe) =>
      probe.transport === "grpc" &&
      probe.request.method === method &&
      probe.response.code === "OK" &&
      probe.response.hex !== undefined,
  );

/** Values of a typed list in proto3 JSON, as text to compare. */
function jsonValues(tensor: Record<string, unknown>): string[] {
  const field = Object.keys(tensor).find((key) => key.endsWith("Val"));
  const list = field === undefined ? [] : (tensor[field] as unknown[]);
  return list.map((value) => (typeof value === "number" && Object.is(value, -0) ? "-0" : String(value)));
}

describe.skipIf(!hasShared)("answers of a real server", () => {
  it.each(answered("Predict").map((probe) => [probe.id, probe] as const))(
    "Predict %s",
    async (_id, probe) => {
      const client = await replay(SERVING_METHODS.predict, Buffer.from(probe.response.hex!, "hex"));
      const answer = await client.predict({ model: { name: "any" }, inputs: {} });
      const reply = probe.response.reply as unknown as {
        outputs?: Record<string, Record<string, unknown>>;
        modelSpec: { name: string; version?: string; signatureName: string };
      };
      expect(answer.model).toEqual({
        name: reply.modelSpec.name,
        version: BigInt(reply.modelSpec.version ?? 0),
        signature: reply.modelSpec.signatureName,
      });
      expect([...answer.outputs.keys()].sort()).toEqual(Object.keys(reply.outputs ?? {}).sort());
      for (const [alias, tensor] of answer.outputs) {
        const want = reply.outputs![alias]!;
        expect(tensor.dtype).toBe(want["dtype"]);
        const dims = ((want["tensorShape"] as { dim?: { size?: string }[] } | undefined)?.dim ?? []).map(
          ({ size }) => Number(size ?? 0),
        );
        expect(tensor.shape).toEqual(dims);
        if (want["tensorContent"] !== undefined) continue;
        const values = jsonValues(want);
        const got = Array.from(tensor.data as ArrayLike<number | bigint | Uint8Array>, (value) =>
          value instanceof Uint8Array ? toBase64(value) : value,
        );
        if (tensor.dtype === "DT_BOOL") expect(got.map((value) => String(value === 1))).toEqual(values);
        else if (isFloating(tensor.dtype) && tensor.data instanceof Float32Array) {
          // JSON has the shortest decimal of the float32
          expect(got).toEqual(values.map((value) => Math.fround(Number(value))));
        } else expect(got.map((value) => (Object.is(value, -0) ? "-0" : String(value)))).toEqual(values);
      }
    },
  );

  it("typed lists are written to the same bytes", () => {
    let compared = 0;
    for (const probe of answered("Predict")) {
      const reader = new WireReader(Buffer.from(probe.response.hex!, "hex"));
      while (reader.next()) {
        if (reader.wire !== WIRE.bytes) {
          reader.skip();
          continue;
        }
        const entry = new WireReader(reader.view());
        if (reader.field !== 1) continue;
        while (entry.next()) {
          const view = entry.view();
          if (entry.field !== 2) continue;
          const bytes = Buffer.from(view).toString("hex");
          expect(Buffer.from(encodeTensorProtoFields(decodeTensorProto(view))).toString("hex")).toBe(bytes);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(80);
  });

  it.each(
    answered("Classify")
      .filter((probe) => probe.response.reply !== undefined)
      .map((probe) => [probe.id, probe] as const),
  )("Classify %s", async (_id, probe) => {
    const client = await replay(SERVING_METHODS.classify, Buffer.from(probe.response.hex!, "hex"));
    const { classifications } = await client.classify({ model: { name: "any" }, examples: [] });
    const reply = probe.response.reply as unknown as {
      result: { classifications?: { classes?: { label?: string; score?: number }[] }[] };
    };
    const want = (reply.result.classifications ?? []).map(({ classes }) =>
      (classes ?? []).map(({ label, score }) => ({
        label: label ?? "",
        score: Math.fround(Number(score ?? 0)),
      })),
    );
    expect(classifications).toEqual(want);
  });

  it.each(answered("Regress").map((probe) => [probe.id, probe] as const))(
    "Regress %s",
    async (_id, probe) => {
      const client = await replay(SERVING_METHODS.regress, Buffer.from(probe.response.hex!, "hex"));
      const { regressions } = await client.regress({ model: { name: "any" }, examples: [] });
      const reply = probe.response.reply as unknown as { result: { regressions?: { value?: number }[] } };
      expect(regressions).toEqual(
        (reply.result.regressions ?? []).map(({ value }) => Math.fround(Number(value ?? 0))),
      );
    },
  );

  it.each(answered("GetModelMetadata").map((probe) => [probe.id, probe] as const))(
    "GetModelMetadata %s",
    async (_id, probe) => {
      const client = await replay(SERVING_METHODS.getModelMetadata, Buffer.from(probe.response.hex!, "hex"));
      const { signatures } = await client.getModelMetadata({ name: "any" });
      const reply = probe.response.reply as unknown as {
        metadata: { signature_def: { signatureDef: Record<string, Record<string, never>> } };
      };
      const want = reply.metadata.signature_def.signatureDef;
      expect(Object.keys(signatures).sort()).toEqual(Object.keys(want).sort());
      for (const [name, signature] of Object.entries(signatures)) {
        expect(signature.method).toBe(want[name]!["methodName"] ?? "");
        for (const side of ["inputs", "outputs"] as const) {
          const tensors = (want[name]![side] ?? {}) as Record<string, JsonTensorInfo>;
          expect(Object.keys(signature[side]).sort()).toEqual(Object.keys(tensors).sort());
          for (const [alias, info] of Object.entries(tensors)) {
            const got = signature[side][alias]!;
            expect(got.tensor).toBe(info.name ?? "");
            const dtype = (info.dtype ?? "DT_INVALID").replace(/_REF$/, "");
            if (isDType(dtype)) expect(got.dtype).toBe(dtype);
            const dims = (info.tensorShape?.dim ?? []).map(({ size }) => Number(size ?? 0));
            expect(got.shape).toEqual(info.tensorShape?.unknownRank === true ? null : dims);
          }
        }
      }
    },
  );

  it.each(answered("GetModelStatus").map((probe) => [probe.id, probe] as const))(
    "GetModelStatus %s",
    async (_id, probe) => {
      const client = await replay(SERVING_METHODS.getModelStatus, Buffer.from(probe.response.hex!, "hex"));
      // json_name in the .proto makes these names snake_case in JSON too
      const reply = probe.response.reply as unknown as {
        model_version_status: {
          version?: string;
          state?: string;
          status?: { error_code?: string; error_message?: string };
        }[];
      };
      expect(await client.getModelStatus({ name: "any" })).toEqual(
        reply.model_version_status.map(({ version, state, status }) => ({
          version: BigInt(version ?? 0),
          state: state ?? "UNKNOWN",
          errorCode: status?.error_code ?? "OK",
          errorMessage: status?.error_message ?? "",
        })),
      );
    },
  );

  it("every JSON body parses, and equals JSON.parse where that can read it", () => {
    let compared = 0;
    for (const probe of probes) {
      if (probe.transport !== "rest" || probe.response.headers?.["content-type"] !== "application/json")
        continue;
      const { body, body_base64: base64 } = probe.response;
      const bytes = base64 === undefined ? Buffer.from(body ?? "", "utf8") : Buffer.from(base64, "base64");
      if (bytes.length === 0) continue;
      let want: unknown;
      try {
        want = JSON.parse(bytes.toString("utf8"));
      } catch {
        // bare NaN and infinities
      }
      // some error texts are cut within a JSON string's escape by the server itself: those are not JSON at all
      if (want === undefined && !/NaN|Inf/.test(bytes.toString("utf8"))) continue;
      const got = parseRestJson(bytes);
      compared++;
      if (want === undefined || base64 !== undefined) continue;
      const asDouble = (_key: string, part: unknown): unknown =>
        typeof part === "bigint" ? Number(part) : part;
      expect(JSON.stringify(got, asDouble), probe.id).toBe(JSON.stringify(want));
    }
    expect(compared).toBeGreaterThan(400);
  });

  it("REST status and metadata answers read as the client's types", async () => {
    const bodies = new Map<string, string>();
    const server = createServer((request, response) => {
      response.setHeader("content-type", "application/json");
      response.end(bodies.get(request.url!) ?? "{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => server.close());
    const rest = createRestClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
    cleanups.push(() => rest.close());
    let read = 0;
    for (const probe of probes) {
      const match = /^\/v1\/models\/(\w+)(\/metadata)?$/.exec(probe.request.path ?? "");
      if (match === null || probe.request.method !== "GET" || probe.response.status !== 200) continue;
      const [path, name, metadata] = match;
      bodies.set(path, probe.response.body ?? "");
      const json = JSON.parse(probe.response.body ?? "{}") as Record<string, never>;
      if (metadata === undefined) {
        const list = json["model_version_status"] as unknown as { version: string; state: string }[];
        const got = await rest.getModelStatus({ name: name! });
        expect(got.map(({ version, state }) => ({ version: String(version), state }))).toEqual(
          list.map(({ version, state }) => ({ version, state })),
        );
      } else {
        const got = await rest.getModelMetadata({ name: name! });
        expect(String(got.model.version)).toBe(
          (json["model_spec"] as unknown as { version: string }).version,
        );
        expect(Object.keys(got.signatures).length).toBeGreaterThan(0);
      }
      read++;
    }
    expect(read).toBeGreaterThan(3);
    await expect(rest.getModelMetadata({ name: "nobody" }).then(() => "read")).resolves.toBe("read");
    expect(ServingError).toBeDefined();
  });
});
