"""Records what TensorFlow's shape functions say of random nodes: record-shapes.py > test/shapes/facts.json

Each fact is a node with its attributes and inputs (a placeholder of a shape, or a constant of integers), and the shapes of
its outputs, or null where import_graph_def refuses it. Shapes: null for an unknown rank, -1 for an unknown size.
"""
import json
import os
import random
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402

R = random.Random(7)
FLOAT, INT32 = 1, 3


def dims(rank, sizes=(1, 2, 3, 4, 6)):
    """A shape of about this rank, parts of it unknown."""
    if R.random() < 0.06:
        return None
    rank = max(0, rank + R.choice([0] * 12 + [-1, 1]))
    return [-1 if R.random() < 0.15 else R.choice(sizes) for _ in range(rank)]


def tensor(shape):
    return {"shape": shape}


def ints(values, shape=None):
    return {"shape": [len(values)] if shape is None else shape, "ints": values}


def vector(length, low, high):
    return ints([R.randint(low, high) for _ in range(length)])


def scalar(low, high):
    return ints([R.randint(low, high)], [])


T = {"T": {"type": FLOAT}}
TIDX = {"Tidx": {"type": INT32}}


def flag(name):
    return {name: {"b": R.random() < 0.5}}


def text(name, *values):
    return {name: {"s": R.choice(values)}}


def number(name, low, high):
    return {name: {"i": R.randint(low, high)}}


def numbers(name, values):
    return {name: {"list": {"i": values}}}


def window(rank):
    inner = [R.choice([1, 2, 3]) for _ in range(rank - 2)]
    return [1, *inner, 1]


def same_but(rank):
    """Two shapes that nearly fit."""
    a = dims(rank)
    b = None if a is None else [R.choice([size] * 6 + [-1, 1, 2]) for size in a]
    return a, b


def broadcast():
    a, b = same_but(R.randint(1, 3))
    if a and R.random() < 0.3:
        a = a[1:]
    return [tensor(a), tensor(b)]


def matmul():
    k = R.choice([2, 3])
    return [tensor(dims(2, (k, k, 4))), tensor(dims(2, (k, k, 4)))]


def conv():
    return [tensor(dims(4, (4, 6, 8))), tensor(dims(4, (1, 2, 4)))]


def reshape():
    return [tensor(dims(2)), ints([R.choice([-1, 1, 2, 3, 4, 6, 12]) for _ in range(R.randint(1, 3))])]


def concat():
    a, b = same_but(2)
    return [tensor(a), tensor(b), scalar(-3, 2)]


def strided():
    n = R.randint(1, 3)
    return [tensor(dims(3)), vector(n, -3, 4), vector(n, -3, 4), ints([R.choice([1, 1, 1, 2, -1]) for _ in range(n)])]


def masks():
    return {
        **number("begin_mask", 0, 3),
        **number("end_mask", 0, 3),
        **{"ellipsis_mask": {"i": R.choice([0, 0, 0, 1, 2])}},
        **{"new_axis_mask": {"i": R.choice([0, 0, 1, 2])}},
        **{"shrink_axis_mask": {"i": R.choice([0, 0, 1, 2])}},
        "Index": {"type": INT32},
    }


CASES = {
    "AddV2": lambda: (T, broadcast()),
    "Equal": lambda: ({**T, **flag("incompatible_shape_error")}, broadcast()),
    "SelectV2": lambda: (T, [{"shape": dims(2), "dtype": 10}, *broadcast()]),
    "Select": lambda: (T, [{"shape": dims(R.randint(0, 2)), "dtype": 10}, *map(tensor, same_but(2))]),
    "AddN": lambda: ({**T, "N": {"i": 2}}, list(map(tensor, same_but(2)))),
    "BiasAdd": lambda: ({**T, **text("data_format", "NHWC", "NCHW")}, [tensor(dims(3, (2, 3))), tensor(dims(1, (2, 3)))]),
    "Softmax": lambda: (T, [tensor(dims(R.randint(0, 2)))]),
    "MatMul": lambda: ({**T, **flag("transpose_a"), **flag("transpose_b")}, matmul()),
    "BatchMatMulV2": lambda: ({**T, **flag("adj_x"), **flag("adj_y")}, [tensor(dims(3, (1, 2))), tensor(dims(3, (1, 2)))]),
    "Einsum": lambda: ({**T, "N": {"i": 2}, **text("equation", "ij,jk->ik", "abc,cd->abd", "...i,ij->...j", "i...,i...->...")}, [tensor(dims(2, (2, 3))), tensor(dims(2, (2, 3)))]),
    "Conv2D": lambda: ({**T, **text("padding", "SAME", "VALID"), **text("data_format", "NHWC", "NHWC", "NCHW"), **numbers("strides", window(4)), **numbers("dilations", [1, R.choice([1, 2]), 1, 1])}, conv()),
    "DepthwiseConv2dNative": lambda: ({**T, **text("padding", "SAME", "VALID"), **numbers("strides", window(4))}, conv()),
    "MaxPool": lambda: ({**T, **text("padding", "SAME", "VALID"), **numbers("ksize", window(4)), **numbers("strides", window(4))}, [tensor(dims(4, (2, 4, 6)))]),
    "AvgPool3D": lambda: ({**T, **text("padding", "SAME", "VALID"), **numbers("ksize", window(5)), **numbers("strides", window(5))}, [tensor(dims(5, (2, 4)))]),
    "FusedBatchNormV3": lambda: ({**T, "U": {"type": FLOAT}, **flag("is_training")}, [tensor(dims(4, (2, 3))), *(tensor(dims(1, (2, 2, 2, 3))) for _ in range(4))]),
    "ResizeBilinear": lambda: (T, [tensor(dims(4)), vector(R.choice([2, 2, 2, 3]), 1, 5)]),
    "Reshape": lambda: ({**T, "Tshape": {"type": INT32}}, reshape()),
    "Transpose": lambda: ({**T, "Tperm": {"type": INT32}}, [tensor(dims(3)), vector(3, -1, 3)]),
    "ExpandDims": lambda: ({**T, "Tdim": {"type": INT32}}, [tensor(dims(2)), scalar(-4, 3)]),
    "Squeeze": lambda: ({**T, **numbers("squeeze_dims", [R.randint(-3, 3) for _ in range(R.randint(0, 2))])}, [tensor(dims(3, (1, 1, 2)))]),
    "Tile": lambda: ({**T, "Tmultiples": {"type": INT32}}, [tensor(dims(2)), vector(2, 0, 3)]),
    "Pad": lambda: ({**T, "Tpaddings": {"type": INT32}}, [tensor(dims(2)), ints([R.choice([0, 1, 2, 2, -1]) for _ in range(4)], [2, 2])]),
    "BroadcastTo": lambda: ({**T, "Tidx": {"type": INT32}}, [tensor(dims(2, (1, 2))), vector(R.randint(1, 3), 1, 2)]),
    "ReverseV2": lambda: ({**T, **TIDX}, [tensor(dims(2)), vector(1, -3, 2)]),
    "SpaceToDepth": lambda: ({**T, "block_size": {"i": 2}}, [tensor(dims(4, (2, 4, 3)))]),
    "SpaceToBatchND": lambda: ({**T}, [tensor(dims(4, (1, 2, 4))), ints([2, 2]), ints([0, 0, 0, R.choice([0, 1, 2])], [2, 2])]),
    "BatchToSpaceND": lambda: ({**T}, [tensor(dims(4, (4, 8, 2))), ints([2, 2]), ints([0, 1, 0, R.choice([0, 5])], [2, 2])]),
    "Slice": lambda: ({**T, "Index": {"type": INT32}}, [tensor(dims(2)), vector(2, 0, 3), vector(2, -2, 3)]),
    "StridedSlice": lambda: ({**T, **masks()}, strided()),
    "ConcatV2": lambda: ({**T, **TIDX, "N": {"i": 2}}, concat()),
    "Pack": lambda: ({**T, "N": {"i": 2}, **number("axis", -4, 3)}, list(map(tensor, same_but(2)))),
    "Unpack": lambda: ({**T, "num": {"i": 2}, **number("axis", -3, 2)}, [tensor(dims(2, (2, 2, 3)))]),
    "Split": lambda: ({**T, "num_split": {"i": 2}}, [scalar(-3, 2), tensor(dims(2))]),
    "SplitV": lambda: ({**T, "num_split": {"i": 2}, "Tlen": {"type": INT32}}, [tensor(dims(2)), vector(2, -1, 3), scalar(-3, 2)]),
    "GatherV2": lambda: ({"Tparams": {"type": FLOAT}, "Tindices": {"type": INT32}, "Taxis": {"type": INT32}, **number("batch_dims", 0, 1)}, [tensor(dims(2)), {"shape": dims(1), "dtype": INT32}, scalar(-3, 2)]),
    "GatherNd": lambda: ({"Tparams": {"type": FLOAT}, "Tindices": {"type": INT32}}, [tensor(dims(2)), {"shape": dims(2, (1, 2, 3)), "dtype": INT32}]),
    "OneHot": lambda: ({**T, "TI": {"type": INT32}, **number("axis", -2, 3)}, [{"shape": dims(1), "dtype": INT32}, scalar(-1, 4), tensor([]), tensor([])]),
    "TopKV2": lambda: (T, [tensor(dims(2)), scalar(-1, 4)]),
    "Sum": lambda: ({**T, **TIDX, **flag("keep_dims")}, [tensor(dims(2)), vector(1, -3, 2)]),
    "ArgMax": lambda: ({**T, **TIDX}, [tensor(dims(2)), scalar(-3, 2)]),
    "Range": lambda: (TIDX, [scalar(-2, 3), scalar(0, 6), scalar(-1, 2)]),
    "Fill": lambda: (T, [vector(2, -1, 3), tensor(dims(0))]),
}
NAMES = {"SelectV2": {"T": {"type": FLOAT}}, "Fill": {"index_type": {"type": INT32}}, "Range": {}}


def graph(op, attrs, inputs):
    made = tf.compat.v1.GraphDef()
    made.versions.producer = 1882
    for at, given in enumerate(inputs):
        node = made.node.add(name=f"i{at}", op="Const" if "ints" in given else "Placeholder")
        node.attr["dtype"].type = INT32 if "ints" in given else given.get("dtype", FLOAT)
        if "ints" in given:
            node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(given["ints"], tf.int32, given["shape"]))
        elif given["shape"] is None:
            node.attr["shape"].shape.unknown_rank = True
        else:
            node.attr["shape"].shape.CopyFrom(tf.TensorShape([None if size < 0 else size for size in given["shape"]]).as_proto())
    node = made.node.add(name="x", op=op, input=[f"i{at}" for at in range(len(inputs))])
    for name, value in {**attrs, **NAMES.get(op, {})}.items():
        (what, content), *_ = value.items()
        if what == "s":
            node.attr[name].s = content.encode()
        elif what == "list":
            node.attr[name].list.i.extend(content["i"])
            node.attr[name].list.SetInParent()
        else:
            setattr(node.attr[name], what, content)
    return made


def judge(made):
    with tf.Graph().as_default() as imported:
        try:
            tf.import_graph_def(made, name="")
        except ValueError as error:
            message = str(error)
            # Anything but a refusal by the shape function is a mistake of the case.
            if "NodeDef" in message or "expected" in message and "type" in message:
                print(made.node[-1].op, message[:300], file=sys.stderr)
            return None
        outputs = imported.get_operation_by_name("x").outputs
        return [None if out.shape.rank is None else [-1 if size is None else size for size in out.shape.as_list()] for out in outputs]


facts = []
for op, make in CASES.items():
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 12):
        attrs, inputs = make()
        facts.append({"op": op, "attrs": {**attrs, **NAMES.get(op, {})}, "inputs": inputs, "outputs": judge(graph(op, attrs, inputs))})
print("[\n" + ",\n".join(json.dumps(fact, separators=(",", ":")) for fact in facts) + "\n]")
