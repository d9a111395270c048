"""Calls a model server with messages made from the official descriptors; prints what came as JSON.

Usage: client.py HOST:PORT DESCRIPTORS CALLS, where CALLS is JSON: [{"service", "method", "message"}] with messages in
proto3 JSON. Needs grpcio and protobuf, nothing of TensorFlow.
"""

import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory


def main() -> None:
    target, descriptors, calls = sys.argv[1:]
    pool = descriptor_pool.DescriptorPool()
    with open(descriptors, "rb") as file:
        files = descriptor_pb2.FileDescriptorSet.FromString(file.read())
    for proto in files.file:
        pool.Add(proto)
    results = []
    with grpc.insecure_channel(target) as channel:
        for call in json.loads(calls):
            method = pool.FindServiceByName(call["service"]).FindMethodByName(call["method"])
            request_type = message_factory.GetMessageClass(method.input_type)
            response_type = message_factory.GetMessageClass(method.output_type)
            request = json_format.ParseDict(call["message"], request_type(), descriptor_pool=pool)
            stub = channel.unary_unary(
                f"/{call['service']}/{call['method']}",
                request_serializer=request_type.SerializeToString,
                response_deserializer=response_type.FromString,
            )
            try:
                reply = stub(request, timeout=60)
                results.append({"code": "OK", "reply": json_format.MessageToDict(reply, descriptor_pool=pool)})
            except grpc.RpcError as error:
                results.append({"code": error.code().name, "message": error.details()})
    print(json.dumps(results))


main()
