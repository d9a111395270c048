"""Compares this package with TensorFlow itself. Needs: pip install tensorflow-cpu==2.17.1 (any 2.x does).

    python3 packages/model-layout/scripts/prove-with-tensorflow.py [MODEL_REPOSITORY...]

1. Every variable of every version below the repositories (default: fixtures/models) is read by tf.train.load_checkpoint
   and by our reader: names, dtypes, shapes and bytes must be equal.
2. What `inspect` reports of each of them equals what TensorFlow's protos hold: signatures with their tensors, assets,
   collections, initialiser, saver, versions, counts of nodes, functions, ops and objects.
3. Models published by us load with tf.saved_model.load (or in a TF1 session).
4. Warm-up files written by us are read by TensorFlow's record reader; every record parses as its proto and is run on
   the loaded model.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
from google.protobuf import text_format  # noqa: E402
from tensorflow.core.framework import types_pb2  # noqa: E402
from tensorflow.core.protobuf import saved_model_pb2  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]


def ours(script, *arguments):
    command = ["npx", "tsx", "--conditions=@servable/source", str(HERE / script), *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def compare_variables(repositories):
    folders = sorted({path.parent.parent for repository in repositories
                      for path in pathlib.Path(repository).glob("**/variables/variables.index")})
    dumped = ours("dump-variables.ts", *folders)
    by_folder = {}
    for variable in dumped:
        by_folder.setdefault(variable["folder"], {})[variable["key"]] = variable
    compared = 0
    dtypes = set()
    for folder in folders:
        reader = tf.train.load_checkpoint(str(folder / "variables" / "variables"))
        theirs = reader.get_variable_to_dtype_map()
        mine = by_folder.get(str(folder), {})
        assert set(theirs) == set(mine), (folder, set(theirs) ^ set(mine))
        for key, dtype in theirs.items():
            array = reader.get_tensor(key)
            variable = mine[key]
            name = f"DT_{dtype.name.upper()}".replace("FLOAT32", "FLOAT").replace("FLOAT64", "DOUBLE").replace("FLOAT16", "HALF")
            name = {"DT_BFLOAT16": "DT_BFLOAT16", "DT_BHALF": "DT_BFLOAT16"}.get(name, name)
            assert variable["dtype"] == name, (folder, key, variable["dtype"], name)
            # An array of Python objects: numpy's own byte strings lose trailing zero bytes.
            array = np.array(array, dtype=object) if dtype == tf.string else np.asarray(array)
            assert list(array.shape) == variable["shape"], (folder, key)
            if name == "DT_STRING":
                flat = [base64.b64encode(item).decode() for item in array.reshape(-1)]
                assert flat == variable["bytes"], (folder, key)
            else:
                assert base64.b64encode(np.ascontiguousarray(array).tobytes()).decode() == variable["bytes"], (folder, key)
            compared += 1
            dtypes.add(name)
    print(f"variables: {compared} equal in {len(folders)} versions, dtypes {', '.join(sorted(dtypes))}")


def tensor_info(info):
    kind = info.WhichOneof("encoding") or "name"
    shape = None if info.tensor_shape.unknown_rank else [dim.size for dim in info.tensor_shape.dim]
    dtype = types_pb2.DataType.Name(info.dtype) if info.dtype in types_pb2.DataType.values() else str(info.dtype)
    if kind == "name":
        return {"kind": "tensor", "tensor": info.name, "dtype": dtype, "shape": shape}
    if kind == "coo_sparse":
        sparse = info.coo_sparse
        return {"kind": kind, "values": sparse.values_tensor_name, "indices": sparse.indices_tensor_name,
                "denseShape": sparse.dense_shape_tensor_name, "dtype": dtype, "shape": shape}
    spec = info.composite_tensor.type_spec
    name = type(spec).TypeSpecClass.Name(spec.type_spec_class)
    return {"kind": kind, "typeSpecClass": name, "dtype": dtype, "shape": shape,
            "components": [tensor_info(part) for part in info.composite_tensor.components]}


def meta_graph(meta):
    """What the report must say of a meta graph."""
    graph, info = meta.graph_def, meta.meta_info_def
    bodies = [graph.node, *(function.node_def for function in graph.library.function)]
    ops = {}
    for node in (node for body in bodies for node in body):
        ops[node.op] = ops.get(node.op, 0) + 1
    assets = [(item.filename, item.tensor_info.name) for item in meta.asset_file_def]
    return {
        "tags": sorted(info.tags), "tagsInFileOrder": list(info.tags),
        "signatures": {key: {"method": signature.method_name,
                             "inputs": {alias: tensor_info(item) for alias, item in signature.inputs.items()},
                             "outputs": {alias: tensor_info(item) for alias, item in signature.outputs.items()},
                             "defaults": sorted(signature.defaults)}
                       for key, signature in meta.signature_def.items()},
        "tensorflowVersion": info.tensorflow_version, "strippedDefaultAttrs": info.stripped_default_attrs,
        "graphProducer": graph.versions.producer, "graphMinConsumer": graph.versions.min_consumer,
        "nodeCount": len(graph.node), "functionCount": len(graph.library.function), "ops": ops,
        "placeholders": [node.name for node in graph.node if node.op.startswith("Placeholder")],
        "collections": {key: value.WhichOneof("kind") for key, value in meta.collection_def.items()},
        "assets": assets, "objectGraphNodes": len(meta.object_graph_def.nodes),
        "saver": [meta.saver_def.filename_tensor_name, meta.saver_def.restore_op_name, meta.saver_def.sharded]
                 if meta.HasField("saver_def") else None,
    }


def compare_reports(repositories):
    folders = sorted({path.parent for repository in repositories for name in ("saved_model.pb", "saved_model.pbtxt")
                      for path in pathlib.Path(repository).glob(f"**/{name}")})
    graphs = signatures = 0
    for item in ours("dump-inspect.ts", *folders):
        folder = pathlib.Path(item["folder"])
        theirs = saved_model_pb2.SavedModel()
        if (folder / "saved_model.pb").exists():
            theirs.ParseFromString((folder / "saved_model.pb").read_bytes())
        else:
            text_format.Parse((folder / "saved_model.pbtxt").read_text(), theirs)
        mine = item["report"]["metaGraphs"]
        assert len(mine) == len(theirs.meta_graphs), folder
        for ours_, meta in zip(mine, theirs.meta_graphs):
            expected = meta_graph(meta)
            got = {key: ours_[key] for key in expected}
            got["collections"] = {key: value["kind"] for key, value in ours_["collections"].items()}
            got["assets"] = [(asset["filename"], asset["tensor"]) for asset in ours_["assets"]
                             if asset["listedIn"] == "asset_file_def"]
            saver = ours_["saver"]
            got["saver"] = saver and [saver["filenameTensor"], saver["restoreOp"], saver["sharded"]]
            for signature in got["signatures"].values():
                signature["defaults"] = sorted(signature.get("defaults", {}))
                for tensors in (signature["inputs"], signature["outputs"]):
                    for tensor in tensors.values():
                        if tensor["kind"] != "tensor":
                            tensor.pop("tensor", None)
            for key, value in expected.items():
                assert got[key] == value, (str(folder), key, got[key], value)
            graphs += 1
            signatures += len(expected["signatures"])
        read = tf.saved_model.experimental.read_fingerprint if hasattr(tf.saved_model, "experimental") else None
        if read and (folder / "fingerprint.pb").exists():
            theirs, mine = read(str(folder)), item["report"]["fingerprint"]
            assert str(theirs.saved_model_checksum) == mine["savedModelChecksum"], folder
            assert str(theirs.checkpoint_hash) == mine["checkpointHash"], folder
    print(f"reports: {graphs} meta graphs with {signatures} signatures equal in {len(folders)} versions")


def fields(data):
    """Top-level fields of a message: enough of a parser to need no generated code of the server's protos."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(data):
        tag = varint()
        assert tag & 7 == 2, tag
        length = varint()
        yield tag >> 3, data[at:at + length]
        at += length


def run_records(path, count):
    session = tf.compat.v1.Session(graph=tf.Graph())
    with session.graph.as_default():
        meta = tf.compat.v1.saved_model.load(session, ["serve"], path)
    read = ran = 0
    for record in tf.data.TFRecordDataset(f"{path}/assets.extra/tf_serving_warmup_requests"):
        read += 1
        [(kind, log)] = fields(record.numpy())
        [(_, request)] = fields(log)
        parts = list(fields(request))
        spec = dict(fields(parts[0][1]))
        signature = meta.signature_def[spec[3].decode()]
        feeds = {}
        wanted = [entry.decode() for number, entry in parts[1:] if number == 3 and kind == 6]
        if kind == 6:
            for number, entry in parts[1:]:
                if number == 3:
                    continue
                assert number == 2
                pair = dict(fields(entry))
                feeds[signature.inputs[pair[1].decode()].name] = tf.io.parse_tensor(
                    pair[2], tf.compat.v1.make_tensor_proto(0).__class__.FromString(pair[2]).dtype).numpy()
        else:
            [(_, examples)] = fields(parts[1][1])
            serialized = [data for _, data in fields(examples)]
            for data in serialized:
                tf.train.Example.FromString(data)
            feeds[signature.inputs["inputs"].name] = np.array(serialized, dtype=object)
        session.run({alias: signature.outputs[alias].name for alias in wanted or signature.outputs}, feeds)
        ran += 1
    assert read == count, (path, read, count)
    return ran


def main():
    repositories = sys.argv[1:] or [ROOT / "fixtures" / "models"]
    compare_variables(repositories)
    compare_reports(repositories)
    with tempfile.TemporaryDirectory() as folder:
        samples = ours("write-samples.ts", folder)
        ran = sum(run_records(sample["path"], sample["records"]) for sample in samples)
        print(f"published: {len(samples)} models load; warm-up: {ran} records read and run by TensorFlow {tf.__version__}")


main()
