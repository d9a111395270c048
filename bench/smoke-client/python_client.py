"""The same Predict with grpcio and protobuf: python_client.py MODE TARGET VALUES SECONDS, prints requests per second; with 0 seconds, the CPU time of one cold request in ms."""
import sys
import time

import grpc
import numpy
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

FIELDS = {
    "Dim": [("size", 1, 3, None)],
    "Shape": [("dim", 2, 11, "Dim*")],
    "Tensor": [("dtype", 1, 5, None), ("tensor_shape", 2, 11, "Shape"), ("tensor_content", 4, 12, None), ("float_val", 5, 2, "*")],
    "Spec": [("name", 1, 9, None)],
    "Entry": [("key", 1, 9, None), ("value", 2, 11, "Tensor")],
    "Request": [("model_spec", 1, 11, "Spec"), ("inputs", 2, 11, "Entry*")],
    "Response": [("outputs", 1, 11, "Entry*")],
}
file = descriptor_pb2.FileDescriptorProto(name="bench.proto", package="bench", syntax="proto3")
for name, fields in FIELDS.items():
    message = file.message_type.add(name=name)
    for field, number, kind, extra in fields:
        repeated = extra is not None and extra.endswith("*")
        added = message.field.add(name=field, number=number, type=kind, label=3 if repeated else 1)
        if kind == 11:
            added.type_name = ".bench." + extra.rstrip("*")
pool = descriptor_pool.DescriptorPool()
pool.Add(file)
Request, Response = (message_factory.GetMessageClass(pool.FindMessageTypeByName("bench." + n)) for n in ("Request", "Response"))

mode, target, count, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
values = numpy.full(count, 0.5, numpy.float32)
channel = grpc.insecure_channel(target, options=[("grpc.max_receive_message_length", -1)])
call = channel.unary_unary("/tensorflow.serving.PredictionService/Predict", Request.SerializeToString, Response.FromString)


def predict():
    request = Request()
    request.model_spec.name = "m"
    tensor = request.inputs.add(key="x").value
    tensor.dtype = 1
    tensor.tensor_shape.dim.add(size=1)
    tensor.tensor_shape.dim.add(size=count)
    if mode == "content":
        tensor.tensor_content = values.tobytes()
    else:
        tensor.float_val.extend(values)
    return call(request).outputs[0].value.float_val[0]


assert predict() == 0.25
if seconds == 0:
    print(time.process_time() * 1000)
else:
    for _ in range(20):
        predict()
    start = time.perf_counter()
    done = 0
    while time.perf_counter() - start < seconds:
        predict()
        done += 1
    print(done / (time.perf_counter() - start))
