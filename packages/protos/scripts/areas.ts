/** The part of the official messages that a protobufjs root holds, and where it departs from them. */
export interface Area {
  /** Messages that are decoded or encoded by themselves; with them comes everything that their fields hold. */
  readonly roots: readonly string[];
  /** Fields of type `bytes` where the official type is a message: the same on the wire. By full name, with the reason. */
  readonly asBytes: Readonly<Record<string, string>>;
  /** Fields that are left out, with all that only they need. By full name, with the reason. */
  readonly without: Readonly<Record<string, string>>;
}

const tensor = "tensors are decoded and encoded as typed arrays by @servable/tensors";
const example = "an Example is handed to ParseExample ops as it is";
const sessionRun = "the server refuses such warm-up records, their content is never read";

/** By the name of what is generated. */
export const areas: Readonly<Record<string, Area>> = {
  "saved-model": {
    roots: [
      "tensorflow.SavedModel",
      "tensorflow.BundleEntryProto",
      "tensorflow.BundleHeaderProto",
      "tensorflow.FingerprintDef",
      "tensorflow.TrackableObjectGraph",
      "tensorflow.serving.PredictionLog",
    ],
    asBytes: {
      "tensorflow.serving.SessionRunLog.request": sessionRun,
      "tensorflow.serving.SessionRunLog.response": sessionRun,
    },
    without: { "tensorflow.serving.PredictRequest.request_options": "a warm-up record sets no options" },
  },
  serving: {
    roots: [
      "grpc.health.v1.HealthCheckRequest",
      "grpc.health.v1.HealthCheckResponse",
      "tensorflow.Example",
      "tensorflow.TensorProto",
      "tensorflow.serving.GetModelMetadataRequest",
      "tensorflow.serving.GetModelMetadataResponse",
      "tensorflow.serving.GetModelStatusRequest",
      "tensorflow.serving.GetModelStatusResponse",
      "tensorflow.serving.PredictionLog",
      "tensorflow.serving.ReloadConfigRequest",
      "tensorflow.serving.ReloadConfigResponse",
      "tensorflow.serving.SignatureDefMap",
    ],
    asBytes: {
      "tensorflow.NamedTensorProto.tensor": tensor,
      "tensorflow.SignatureDef.defaults": tensor,
      "tensorflow.TensorInfo.CompositeTensor.type_spec": "passed through in model metadata, never read",
      "tensorflow.serving.ExampleList.examples": example,
      "tensorflow.serving.ExampleListWithContext.context": example,
      "tensorflow.serving.ExampleListWithContext.examples": example,
      "tensorflow.serving.PredictRequest.inputs": tensor,
      "tensorflow.serving.PredictResponse.outputs": tensor,
      "tensorflow.serving.ReloadConfigRequest.config": "made by the text-proto reader from the config's text",
      "tensorflow.serving.SessionRunRequest.options": "not read: the options of a run have no meaning here",
      "tensorflow.serving.SessionRunResponse.metadata": "not written: there are no run statistics",
    },
    without: {
      "tensorflow.TensorProto.resource_handle_val": "handles do not leave the server",
      "tensorflow.TensorProto.variant_val": "variants do not leave the server",
    },
  },
};
