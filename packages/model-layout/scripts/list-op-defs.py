"""Writes the op definitions of the installed TensorFlow as JSON, the input of make-op-defs.ts.

    for v in 1.15.5 2.1.4 ... 2.20.0: pip install tensorflow-cpu==$v && python3 list-op-defs.py OUT_DIR

Works with every release from 1.15 on; the file is named after the release.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf  # noqa: E402
from tensorflow.core.framework import op_def_pb2  # noqa: E402

try:
    from tensorflow.python.client import pywrap_tf_session as session
except ImportError:
    from tensorflow.python import pywrap_tensorflow as session


def value(attr):
    """The value of an AttrValue, where the check has a use for it: numbers, types, strings and lists of them."""
    kind = attr.WhichOneof("value")
    if kind == "s":
        return attr.s.decode("latin1")
    if kind in ("i", "type"):
        return getattr(attr, kind)
    if kind == "list":
        return [item.decode("latin1") for item in attr.list.s] or list(attr.list.type) or list(attr.list.i)
    return None


def argument(arg):
    return {"name": arg.name, "type": arg.type, "type_attr": arg.type_attr, "number_attr": arg.number_attr,
            "type_list_attr": arg.type_list_attr, "ref": arg.is_ref}


def attribute(attr):
    return {"name": attr.name, "type": attr.type, "has_default": attr.HasField("default_value"),
            "default": value(attr.default_value) if attr.HasField("default_value") else None,
            "min": attr.minimum if attr.has_minimum else None,
            "allowed": value(attr.allowed_values) if attr.HasField("allowed_values") else None}


def main():
    ops = op_def_pb2.OpList()
    ops.ParseFromString(session.TF_GetBuffer(session.TF_GetAllOpList()))
    facts = {op.name: {"inputs": [argument(arg) for arg in op.input_arg],
                       "outputs": [argument(arg) for arg in op.output_arg],
                       "attrs": [attribute(attr) for attr in op.attr],
                       "deprecated": op.deprecation.version if op.HasField("deprecation") else None}
             for op in ops.op}
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    (out / (tf.__version__ + ".json")).write_text(json.dumps(facts))
    print(tf.__version__, len(facts))


main()
