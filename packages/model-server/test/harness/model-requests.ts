import { encodeTensorProto, WireWriter } from "@servable/tensors";
import type { OfficialMessages } from "./official-messages.ts";
import type { GrpcRequest, GrpcResponse, RawGrpcClient } from "./raw-grpc.ts";

/** What a recorded Predict request of the small models asks. */
export interface RecordedPredict {
  /** Left out where it is empty. */
  readonly name: string;
  readonly version?: number;
  readonly label?: string;
  /** The vector `x` of floats. */
  readonly x: readonly number[];
}

/** Calls Predict with one vector of floats. */
export function callPredict(
  client: RawGrpcClient,
  { name, version, label, x }: RecordedPredict,
): Promise<GrpcResponse> {
  const spec = new WireWriter();
  if (name !== "") spec.string(1, name);
  if (version !== undefined) {
    const wrapper = new WireWriter();
    wrapper.int(1, version);
    spec.bytes(2, wrapper.finish());
  }
  if (label !== undefined) spec.string(4, label);
  const entry = new WireWriter();
  entry.string(1, "x");
  entry.bytes(2, encodeTensorProto({ dtype: "DT_FLOAT", shape: [x.length], data: Float32Array.from(x) }));
  const request = new WireWriter();
  request.bytes(1, spec.finish());
  request.bytes(2, entry.finish());
  return client.call(PREDICT, Buffer.from(request.finish()));
}

export const PREDICT = { service: "tensorflow.serving.PredictionService", method: "Predict" };

/** One version in the answer of GetModelStatus; what is at its default is left out. */
interface ModelVersionStatus {
  readonly version?: string;
  readonly state?: string;
  readonly status?: { readonly errorCode?: string; readonly errorMessage?: string };
}

/** The versions that GetModelStatus tells of, or the status of its refusal. */
export async function modelVersions(
  client: RawGrpcClient,
  messages: OfficialMessages,
  model: string,
): Promise<readonly ModelVersionStatus[] | { readonly code: string; readonly message: string }> {
  const { service, method }: Pick<GrpcRequest, "service" | "method"> = {
    service: "tensorflow.serving.ModelService",
    method: "GetModelStatus",
  };
  const bytes = messages.encode(service, method, { modelSpec: { name: model } });
  const { code, message, reply } = await client.call({ service, method }, bytes);
  if (reply === undefined) return { code, message };
  const { model_version_status: versions = [] } = messages.decode(service, method, reply) as {
    model_version_status?: readonly ModelVersionStatus[];
  };
  return versions;
}
