/**
 * Shapes of the messages in `proto/serving` as protobufjs gives and takes them. Every field is optional: an absent
 * message is null or undefined, absent scalars read as their defaults. `Bytes` may be a Buffer.
 */

/** A 64-bit integer as protobufjs decodes it (`Long`), or anything that it can be made from. */
export type Int64 = number | { readonly low: number; readonly high: number; readonly unsigned: boolean };
type Bytes = Uint8Array;

export interface ModelSpecMessage {
  name?: string;
  /** google.protobuf.Int64Value: present with value 0 differs from absent. */
  version?: { value?: Int64 } | null;
  version_label?: string;
  signature_name?: string;
}

/** Examples stay serialized. */
export interface InputMessage {
  example_list?: { examples?: Bytes[] } | null;
  example_list_with_context?: { examples?: Bytes[]; context?: Bytes } | null;
}

/** Tensors stay serialized TensorProtos. */
export interface PredictRequestMessage {
  model_spec?: ModelSpecMessage | null;
  inputs?: Record<string, Bytes>;
  output_filter?: string[];
  predict_streamed_options?: { request_state?: number; split_dimensions?: Record<string, number> } | null;
  client_id?: Bytes | null;
  request_options?: { client_id?: Bytes | null; deterministic_mode?: number | null } | null;
}

export interface PredictResponseMessage {
  outputs?: Record<string, Bytes>;
  model_spec?: ModelSpecMessage | null;
}

export interface ClassificationResultMessage {
  classifications?: { classes?: { label?: string; score?: number }[] }[];
}

export interface RegressionResultMessage {
  regressions?: { value?: number }[];
}

export interface ClassificationRequestMessage {
  model_spec?: ModelSpecMessage | null;
  input?: InputMessage | null;
}

export type RegressionRequestMessage = ClassificationRequestMessage;

export interface ClassificationResponseMessage {
  result?: ClassificationResultMessage | null;
  model_spec?: ModelSpecMessage | null;
}

export interface RegressionResponseMessage {
  result?: RegressionResultMessage | null;
  model_spec?: ModelSpecMessage | null;
}

export interface MultiInferenceRequestMessage {
  tasks?: { model_spec?: ModelSpecMessage | null; method_name?: string }[];
  input?: InputMessage | null;
}

export interface MultiInferenceResponseMessage {
  results?: {
    model_spec?: ModelSpecMessage | null;
    classification_result?: ClassificationResultMessage | null;
    regression_result?: RegressionResultMessage | null;
  }[];
}

export interface TensorShapeMessage {
  dim?: { size?: Int64; name?: string }[];
  unknown_rank?: boolean;
}

export interface TensorInfoMessage {
  name?: string;
  coo_sparse?: {
    values_tensor_name?: string;
    indices_tensor_name?: string;
    dense_shape_tensor_name?: string;
  } | null;
  composite_tensor?: { type_spec?: Bytes; components?: TensorInfoMessage[] } | null;
  /** DataType number; unknown ones are kept. */
  dtype?: number;
  tensor_shape?: TensorShapeMessage | null;
}

export interface SignatureDefMessage {
  inputs?: Record<string, TensorInfoMessage>;
  outputs?: Record<string, TensorInfoMessage>;
  method_name?: string;
  /** Input alias to serialized TensorProto. */
  defaults?: Record<string, Bytes>;
}

export interface GetModelMetadataRequestMessage {
  model_spec?: ModelSpecMessage | null;
  metadata_field?: string[];
}

export interface GetModelMetadataResponseMessage {
  model_spec?: ModelSpecMessage | null;
  metadata?: Record<string, { type_url?: string; value?: Bytes }>;
}

export interface StatusMessage {
  /** tensorflow.error.Code, equal to the gRPC status code. */
  error_code?: number;
  error_message?: string;
}

export interface GetModelStatusRequestMessage {
  model_spec?: ModelSpecMessage | null;
}

export interface GetModelStatusResponseMessage {
  model_version_status?: { version?: Int64; state?: number; status?: StatusMessage | null }[];
}

export interface ReloadConfigRequestMessage {
  /** Serialized ModelServerConfig (`@servable/protos/config`); absent and empty differ. */
  config?: Bytes | null;
  metric_names?: string[];
}

export interface ReloadConfigResponseMessage {
  status?: StatusMessage | null;
  metric?: { name?: string; int64_value_increase?: Int64 }[];
}

export interface ExampleMessage {
  features?: {
    feature?: Record<
      string,
      {
        bytes_list?: { value?: Bytes[] } | null;
        float_list?: { value?: number[] } | null;
        int64_list?: { value?: Int64[] } | null;
      }
    >;
  } | null;
}

export interface PredictionLogMessage {
  log_metadata?: { model_spec?: ModelSpecMessage | null; timestamp_secs?: Int64 } | null;
  classify_log?: {
    request?: ClassificationRequestMessage | null;
    response?: ClassificationResponseMessage | null;
  } | null;
  regress_log?: {
    request?: RegressionRequestMessage | null;
    response?: RegressionResponseMessage | null;
  } | null;
  predict_log?: { request?: PredictRequestMessage | null; response?: PredictResponseMessage | null } | null;
  predict_streamed_log?: { request?: PredictRequestMessage[]; response?: PredictResponseMessage[] } | null;
  multi_inference_log?: {
    request?: MultiInferenceRequestMessage | null;
    response?: MultiInferenceResponseMessage | null;
  } | null;
  session_run_log?: { request?: object | null; response?: object | null } | null;
}
