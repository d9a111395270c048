// The same Predict by three clients. Each: (target) => { predict(), close() }; `values` are float32s of shape [n].

export const KINDS = {
  /** ours */
  lean: async (target, values) => {
    const { createGrpcClient } = await import("@servable/smoke-client/client");
    const client = createGrpcClient({ target });
    const shape = [1, values.length];
    return {
      predict: async () => {
        const { outputs } = await client.predict({
          model: { name: "m" },
          inputs: { x: { dtype: "DT_FLOAT", shape, data: values } },
        });
        return outputs.get("probabilities").data[0];
      },
      close: () => client.close(),
    };
  },
  /** @grpc/grpc-js and @grpc/proto-loader, values as a list, as most samples have it */
  "plain, float_val": (target, values) =>
    plain(
      target,
      (shape) => ({ dtype: 1, tensor_shape: shape, float_val: Array.from(values) }),
      values.length,
    ),
  /** the same with tensor_content */
  "plain, tensor_content": (target, values) =>
    plain(
      target,
      (shape) => ({
        dtype: 1,
        tensor_shape: shape,
        tensor_content: Buffer.from(values.buffer, values.byteOffset, values.byteLength),
      }),
      values.length,
    ),
};

async function plain(target, tensor, count) {
  const { default: grpc } = await import("@grpc/grpc-js");
  const { default: loader } = await import("@grpc/proto-loader");
  const definition = loader.loadSync(new URL("predict.proto", import.meta.url).pathname, {
    keepCase: true,
    longs: String,
  });
  const { PredictionService } = grpc.loadPackageDefinition(definition).tensorflow.serving;
  const client = new PredictionService(target, grpc.credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
  const shape = { dim: [{ size: 1 }, { size: count }] };
  return {
    predict: () =>
      new Promise((resolve, reject) => {
        const request = { model_spec: { name: "m" }, inputs: { x: tensor(shape) } };
        client.Predict(request, (error, response) =>
          error ? reject(error) : resolve(response.outputs.probabilities.float_val[0]),
        );
      }),
    close: () => client.close(),
  };
}
