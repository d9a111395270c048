"""Writes src/generated/op-table.ts: arguments, attribute defaults and statefulness of every op that TensorFlow registers.

Run with a Python that has tensorflow-cpu==2.17.1. Only the ops' definitions (facts of the wheel) are taken.
"""

import base64
import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402, F401
from tensorflow.core.framework import op_def_pb2, types_pb2  # noqa: E402
from tensorflow.python.client import pywrap_tf_session as c_api  # noqa: E402

ops = op_def_pb2.OpList()
ops.ParseFromString(c_api.TF_GetBuffer(c_api.TF_GetAllOpList()))


def argument(arg):
    if arg.type_list_attr:
        text = "*" + arg.type_list_attr
    else:
        text = arg.type_attr or types_pb2.DataType.Name(arg.type)
    return arg.name + ":" + (arg.number_attr + "*" if arg.number_attr else "") + text


def shape(value):
    return None if value.unknown_rank else [dim.size for dim in value.dim]


def scalar(kind, value):
    if kind == "s":
        return value.decode("latin1")
    if kind == "type":
        return value
    if kind == "shape":
        return shape(value)
    if kind == "tensor":
        return base64.b64encode(value.SerializeToString()).decode()
    if kind == "func":
        return value.name
    if kind == "f" and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


def default(value):
    kind = value.WhichOneof("value")
    if kind is None:
        return {}
    if kind == "list":
        return {"list": {field.name: [scalar(field.name, v) for v in values] for field, values in value.list.ListFields()}}
    return {kind: scalar(kind, getattr(value, kind))}


table = {}
for op in ops.op:
    entry = {"i": [argument(a) for a in op.input_arg], "o": [argument(a) for a in op.output_arg]}
    defaults = {a.name: default(a.default_value) for a in op.attr if a.HasField("default_value")}
    if defaults:
        entry["d"] = defaults
    if op.is_stateful:
        entry["s"] = 1
    table[op.name] = entry

target = pathlib.Path(__file__).parent.parent / "src" / "generated" / "op-table.ts"
text = json.dumps(table, separators=(",", ":"), sort_keys=True)
target.write_text(
    "// Made by scripts/op-table.py from the ops of TensorFlow 2.17.1.\n"
    + "export const opTableJson: string =\n  "
    + json.dumps(text)
    + ";\n"
)
print(len(table), "ops")
