import type {
  CallOptions,
  ClassifyResponse,
  ExamplesRequest,
  ModelMetadata,
  ModelSpec,
  PredictRequest,
  RegressResponse,
  VersionStatus,
} from "../messages.ts";
import { classificationsOf, jsonOf, metadataOf, regressionsOf, statusesOf } from "./answers.ts";
import { HttpConnection, type RestAnswer, type RestClientOptions } from "./http-connection.ts";
import type { RestValue } from "./parse-json.ts";
import { columnBody, examplesBody, type OutputDTypes, outputsFromRest, rowBody } from "./rest-tensors.ts";

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

/** `/v1/models/NAME[/versions/V|/labels/L]`, escaped. */
export function modelPath(model: ModelSpec): string {
  const name = encodeURIComponent(model.name);
  if (model.version !== undefined) return `/v1/models/${name}/versions/${BigInt(model.version)}`;
  if (model.label !== undefined) return `/v1/models/${name}/labels/${encodeURIComponent(model.label)}`;
  return `/v1/models/${name}`;
}

/** A REST client over node:http with kept-alive connections. Close it when done. */
export function createRestClient(options: RestClientOptions): ServingRestClient {
  const connection = new HttpConnection(options);
  const { baseUrl } = connection;
  const get = async (path: string, callOptions?: CallOptions): Promise<RestValue> =>
    jsonOf(await connection.request("GET", path, undefined, callOptions), baseUrl);
  const post = async (
    model: ModelSpec,
    method: string,
    body: string,
    callOptions?: CallOptions,
  ): Promise<RestValue> =>
    jsonOf(await connection.request("POST", `${modelPath(model)}:${method}`, body, callOptions), baseUrl);

  return {
    baseUrl,
    request: (method, path, body, callOptions) => connection.request(method, path, body, callOptions),
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
      return classificationsOf(await post(examples.model, "classify", examplesBody(examples), callOptions));
    },
    async regress(examples, callOptions) {
      return regressionsOf(await post(examples.model, "regress", examplesBody(examples), callOptions));
    },
    async getModelMetadata(model, callOptions) {
      return metadataOf(await get(`${modelPath(model)}/metadata`, callOptions));
    },
    async getModelStatus(model, callOptions) {
      return statusesOf(await get(modelPath(model), callOptions), baseUrl);
    },
    close: () => connection.close(),
  };
}
