import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import { messageType } from "@servable/protos/message-types";
import { SERVING_METHODS } from "@servable/protos/serving-methods";
import { decodeTensorProto, encodeTensorProtoFields, type Tensor } from "@servable/tensors";
import { addByteMethod, listen } from "./byte-service.ts";

/** A model of the fake server: y = x / 2 + 2 on DT_FLOAT [-1] unless told otherwise. */
export interface FakeModel {
  readonly name: string;
  versions: { version: number; state: number; code?: number; message?: string }[];
  labels?: Record<string, number>;
  signatures: Record<string, FakeSignature>;
  predict?: (inputs: Record<string, Tensor>, signature: string) => Record<string, Tensor>;
}

export interface FakeSignature {
  method?: string;
  inputs: Record<string, { dtype: number; shape: number[] | null }>;
  outputs: Record<string, { dtype: number; shape: number[] | null }>;
}

export class Refusal extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export const halfPlusTwo: () => FakeModel = () => ({
  name: "half",
  versions: [{ version: 3, state: 30 }],
  signatures: {
    serving_default: {
      method: "tensorflow/serving/predict",
      inputs: { x: { dtype: 1, shape: [-1] } },
      outputs: { y: { dtype: 1, shape: [-1] } },
    },
  },
  predict: ({ x }) => ({
    y: { dtype: "DT_FLOAT", shape: x!.shape, data: (x!.data as Float32Array).map((value) => value / 2 + 2) },
  }),
});

type Plain = Record<string, never>;
const type = (name: string) => messageType(`tensorflow.serving.${name}`);
const TensorProto = messageType("tensorflow.TensorProto");
const plain = (name: string, bytes: Uint8Array): Record<string, unknown> =>
  type(name).toObject(type(name).decode(bytes), { longs: Number, defaults: false });
const encode = (name: string, value: object): Buffer =>
  Buffer.from(type(name).encode(type(name).fromObject(value)).finish());

/** What the handlers of both ports do; change its fields to make faults. */
export class FakeServing {
  models: FakeModel[] = [halfPlusTwo()];
  /** Milliseconds before every answer. */
  delayMs = 0;
  /** Every call fails with this. */
  failWith: Refusal | undefined;
  /** Last metadata or headers seen. */
  lastHeaders: Record<string, unknown> = {};
  calls: string[] = [];
  health = false;
  metrics: { path: string; text: string } | undefined;

  private find(spec: Record<string, unknown> | undefined): { model: FakeModel; version: number } {
    const name = String(spec?.["name"] ?? "");
    const model = this.models.find((one) => one.name === name);
    const label = spec?.["version_label"] as string | undefined;
    if (label !== undefined) {
      const version = model?.labels?.[label];
      if (version === undefined) throw new Refusal(3, `Unrecognized servable version label: ${label}`);
      return { model: model!, version };
    }
    const wanted = (spec?.["version"] as { value?: number } | undefined)?.value;
    const available = (model?.versions ?? []).filter((one) => one.state === 30).map((one) => one.version);
    const version = wanted ?? available.sort((a, b) => b - a)[0];
    if (model === undefined || version === undefined || !available.includes(version)) {
      throw new Refusal(
        5,
        `Servable not found for request: ${wanted === undefined ? `Latest(${name})` : `Specific(${name}, ${wanted})`}`,
      );
    }
    return { model, version };
  }

  status(spec: Record<string, unknown> | undefined): object {
    const model = this.models.find((one) => one.name === spec?.["name"]);
    if (model === undefined)
      throw new Refusal(5, `Could not find any versions of model ${String(spec?.["name"])}`);
    return {
      model_version_status: model.versions.map(({ version, state, code, message }) => ({
        version,
        state,
        status: { error_code: code ?? 0, error_message: message ?? "" },
      })),
    };
  }

  metadata(spec: Record<string, unknown> | undefined): { model: FakeModel; version: number; map: object } {
    const { model, version } = this.find(spec);
    const tensors = (list: FakeSignature["inputs"]) =>
      Object.fromEntries(
        Object.entries(list).map(([alias, { dtype, shape }]) => [
          alias,
          {
            name: `${alias}:0`,
            dtype,
            tensor_shape: shape === null ? { unknown_rank: true } : { dim: shape.map((size) => ({ size })) },
          },
        ]),
      );
    const signature_def = Object.fromEntries(
      Object.entries(model.signatures).map(([name, signature]) => [
        name,
        {
          method_name: signature.method ?? "tensorflow/serving/predict",
          inputs: tensors(signature.inputs),
          outputs: tensors(signature.outputs),
        },
      ]),
    );
    return { model, version, map: { signature_def } };
  }

  predict(
    spec: Record<string, unknown> | undefined,
    inputs: (signature: FakeSignature) => Record<string, Tensor>,
  ): { model: FakeModel; version: number; signature: string; outputs: Record<string, Tensor> } {
    const { model, version } = this.find(spec);
    const name = String(spec?.["signature_name"] ?? "") || "serving_default";
    const signature = model.signatures[name];
    if (signature === undefined) throw new Refusal(9, `Serving signature key "${name}" not found.`);
    const given = inputs(signature);
    for (const alias of Object.keys(given)) {
      if (signature.inputs[alias] === undefined) {
        throw new Refusal(3, `input size does not match signature. Sent extra: {${alias}}.`);
      }
    }
    if (model.predict === undefined) throw new Refusal(12, "no predict");
    return { model, version, signature: name, outputs: model.predict(given, name) };
  }
}

export interface Running {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the gRPC side on port 0, or on a UNIX socket. */
export async function startGrpc(
  serving: FakeServing,
  options: { credentials?: ServerCredentials; address?: string } = {},
): Promise<Running> {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const add = (path: string, handle: (bytes: Buffer) => Buffer): void => {
    const [, service, method] = path.split("/");
    addByteMethod(server, path, (call, callback) => {
      serving.calls.push(`${service}/${method}`);
      serving.lastHeaders = call.metadata.getMap();
      setTimeout(() => {
        try {
          if (serving.failWith !== undefined) throw serving.failWith;
          callback(null, handle(call.request));
        } catch (error) {
          const code = error instanceof Refusal ? error.code : status.INTERNAL;
          callback({ code, details: error instanceof Error ? error.message : String(error) });
        }
      }, serving.delayMs);
    });
  };
  add(SERVING_METHODS.getModelStatus, (bytes) =>
    encode(
      "GetModelStatusResponse",
      serving.status(plain("GetModelStatusRequest", bytes)["model_spec"] as Plain),
    ),
  );
  add(SERVING_METHODS.getModelMetadata, (bytes) => {
    const { model, version, map } = serving.metadata(
      plain("GetModelMetadataRequest", bytes)["model_spec"] as Plain,
    );
    return encode("GetModelMetadataResponse", {
      model_spec: { name: model.name, version: { value: version } },
      metadata: {
        signature_def: {
          type_url: "type.googleapis.com/tensorflow.serving.SignatureDefMap",
          value: encode("SignatureDefMap", map),
        },
      },
    });
  });
  add(SERVING_METHODS.predict, (bytes) => {
    const request = plain("PredictRequest", bytes);
    const inputs = () =>
      Object.fromEntries(
        Object.entries((request["inputs"] ?? {}) as Record<string, object>).map(([alias, tensor]) => [
          alias,
          decodeTensorProto(TensorProto.encode(tensor).finish()),
        ]),
      );
    const { model, version, signature, outputs } = serving.predict(request["model_spec"] as Plain, inputs);
    return encode("PredictResponse", {
      model_spec: { name: model.name, version: { value: version }, signature_name: signature },
      outputs: Object.fromEntries(
        Object.entries(outputs).map(([alias, tensor]) => [
          alias,
          TensorProto.decode(encodeTensorProtoFields(tensor)),
        ]),
      ),
    });
  });
  add(SERVING_METHODS.healthCheck, () => {
    if (!serving.health) throw new Refusal(12, "");
    const health = messageType("grpc.health.v1.HealthCheckResponse");
    return Buffer.from(health.encode(health.fromObject({ status: 1 })).finish());
  });
  const port = await listen(
    server,
    options.credentials ?? ServerCredentials.createInsecure(),
    options.address,
  );
  return { port, stop: async () => server.forceShutdown() };
}

const STATUS_OF: Record<number, number> = { 3: 400, 5: 404, 9: 400, 12: 501 };

/** Starts the REST side on port 0. */
export async function startRest(serving: FakeServing): Promise<Running & { readonly sockets: () => number }> {
  let sockets = 0;
  const body = async (request: IncomingMessage): Promise<string> => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    return text;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    serving.lastHeaders = request.headers;
    const text = await body(request);
    await new Promise((resolve) => setTimeout(resolve, serving.delayMs));
    if (serving.metrics !== undefined && serving.metrics.path === request.url) {
      response.end(serving.metrics.text);
      return;
    }
    try {
      if (serving.failWith !== undefined) throw serving.failWith;
      response.setHeader("content-type", "application/json");
      response.end(restAnswer(serving, String(request.url), text));
    } catch (error) {
      response.statusCode = error instanceof Refusal ? (STATUS_OF[error.code] ?? 500) : 500;
      response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
    }
  };
  const server = createServer((request, response) => void answer(request, response));
  server.on("connection", () => {
    sockets++;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    sockets: () => sockets,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const STATES: Record<number, string> = {
  10: "START",
  20: "LOADING",
  30: "AVAILABLE",
  40: "UNLOADING",
  50: "END",
};
const DTYPES: Record<number, "DT_FLOAT" | "DT_INT64" | "DT_INT32"> = {
  1: "DT_FLOAT",
  3: "DT_INT32",
  9: "DT_INT64",
};
const CODES: Record<number, string> = { 0: "OK", 3: "INVALID_ARGUMENT", 5: "NOT_FOUND" };

function restAnswer(serving: FakeServing, url: string, text: string): string {
  const match =
    /^\/v1\/models\/([^/:]+)(?:\/versions\/(\d+)|\/labels\/([^/:]+))?(\/metadata|:predict)?$/.exec(url);
  if (match === null) throw new Refusal(3, `Malformed request: ${url}`);
  const [, name, version, label, rest] = match;
  const spec: Record<string, unknown> = {
    name: decodeURIComponent(name!),
    ...(version === undefined ? {} : { version: { value: Number(version) } }),
    ...(label === undefined ? {} : { version_label: decodeURIComponent(label) }),
  };
  if (rest === undefined) {
    const { model_version_status: list } = serving.status(spec) as {
      model_version_status: {
        version: number;
        state: number;
        status: { error_code: number; error_message: string };
      }[];
    };
    return JSON.stringify({
      model_version_status: list.map((one) => ({
        version: String(one.version),
        state: STATES[one.state],
        status: { error_code: CODES[one.status.error_code], error_message: one.status.error_message },
      })),
    });
  }
  if (rest === "/metadata") {
    const { model, version: served, map } = serving.metadata(spec);
    const json = JSON.parse(JSON.stringify(map)) as {
      signature_def: Record<
        string,
        Record<
          "inputs" | "outputs",
          Record<string, { dtype: unknown; tensor_shape: { dim?: { size: unknown }[] } }>
        >
      >;
    };
    for (const signature of Object.values(json.signature_def)) {
      for (const info of [...Object.values(signature.inputs), ...Object.values(signature.outputs)]) {
        info.dtype = { 1: "DT_FLOAT", 3: "DT_INT32", 7: "DT_STRING", 9: "DT_INT64" }[Number(info.dtype)];
        for (const dim of info.tensor_shape.dim ?? []) dim.size = String(dim.size);
      }
    }
    return JSON.stringify({
      model_spec: { name: model.name, signature_name: "", version: String(served) },
      metadata: { signature_def: json },
    });
  }
  const request = JSON.parse(text) as {
    signature_name?: string;
    inputs?: Record<string, unknown>;
    instances?: Record<string, unknown>[];
  };
  if (request.signature_name !== undefined) spec["signature_name"] = request.signature_name;
  const read = (signature: FakeSignature): Record<string, Tensor> => {
    const columns =
      request.inputs ??
      Object.fromEntries(
        Object.keys(signature.inputs).map((alias) => [alias, request.instances!.map((row) => row[alias])]),
      );
    return Object.fromEntries(
      Object.keys(columns).map((alias) => {
        const declared = signature.inputs[alias];
        if (declared === undefined)
          throw new Refusal(3, `Missing named input in 'inputs' object; got ${alias}`);
        const values = (columns[alias] as number[]).flat(9);
        const data =
          DTYPES[declared.dtype] === "DT_INT32" ? Int32Array.from(values) : Float32Array.from(values);
        return [alias, { dtype: DTYPES[declared.dtype]!, shape: [values.length], data }];
      }),
    );
  };
  const { outputs } = serving.predict(spec, read);
  const list = (tensor: Tensor): string => `[${Array.from(tensor.data as Float32Array, String).join(", ")}]`;
  const aliases = Object.keys(outputs);
  if (request.inputs !== undefined) {
    return aliases.length === 1
      ? `{"outputs": ${list(outputs[aliases[0]!]!)}}`
      : `{"outputs": {${aliases.map((alias) => `"${alias}": ${list(outputs[alias]!)}`).join(", ")}}}`;
  }
  if (aliases.length === 1) return `{"predictions": ${list(outputs[aliases[0]!]!)}}`;
  const rows = outputs[aliases[0]!]!.shape[0]!;
  return `{"predictions": [${Array.from({ length: rows }, (_, row) => `{${aliases.map((alias) => `"${alias}": ${String(outputs[alias]!.data[row])}`).join(", ")}}`).join(", ")}]}`;
}
