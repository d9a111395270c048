import type { Agent, IncomingHttpHeaders } from "node:http";
import {
  MODEL_VERSION_STATES,
  type ModelVersionState,
  STATUS_CODE_NAMES,
} from "@servable/protos/serving-methods";
import { type DType, isDType, type PartialShape } from "@servable/tensors";
import type {
  CallOptions,
  ClassifyResponse,
  ExamplesRequest,
  ModelMetadata,
  ModelSpec,
  PredictRequest,
  RegressResponse,
  Signature,
  SignatureTensor,
  TlsOptions,
  VersionStatus,
} from "../messages.ts";
import { ServingError } from "../serving-error.ts";
import { troubleOfStatus } from "../trouble-of-status.ts";
import { parseRestJson, RestJsonError, type RestValue } from "./parse-json.ts";
import { codeOfStatus, pageText, restError } from "./rest-error.ts";
import { columnBody, examplesBody, type OutputDTypes, outputsFromRest, rowBody } from "./rest-tensors.ts";

/** Where and how to reach the REST port of a model server (or what stands before it). */
export interface RestClientOptions {
  /** `http://HOST:PORT`, with `https://` for a proxy that speaks TLS (the server itself does not, on REST). A path is a prefix. */
  readonly baseUrl: string;
  readonly tls?: TlsOptions | undefined;
  /** Milliseconds for calls without a deadline of their own. Default 30,000; 0 for none. */
  readonly deadlineMs?: number | undefined;
  /** Largest answer to take, in bytes. Default 1 GiB. */
  readonly maxReceiveBytes?: number | undefined;
}

/** A raw HTTP answer. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

export interface RestPredictRequest extends PredictRequest {
  /** `row` sends `instances`, `column` sends `inputs`. Default `column`. */
  readonly format?: "row" | "column" | undefined;
  /** The signature's outputs: the answer has neither names (of a single output) nor dtypes. */
  readonly outputs: OutputDTypes;
}

/** The REST API of a model server. Failures are a ServingError, requests that REST can't carry a TensorError. */
export interface ServingRestClient {
  readonly baseUrl: string;
  predict(request: RestPredictRequest, options?: CallOptions): Promise<{ readonly outputs: PredictOutputs }>;
  classify(request: ExamplesRequest, options?: CallOptions): Promise<ClassifyResponse>;
  regress(request: ExamplesRequest, options?: CallOptions): Promise<RegressResponse>;
  getModelMetadata(model: ModelSpec, options?: CallOptions): Promise<ModelMetadata>;
  getModelStatus(model: ModelSpec, options?: CallOptions): Promise<VersionStatus[]>;
  /** Any request; resolves whatever the status. `path` begins with a slash, percent-encoded as it shall be sent. */
  request(
    method: string,
    path: string,
    body?: string | Uint8Array,
    options?: CallOptions,
  ): Promise<RestAnswer>;
  close(): void;
}

type PredictOutputs = ReturnType<typeof outputsFromRest>;

const DEFAULT_DEADLINE_MS = 30_000;
const MAX_RECEIVE_BYTES = 2 ** 30;

/** `/v1/models/NAME[/versions/V|/labels/L]`, escaped. */
export function modelPath(model: ModelSpec): string {
  const name = encodeURIComponent(model.name);
  if (model.version !== undefined) return `/v1/models/${name}/versions/${BigInt(model.version)}`;
  if (model.label !== undefined) return `/v1/models/${name}/labels/${encodeURIComponent(model.label)}`;
  return `/v1/models/${name}`;
}

function object(value: RestValue | undefined): { readonly [key: string]: RestValue } {
  return value !== null &&
    typeof value === "object" &&
    !Array.isArray(value) &&
    !(value instanceof Uint8Array)
    ? (value as { readonly [key: string]: RestValue })
    : {};
}

const list = (value: RestValue | undefined): readonly RestValue[] => (Array.isArray(value) ? value : []);
const string = (value: RestValue | undefined): string => (typeof value === "string" ? value : "");

function integer(value: RestValue | undefined): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  return typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : undefined;
}

function tensorInfo(value: RestValue | undefined): SignatureTensor {
  const info = object(value);
  const named = string(info["dtype"]);
  const base = named.replace(/_REF$/, "");
  const shape = object(info["tensor_shape"]);
  const dims = list(shape["dim"]).map((dim) => Number(integer(object(dim)["size"]) ?? 0n));
  const partial: PartialShape = shape["unknown_rank"] === true ? null : dims;
  const dtype: DType = isDType(base) ? base : "DT_INVALID";
  return {
    tensor: string(info["name"]),
    dtype,
    dtypeNumber: -1,
    shape: partial,
    encoding: "coo_sparse" in info ? "sparse" : "composite_tensor" in info ? "composite" : "dense",
  };
}

function signatureOf(value: RestValue): Signature {
  const body = object(value);
  const tensors = (from: RestValue | undefined): Record<string, SignatureTensor> => {
    const result = Object.create(null) as Record<string, SignatureTensor>;
    for (const [alias, info] of Object.entries(object(from))) result[alias] = tensorInfo(info);
    return result;
  };
  return {
    method: string(body["method_name"]),
    inputs: tensors(body["inputs"]),
    outputs: tensors(body["outputs"]),
    defaults: Object.keys(object(body["defaults"])),
  };
}

/** A REST client over node:http with kept-alive connections. Close it when done. */
export function createRestClient(options: RestClientOptions): ServingRestClient {
  const base = new URL(options.baseUrl);
  const baseUrl = options.baseUrl.replace(/\/+$/, "");
  const prefix = base.pathname.replace(/\/+$/, "");
  const secure = base.protocol === "https:";
  let agent: Promise<Agent> | undefined;

  const connect = async (): Promise<{ http: typeof import("node:http"); agent: Agent }> => {
    const http = (
      secure ? await import("node:https") : await import("node:http")
    ) as typeof import("node:http");
    agent ??= Promise.resolve(new http.Agent({ keepAlive: true, maxSockets: 64 }));
    return { http, agent: await agent };
  };

  async function request(
    method: string,
    path: string,
    body?: string | Uint8Array,
    callOptions: CallOptions = {},
  ): Promise<RestAnswer> {
    callOptions.signal?.throwIfAborted();
    const { http, agent: connections } = await connect();
    const deadlineMs = callOptions.deadlineMs ?? options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    const limit = options.maxReceiveBytes ?? MAX_RECEIVE_BYTES;
    const payload =
      body === undefined ? undefined : typeof body === "string" ? Buffer.from(body, "utf8") : body;
    const { tls } = options;
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      let onAbort: (() => void) | undefined;
      const settle = (): void => {
        clearTimeout(timer);
        if (onAbort !== undefined) callOptions.signal?.removeEventListener("abort", onAbort);
      };
      const fail = (error: unknown): void => {
        settle();
        reject(callOptions.signal?.aborted === true ? callOptions.signal.reason : error);
      };
      const outgoing = http.request(
        {
          agent: connections,
          method,
          host: base.hostname.replace(/^\[|\]$/g, ""),
          port: base.port === "" ? (secure ? 443 : 80) : Number(base.port),
          path: prefix + path,
          headers: {
            ...(payload === undefined
              ? {}
              : { "content-type": "application/json", "content-length": payload.length }),
            ...callOptions.metadata,
          },
          ...(secure && tls !== undefined
            ? {
                ca: tls.rootCertificates as string | undefined,
                key: tls.clientKey as string | undefined,
                cert: tls.clientCertificate as string | undefined,
                ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
              }
            : {}),
        },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on("data", (chunk: Buffer) => {
            size += chunk.length;
            if (size > limit) {
              fail(
                new ServingError({
                  code: "RESOURCE_EXHAUSTED",
                  details: `the answer is larger than ${limit} bytes`,
                  transport: "rest",
                  target: baseUrl,
                }),
              );
              response.destroy();
            } else chunks.push(chunk);
          });
          response.on("error", (error) => fail(restError(error, baseUrl)));
          response.on("aborted", () =>
            fail(
              restError({ code: "CUT_OFF", message: "the connection was closed within the answer" }, baseUrl),
            ),
          );
          response.on("end", () => {
            settle();
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      outgoing.on("error", (error) => fail(restError(error, baseUrl)));
      if (deadlineMs > 0) {
        timer = setTimeout(() => {
          fail(
            new ServingError({
              code: "DEADLINE_EXCEEDED",
              details: `no answer within ${Math.round(deadlineMs)} ms`,
              transport: "rest",
              target: baseUrl,
              trouble: "timeout",
            }),
          );
          outgoing.destroy();
        }, deadlineMs);
      }
      if (callOptions.signal !== undefined) {
        onAbort = () => {
          fail(callOptions.signal?.reason);
          outgoing.destroy();
        };
        callOptions.signal.addEventListener("abort", onAbort, { once: true });
      }
      outgoing.end(payload);
    });
  }

  /** The JSON of a successful answer; anything else becomes a ServingError with the server's text. */
  async function json(
    method: string,
    path: string,
    body: string | undefined,
    callOptions: CallOptions | undefined,
  ): Promise<RestValue> {
    const answer = await request(method, path, body, callOptions);
    const { status } = answer;
    let value: RestValue | undefined;
    let broken: RestJsonError | undefined;
    try {
      value = parseRestJson(answer.body);
    } catch (error) {
      if (!(error instanceof RestJsonError)) throw error;
      broken = error;
    }
    if (status === 200 && value !== undefined) return value;
    const text = Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.length).toString("utf8");
    const said = string(object(value)["error"]);
    const short = pageText(text.trim().slice(0, 2000)).slice(0, 200);
    const { location } = answer.headers;
    const to = status >= 300 && status < 400 && location !== undefined ? ` to ${location}` : "";
    const details =
      said !== ""
        ? said
        : status === 200
          ? `the answer is not JSON (${broken?.message ?? "empty"}): ${short}`
          : `HTTP ${status}${to}${short === "" ? "" : `: ${short}`}`;
    // the server's own errors are JSON with "error"; HTML comes from its HTTP layer, or from something else altogether
    const foreign = said === "" && !(status === 404 || status === 405 || status === 400 || status === 501);
    throw new ServingError({
      code: status === 200 ? "INTERNAL" : codeOfStatus(status),
      details,
      transport: "rest",
      target: baseUrl,
      status,
      trouble: foreign && status !== 200 && value === undefined ? troubleOfStatus(status) : undefined,
    });
  }

  const post = (
    model: ModelSpec,
    method: string,
    body: string,
    callOptions?: CallOptions,
  ): Promise<RestValue> => json("POST", `${modelPath(model)}:${method}`, body, callOptions);

  return {
    baseUrl,
    request,
    async predict(predict, callOptions) {
      const body =
        predict.format === "row"
          ? rowBody(predict.inputs, predict.model.signature)
          : columnBody(predict.inputs, predict.model.signature);
      return {
        outputs: outputsFromRest(await post(predict.model, "predict", body, callOptions), predict.outputs),
      };
    },
    async classify(examples, callOptions) {
      const answer = object(await post(examples.model, "classify", examplesBody(examples), callOptions));
      const classifications = list(answer["results"]).map((row) =>
        list(row).map((pair) => ({ label: string(list(pair)[0]), score: Number(list(pair)[1]) })),
      );
      return { model: undefined, classifications };
    },
    async regress(examples, callOptions) {
      const answer = object(await post(examples.model, "regress", examplesBody(examples), callOptions));
      return { model: undefined, regressions: list(answer["results"]).map(Number) };
    },
    async getModelMetadata(model, callOptions) {
      const answer = object(await json("GET", `${modelPath(model)}/metadata`, undefined, callOptions));
      const spec = object(answer["model_spec"]);
      const map = object(object(object(answer["metadata"])["signature_def"])["signature_def"]);
      const signatures = Object.create(null) as Record<string, Signature>;
      for (const [name, value] of Object.entries(map)) signatures[name] = signatureOf(value);
      return {
        model: {
          name: string(spec["name"]),
          version: integer(spec["version"]),
          signature: string(spec["signature_name"]),
        },
        signatures,
      };
    },
    async getModelStatus(model, callOptions) {
      const answer = object(await json("GET", modelPath(model), undefined, callOptions));
      const listed = answer["model_version_status"];
      if (!Array.isArray(listed)) {
        throw new ServingError({
          code: "INTERNAL",
          details: `the answer has no model_version_status, so it is not a model server's (its keys: ${Object.keys(answer).slice(0, 5).join(", ") || "none"})`,
          transport: "rest",
          target: baseUrl,
          status: 200,
        });
      }
      return list(listed).map((entry) => {
        const fields = object(entry);
        const status = object(fields["status"]);
        const state = string(fields["state"]);
        const errorCode = string(status["error_code"]);
        return {
          version: integer(fields["version"]) ?? 0n,
          state: (state in MODEL_VERSION_STATES ? state : "UNKNOWN") as ModelVersionState,
          errorCode:
            STATUS_CODE_NAMES.find((name) => name === errorCode) ?? (errorCode === "" ? "OK" : "UNKNOWN"),
          errorMessage: string(status["error_message"]),
        };
      });
    },
    close() {
      agent?.then(
        (connections) => connections.destroy(),
        () => {},
      );
    },
  };
}
