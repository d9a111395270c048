import { gunzipSync } from "node:zlib";
import { SYNTHETIC_HEADER, SYNTHETIC_VALUE } from "../grpc/grpc-server.ts";
import { DEFAULT_SIGNATURE } from "../inference/predict.ts";
import type { Deadline } from "../inference/servable-model.ts";
import type { InferenceService } from "../inference-service.ts";
import { classifyBody, examplesOfBody, regressBody } from "../json/examples.ts";
import { parseBody, signatureNameOf, tensorsOfBody } from "../json/predict-request.ts";
import { errorBody, predictBody } from "../json/predict-response.ts";
import { protoJsonString } from "../proto/json-string.ts";
import { modelStatusJson } from "../proto/status-json.ts";
import {
  bytesOfText,
  httpStatusOf,
  invalidArgument,
  type StatusError,
  statusOf,
  textOfBytes,
} from "../status.ts";
import { type ModelSpec, withExampleContext } from "../wire/requests.ts";
import { encodeSignatureDefMap } from "../wire/responses.ts";
import { errorPage, type HttpRequest, type HttpResponse, headerOf } from "./http-message.ts";
import { type InferenceVerb, type ModelChoice, routeOf } from "./routes.ts";

export interface RestApiOptions {
  readonly service: InferenceService;
  /** `--rest_api_timeout_in_ms`; 0 or less: no limit. */
  readonly timeoutMs: number;
  readonly cors: boolean;
  /** Path of the metrics; undefined if they are off. */
  readonly metricsPath: string | undefined;
  /** With `--rest_api_num_threads=1` no thread is left for requests under /v1/: they hang. */
  readonly answersRequests: boolean;
}

const CORS_HEADERS: readonly (readonly [string, string])[] = [
  ["Access-Control-Allow-Origin", "*"],
  ["Access-Control-Allow-Methods", "POST, GET"],
  ["Access-Control-Allow-Headers", "Content-Type"],
];

/** The most that a request may inflate to. */
const MAX_INFLATED = 100 * 1024 * 1024;

interface Answer {
  readonly body: string;
  readonly synthetic: boolean;
}

/** The REST API of the model server (`model_servers/http_rest_api_handler.cc`, `http_server.cc`). */
export class RestApi {
  private readonly options: RestApiOptions;

  constructor(options: RestApiOptions) {
    this.options = options;
  }

  /** Answers a request; undefined where the server would leave the client waiting. */
  async handle(request: HttpRequest, path: string, whole: string): Promise<HttpResponse | undefined> {
    const { cors, metricsPath } = this.options;
    if (metricsPath !== undefined && path === metricsPath) return this.metrics(whole, metricsPath);
    if (!/^\/v1\/.*$/is.test(whole)) {
      // The one path without a slash after it that is a route is matched by no prefix: `/v1` is not found.
      return errorPage(404);
    }
    if (!this.options.answersRequests) return undefined;
    const corsHeaders = cors ? CORS_HEADERS : [];
    if (request.method === "OPTIONS") {
      const origin = headerOf(request.headers, "Origin") ?? "";
      const status = origin.includes("http://") || origin.includes("https://") ? 200 : 400;
      return { status, headers: corsHeaders, body: new Uint8Array(0) };
    }
    const headers: (readonly [string, string])[] = [["Content-Type", "application/json"], ...corsHeaders];
    try {
      const { body, synthetic } = await this.route(request, whole);
      if (synthetic) headers.push([SYNTHETIC_HEADER, SYNTHETIC_VALUE]);
      return { status: 200, headers, body: Buffer.from(body, "latin1") };
    } catch (error) {
      if (error === EMPTY_400) return { status: 400, headers, body: new Uint8Array(0) };
      const status = statusOf(error);
      const body = request.method === "HEAD" ? "" : errorBody(status.asBytes);
      return { status: httpStatusOf(status.code), headers, body: Buffer.from(body, "latin1") };
    }
  }

  private metrics(whole: string, metricsPath: string): HttpResponse {
    const headers = [["Content-Type", "text/plain"]] as const;
    if (whole !== metricsPath) {
      const text = `Unexpected path: ${whole}. Should be ${metricsPath}`;
      return { status: 400, headers, body: Buffer.from(text) };
    }
    return { status: 200, headers, body: Buffer.from(this.options.service.metrics.render()) };
  }

  private async route(request: HttpRequest, whole: string): Promise<Answer> {
    const route = routeOf(request.method, whole);
    switch (route.kind) {
      case "malformed":
        throw invalidArgument(`Malformed request: ${request.method} ${whole}`);
      case "version-overflow":
        throw EMPTY_400;
      case "inference":
        return this.counted(route.model.name, route.verb, () =>
          this.inference(route.verb, route.model, request),
        );
      case "metadata":
        return this.counted(route.model.name, "", () => this.metadata(route.model));
      case "status":
        return this.counted(route.model.name, "", async () => this.status(route.model));
    }
  }

  private async counted(model: string, api: string, answer: () => Promise<Answer>): Promise<Answer> {
    const { metrics } = this.options.service;
    const started = performance.now();
    try {
      const result = await answer();
      metrics.countRequest(model, "OK");
      metrics.requestLatency.add([model, api, "REST"], (performance.now() - started) * 1000);
      return result;
    } catch (error) {
      metrics.countRequest(model, statusOf(error).code);
      throw error;
    }
  }

  private deadline(): Deadline {
    const { timeoutMs } = this.options;
    return timeoutMs > 0 ? performance.now() + timeoutMs : undefined;
  }

  private async inference(verb: InferenceVerb, model: ModelChoice, request: HttpRequest): Promise<Answer> {
    const { service } = this.options;
    const document = parseBody(inflated(request));
    const signature = signatureNameOf(document);
    const spec = specOf(model, textOfBytes(signature ?? ""));
    if (verb !== "predict") {
      const { examples, context } = examplesOfBody(document);
      const input = withExampleContext(examples, context);
      if (verb === "classify") {
        const { result, synthetic } = await service.classify(spec, input, this.deadline());
        const results = result.map((classes) =>
          classes.map(({ label, score }) => ({ label: Buffer.from(label).toString("latin1"), score })),
        );
        return { body: classifyBody(results), synthetic };
      }
      const { result, synthetic } = await service.regress(spec, input, this.deadline());
      return { body: regressBody(result), synthetic };
    }
    const { signatures } = service.signatures(spec);
    const name = spec.signatureName === "" ? DEFAULT_SIGNATURE : spec.signatureName;
    const wanted = signatures.get(name);
    if (wanted === undefined) {
      throw invalidArgument(`Serving signature name: "${name}" not found in signature def`);
    }
    if (wanted.inputs.size === 0) {
      throw invalidArgument(
        `Failed to get input map for signature: ${signature === undefined || signature === "" ? "DEFAULT" : name}`,
      );
    }
    const dtypes = new Map([...wanted.inputs].map(([alias, info]) => [alias, info.dtype]));
    const { format, inputs } = tensorsOfBody(document, dtypes);
    const { result, synthetic } = await service.predict(spec, inputs, [], this.deadline());
    return { body: predictBody(result.outputs, format), synthetic };
  }

  private async metadata(model: ModelChoice): Promise<Answer> {
    // Brings protobufjs, which nothing else needs.
    const { protoJson } = await import("../proto/proto-json.ts");
    const { spec, signatures } = this.options.service.signatures(namedSpec(model));
    const map = encodeSignatureDefMap(new Map([...signatures].map(([name, { bytes }]) => [name, bytes])));
    const signatureJson = protoJson("tensorflow.serving.SignatureDefMap", map);
    const specJson = `{\n "name": ${protoJsonString(spec.name)},\n "signature_name": "",\n "version": "${spec.version}"\n}\n`;
    const body = `{\n"model_spec":${specJson},\n"metadata": {"signature_def": ${signatureJson}}\n}\n`;
    return { body: bytesOfText(body), synthetic: false };
  }

  private status(model: ModelChoice): Answer {
    const versions = this.options.service.core.status(namedSpec(model));
    return { body: bytesOfText(modelStatusJson(versions)), synthetic: false };
  }
}

/** 400 without a body. */
const EMPTY_400: StatusError = invalidArgument("");

function specOf(model: ModelChoice, signatureName: string): ModelSpec {
  const { name, version, label } = model;
  if (version !== undefined) return { name, signatureName, version };
  if (label !== undefined) return { name, signatureName, label };
  return { name, signatureName };
}

function namedSpec(model: ModelChoice): ModelSpec {
  if (model.name === "") throw invalidArgument("Missing model name in request.");
  return specOf(model, "");
}

/** The body, inflated if `Content-Encoding` names gzip; what does not inflate counts as empty. */
function inflated(request: HttpRequest): Uint8Array {
  const encoding = headerOf(request.headers, "Content-Encoding") ?? "";
  if (!encoding.includes("gzip")) return request.body;
  const { body } = request;
  if (body.length < 18) return new Uint8Array(0);
  try {
    const result = gunzipSync(body, { maxOutputLength: MAX_INFLATED });
    // The server takes one member only: its trailer holds the length of all that came out.
    const trailer = new DataView(body.buffer, body.byteOffset + body.length - 4, 4).getUint32(0, true);
    return trailer === result.length % 2 ** 32 ? result : new Uint8Array(0);
  } catch {
    return new Uint8Array(0);
  }
}
