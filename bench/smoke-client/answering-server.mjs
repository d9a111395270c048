// A gRPC server that answers every Predict with the same bytes, so that clients are measured and not a model.
// Prints its port. Usage: node answering-server.mjs [bytes of the answer's tensor]
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { SERVING_METHODS } from "@servable/protos/serving-methods";
import { encodeTensorProtoFields } from "@servable/tensors";

const values = Number(process.argv[2] ?? 1001);
const tensor = encodeTensorProtoFields({
  dtype: "DT_FLOAT",
  shape: [1, values],
  data: new Float32Array(values).fill(0.25),
});
const field = (number, bytes) => {
  const head = [(number << 3) | 2];
  for (let rest = bytes.length; ; rest >>>= 7) {
    head.push(rest > 127 ? (rest & 127) | 128 : rest);
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from(head), bytes]);
};
const answer = field(1, Buffer.concat([field(1, Buffer.from("probabilities")), field(2, tensor)]));
const identity = (bytes) => bytes;
const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(
  {
    predict: {
      path: SERVING_METHODS.predict,
      originalName: "predict",
      requestStream: false,
      responseStream: false,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
    },
  },
  { predict: (_call, callback) => callback(null, answer) },
);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
