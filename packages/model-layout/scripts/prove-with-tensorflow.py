"""Compares this package with TensorFlow itself. Needs: pip install tensorflow-cpu==2.17.1 (any 2.x does).

    python3 packages/model-layout/scripts/prove-with-tensorflow.py [MODEL_REPOSITORY...]

1. Every variable of every version below the repositories (default: fixtures/models) is read by tf.train.load_checkpoint
   and by our reader: names, dtypes, shapes and bytes must be equal.
2. Models published by us load with tf.saved_model.load (or in a TF1 session).
3. Warm-up files written by us are read by TensorFlow's record reader; every record parses as its proto and is run on
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
        if kind == 6:
            for number, entry in parts[1:]:
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
        session.run({alias: info.name for alias, info in signature.outputs.items()}, feeds)
        ran += 1
    assert read == count, (path, read, count)
    return ran


def main():
    repositories = sys.argv[1:] or [ROOT / "fixtures" / "models"]
    compare_variables(repositories)
    with tempfile.TemporaryDirectory() as folder:
        samples = ours("write-samples.ts", folder)
        ran = sum(run_records(sample["path"], sample["records"]) for sample in samples)
        print(f"published: {len(samples)} models load; warm-up: {ran} records read and run by TensorFlow {tf.__version__}")


main()
