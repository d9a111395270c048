"""Writes test/golden/models.json.gz: small SavedModels with requests and the answers of TensorFlow's session.

Run with a Python that has tensorflow-cpu==2.17.1. Each model is kept as its files (base64), so that tests read it from
memory.
"""

import base64
import gzip
import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import keras  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).parent))
rng = np.random.default_rng(5)
v1 = tf.compat.v1
L = keras.layers
work = pathlib.Path(tempfile.mkdtemp())
models = {}


def number(x):
    x = float(str(x))
    if x != x:
        return "NaN"
    if x in (float("inf"), float("-inf")):
        return "Infinity" if x > 0 else "-Infinity"
    return x


def tensor_json(value):
    array = np.asarray(value)
    if array.dtype == object or array.dtype.kind in "SU":
        items = [x if isinstance(x, bytes) else str(x).encode() for x in array.reshape(-1).tolist()]
        return {"dtype": "DT_STRING", "shape": list(array.shape), "values": [{"b64": base64.b64encode(x).decode()} for x in items]}
    dtype = tf.as_dtype(array.dtype)
    name = "DT_" + {1: "FLOAT", 2: "DOUBLE", 3: "INT32", 4: "UINT8", 9: "INT64", 10: "BOOL"}[dtype.as_datatype_enum]
    flat = array.reshape(-1)
    if dtype == tf.bool:
        values = [bool(x) for x in flat]
    elif dtype == tf.int64:
        values = [str(int(x)) for x in flat]
    elif dtype.is_integer:
        values = [int(x) for x in flat]
    else:
        values = [number(x) for x in flat]
    return {"dtype": name, "shape": list(array.shape), "values": values}


def keep(name, folder, requests, rtol=1e-5, atol=1e-5):
    """Runs the requests (signature, inputs) in order in one session, and keeps model and answers."""
    goldens = []
    with v1.Session(graph=tf.Graph()) as session:
        meta = v1.saved_model.load(session, ["serve"], str(folder))
        for signature, inputs in requests:
            info = meta.signature_def[signature]
            feeds = {info.inputs[alias].name: value for alias, value in inputs.items()}
            fetches = {alias: output.name for alias, output in info.outputs.items()}
            golden = {"signature": signature, "inputs": {alias: tensor_json(v) for alias, v in inputs.items()}}
            try:
                got = session.run(fetches, feeds)
                golden["outputs"] = {alias: tensor_json(v) for alias, v in got.items()}
                golden["rtol"] = rtol
                golden["atol"] = atol
            except tf.errors.OpError as error:
                message = error.message
                if "\nNode: '" in message:
                    message = message.split("\nNode: '")[1].split("\n", 1)[1]
                golden["error"] = {"code": type(error).__name__, "message": message.replace("Graph execution error:\n\n", "").split("\n\t [[")[0]}
            goldens.append(golden)
    files = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file() and path.name not in ("keras_metadata.pb",):
            files[str(path.relative_to(folder))] = base64.b64encode(path.read_bytes()).decode()
    models[name] = {"files": files, "goldens": goldens}
    print(name, sum(len(x) for x in files.values()), [list(g.get("outputs", g.get("error")).keys()) for g in goldens][:2], flush=True)


def module(name, build, requests, **kwargs):
    folder = work / name
    made = tf.Module()
    signatures = build(made)
    tf.saved_model.save(made, str(folder), signatures=signatures)
    keep(name, folder, requests, **kwargs)


def keras_model(name, layers, shape, batch=2, **kwargs):
    keras.utils.set_random_seed(7)
    if callable(layers):
        model = layers()
    else:
        first = keras.Input(shape)
        x = first
        for layer in layers:
            x = layer(x)
        model = keras.Model(first, x)
    for variable in model.variables:
        if "variance" in variable.path:
            variable.assign(rng.uniform(0.5, 1.5, variable.shape))
        elif "mean" in variable.path or "beta" in variable.path or "bias" in variable.path:
            variable.assign(rng.normal(0, 0.2, variable.shape))
        elif "gamma" in variable.path:
            variable.assign(rng.uniform(0.8, 1.2, variable.shape))
    folder = work / name
    model.export(str(folder), verbose=False)
    with v1.Session(graph=tf.Graph()) as session:
        meta = v1.saved_model.load(session, ["serve"], str(folder))
        alias = list(meta.signature_def["serving_default"].inputs)[0]
    concrete = tuple(4 if s is None else s for s in shape)
    x = rng.uniform(-1, 1, (batch,) + concrete).astype(np.float32)
    keep(name, folder, [("serving_default", {alias: x})], **kwargs)


def tf1(name, build, requests, **kwargs):
    folder = work / name
    graph = tf.Graph()
    with graph.as_default():
        inputs, outputs, init = build()
        with v1.Session(graph=graph) as session:
            session.run([v1.global_variables_initializer(), v1.tables_initializer()])
            builder = v1.saved_model.Builder(str(folder))
            signature = v1.saved_model.predict_signature_def(inputs, outputs)
            builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature}, main_op=v1.tables_initializer() if init else None)
            builder.save()
    keep(name, folder, [("serving_default", x) for x in requests], **kwargs)


f32 = lambda *x: np.array(x, np.float32)  # noqa: E731
spec = tf.TensorSpec

# TensorFlow 1 control flow
v1.disable_control_flow_v2()


def v1_cond():
    x = v1.placeholder(tf.float32, [None], "x")
    w = v1.get_variable("w", initializer=f32(2.0), use_resource=False)
    total = tf.reduce_sum(x)
    y = v1.cond(total > 0, lambda: x * w, lambda: x - tf.constant(1.0))
    z = v1.cond(total > 10, lambda: v1.cond(total > 20, lambda: tf.constant(3), lambda: tf.constant(2)), lambda: tf.constant(1))
    return {"x": x}, {"y": y, "z": z}, False


tf1("tf1_cond", v1_cond, [{"x": f32(1, 2)}, {"x": f32(-1, -2)}, {"x": f32(15)}, {"x": f32(25)}])


def v1_while():
    x = v1.placeholder(tf.float32, [None], "x")
    n = v1.placeholder(tf.int32, [], "n")
    i, y = v1.while_loop(lambda i, y: i < n, lambda i, y: [i + 1, y * 2 + tf.cast(i, tf.float32)], [tf.constant(0), x])
    return {"x": x, "n": n}, {"i": i, "y": y}, False


tf1("tf1_while", v1_while, [{"x": f32(1, 2), "n": np.int32(5)}, {"x": f32(3), "n": np.int32(0)}])


def v1_nested():
    n = v1.placeholder(tf.int32, [], "n")

    def outer(i, total):
        _, inner = v1.while_loop(lambda j, t: j < i, lambda j, t: [j + 1, t + j * i], [tf.constant(0), total])
        return [i + 1, v1.cond(tf.equal(i % 2, 0), lambda: inner, lambda: inner + 100)]

    _, total = v1.while_loop(lambda i, t: i < n, outer, [tf.constant(0), tf.constant(0)])
    return {"n": n}, {"total": total}, False


tf1("tf1_nested_loops", v1_nested, [{"n": np.int32(6)}, {"n": np.int32(0)}])


def v1_rnn():
    x = v1.placeholder(tf.float32, [None, None, 3], "x")
    w = v1.get_variable("w", initializer=rng.normal(size=(3, 4)).astype(np.float32), use_resource=False)
    u = v1.get_variable("u", initializer=rng.normal(size=(4, 4)).astype(np.float32) / 2, use_resource=True)
    steps = tf.shape(x)[1]
    source = tf.TensorArray(tf.float32, size=steps).unstack(tf.transpose(x, [1, 0, 2]))
    sink = tf.TensorArray(tf.float32, size=steps)

    def body(t, state, out):
        state = tf.tanh(tf.matmul(source.read(t), w) + tf.matmul(state, u))
        return t + 1, state, out.write(t, state)

    _, state, out = v1.while_loop(lambda t, *_: t < steps, body, (tf.constant(0), tf.zeros([tf.shape(x)[0], 4]), sink))
    return {"x": x}, {"state": state, "all": tf.transpose(out.stack(), [1, 0, 2])}, False


tf1("tf1_rnn", v1_rnn, [{"x": rng.normal(size=(2, 5, 3)).astype(np.float32)}])


def v1_table():
    x = v1.placeholder(tf.string, [None], "x")
    table = tf.lookup.StaticHashTable(tf.lookup.KeyValueTensorInitializer(["a", "b", "c"], tf.constant([1, 2, 3], tf.int64)), -1)
    values = table.lookup(x)
    embedding = v1.get_variable("e", shape=[8, 2], initializer=v1.random_normal_initializer(seed=3), partitioner=v1.fixed_size_partitioner(3), use_resource=False)
    rows = tf.nn.embedding_lookup(embedding, tf.maximum(values, 0))
    hashed = tf.strings.to_hash_bucket_fast(x, 1000)
    return {"x": x}, {"ids": values, "rows": rows, "hashed": hashed}, True


tf1("tf1_table_partitioned", v1_table, [{"x": np.array([b"a", b"zz", b"c"], object)}])
v1.enable_control_flow_v2()


# TensorFlow 2 functions
def tf2_control(m):
    m.w = tf.Variable([1.0, 2.0])
    m.count = tf.Variable(0, dtype=tf.int64)

    @tf.function(input_signature=[spec([None], tf.float32, "x"), spec([], tf.int32, "n")])
    def f(x, n):
        y = x
        for i in tf.range(n):
            if i % 2 == 0:
                y = y * 2.0
            else:
                y = y + tf.reduce_sum(m.w)
        z = tf.switch_case(n, [lambda: tf.constant(10), lambda: tf.constant(20)], default=lambda: tf.constant(30))
        return {"y": y, "z": z}

    @tf.function(input_signature=[spec([], tf.int64, "by")])
    def add(by):
        if by > 0:
            m.count.assign_add(by)
        return {"count": m.count.read_value()}

    @tf.function(input_signature=[spec([None], tf.float32, "x")])
    def collect(x):
        out = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
        for v in x:
            if v > 0:
                out = out.write(out.size(), v * 2)
        return {"kept": out.stack()}

    return {"serving_default": f, "add": add, "collect": collect}


module("tf2_control_flow", tf2_control, [
    ("serving_default", {"x": f32(1, 2), "n": np.int32(0)}), ("serving_default", {"x": f32(1, 2), "n": np.int32(1)}), ("serving_default", {"x": f32(1), "n": np.int32(5)}),
    ("add", {"by": np.int64(3)}), ("add", {"by": np.int64(-3)}), ("add", {"by": np.int64(4)}), ("collect", {"x": f32(1, -1, 3)})])


def tf2_strings(m):
    vocabulary = work / "vocabulary.txt"
    vocabulary.write_text("the\ncat\nsat\nmat\n")
    m.asset = tf.saved_model.Asset(str(vocabulary))
    m.table = tf.lookup.StaticVocabularyTable(tf.lookup.TextFileInitializer(m.asset, tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64, tf.lookup.TextFileIndex.LINE_NUMBER), 2)
    m.mutable = tf.lookup.experimental.MutableHashTable(tf.string, tf.float32, 0.5)
    m.e = tf.Variable(rng.normal(size=(6, 3)).astype(np.float32))

    @tf.function(input_signature=[spec([None], tf.string, "text")])
    def f(text):
        clean = tf.strings.regex_replace(tf.strings.lower(text), "[^a-z ]", "")
        words = tf.strings.split(clean)
        ids = m.table.lookup(words.values)
        ragged = tf.RaggedTensor.from_row_splits(ids, words.row_splits)
        dense = ragged.to_tensor(-1)
        mean = tf.math.unsorted_segment_mean(tf.gather(m.e, ids), words.value_rowids(), words.nrows())
        joined = tf.strings.reduce_join(words, axis=1, separator="_")
        return {"ids": dense, "mean": mean, "joined": joined, "length": tf.strings.length(text), "number": tf.strings.as_string(words.row_lengths())}

    @tf.function(input_signature=[spec([None], tf.string, "k"), spec([None], tf.float32, "v")])
    def put(k, v):
        m.mutable.insert(k, v)
        return {"found": m.mutable.lookup(tf.constant(["x", "y"])), "size": m.mutable.size()}

    return {"serving_default": f, "put": put}


module("tf2_strings", tf2_strings, [("serving_default", {"text": np.array([b"The cat, sat!", b"", b"on the MAT mat"], object)}), ("put", {"k": np.array([b"x"], object), "v": f32(2.0)}), ("put", {"k": np.array([b"y", b"x"], object), "v": f32(3.0, 4.0)})])


def tf2_examples(m):
    @tf.function(input_signature=[spec([None], tf.string, "examples")])
    def f(examples):
        parsed = tf.io.parse_example(examples, {
            "dense": tf.io.FixedLenFeature([2], tf.float32), "label": tf.io.FixedLenFeature([], tf.int64, default_value=-1), "name": tf.io.FixedLenFeature([], tf.string, default_value="none"),
            "tags": tf.io.VarLenFeature(tf.string), "seq": tf.io.FixedLenSequenceFeature([], tf.int64, allow_missing=True), "ragged": tf.io.RaggedFeature(tf.float32)})
        return {"dense": parsed["dense"], "label": parsed["label"], "name": parsed["name"], "tags": tf.sparse.to_dense(parsed["tags"], ""), "seq": parsed["seq"], "ragged": parsed["ragged"].to_tensor(-1.0)}

    return {"serving_default": f}


def example(**features):
    made = {}
    for key, value in features.items():
        if isinstance(value[0], bytes):
            made[key] = tf.train.Feature(bytes_list=tf.train.BytesList(value=value))
        elif isinstance(value[0], float):
            made[key] = tf.train.Feature(float_list=tf.train.FloatList(value=value))
        else:
            made[key] = tf.train.Feature(int64_list=tf.train.Int64List(value=value))
    return tf.train.Example(features=tf.train.Features(feature=made)).SerializeToString()


good = [example(dense=[1.0, 2.0], label=[5], name=[b"x"], tags=[b"a", b"b"], seq=[1, 2, 3], ragged=[0.5]), example(dense=[3.0, 4.0], ragged=[1.0, 2.0])]
module("tf2_parse_example", tf2_examples, [
    ("serving_default", {"examples": np.array(good, object)}), ("serving_default", {"examples": np.array([], object)}),
    ("serving_default", {"examples": np.array([example(label=[1])], object)}), ("serving_default", {"examples": np.array([example(dense=[1.0])], object)}),
    ("serving_default", {"examples": np.array([example(dense=[1, 2])], object)})])


def tf2_images(m):
    @tf.function(input_signature=[spec([None], tf.string, "png")])
    def f(png):
        def one(data):
            image = tf.io.decode_image(data, channels=3, expand_animations=False)
            image = tf.image.convert_image_dtype(image, tf.float32)
            return tf.image.resize(image, [6, 5])

        batch = tf.map_fn(one, png, fn_output_signature=spec([6, 5, 3], tf.float32))
        return {"image": batch, "gray": tf.image.rgb_to_grayscale(batch), "crop": tf.image.central_crop(batch, 0.5), "small": tf.image.resize(batch, [3, 3], antialias=True), "standard": tf.image.per_image_standardization(batch[0]), "flipped": tf.image.flip_left_right(batch), "nearest": tf.image.resize(batch, [9, 4], "nearest"), "cubic": tf.image.resize(batch, [4, 9], "bicubic")}

    return {"serving_default": f}


pngs = [tf.io.encode_png(rng.integers(0, 256, (7, 8, 3)).astype(np.uint8)).numpy(), tf.io.encode_png(rng.integers(0, 256, (4, 4, 1)).astype(np.uint8)).numpy()]
module("tf2_images", tf2_images, [("serving_default", {"png": np.array(pngs, object)})], atol=1e-4)


def tf2_math(m):
    @tf.function(input_signature=[spec([None, 4], tf.float32, "x")])
    def f(x):
        values, indices = tf.math.top_k(x, 2)
        q = tf.sort(x, direction="DESCENDING")
        norm = tf.nn.l2_normalize(x, 1)
        return {"top": values, "at": indices, "sorted": q, "argsort": tf.argsort(x), "norm": norm, "lse": tf.reduce_logsumexp(x, 1), "std": tf.math.reduce_std(x, 0), "clip": tf.clip_by_norm(x, 1.0),
                "onehot": tf.one_hot(tf.argmax(x, 1), 4), "einsum": tf.einsum("ij,kj->ik", x, x), "gelu": tf.nn.gelu(x), "cum": tf.cumsum(x, 1), "where": tf.where(x > 0, x, 0.0), "softmax": tf.nn.softmax(x, 0),
                "band": tf.linalg.band_part(tf.matmul(x, x, transpose_b=True), 0, -1), "mod": tf.math.floormod(x, 0.7), "hist": tf.histogram_fixed_width(x, [-1.0, 1.0], 4), "masked": tf.boolean_mask(x, x[:, 0] > 0),
                "segment": tf.math.unsorted_segment_max(x, tf.range(tf.shape(x)[0]) % 2, 2), "pad": tf.pad(x, [[0, 0], [1, 2]]), "mesh": tf.meshgrid(x[0], x[0])[1], "scan": tf.scan(lambda a, b: a + b, x)}

    return {"serving_default": f}


module("tf2_math", tf2_math, [("serving_default", {"x": rng.uniform(-1, 1, (3, 4)).astype(np.float32)})])

# Keras layers
keras_model("keras_lstm", [L.LSTM(6, return_sequences=True), L.LSTM(4), L.Dense(2)], (None, 3))
keras_model("keras_gru", [L.GRU(6, return_sequences=True), L.GRU(4), L.Dense(2)], (None, 3))
keras_model("keras_bidirectional", [L.Bidirectional(L.LSTM(4, return_sequences=True)), L.GlobalMaxPooling1D(), L.Dense(2)], (5, 3))
keras_model("keras_masked_rnn", [L.Masking(0.0), L.GRU(4), L.Dense(2)], (5, 3))
keras_model("keras_conv1d", [L.Conv1D(6, 3, padding="causal", activation="relu"), L.MaxPooling1D(2), L.Conv1D(4, 3, dilation_rate=2), L.GlobalAveragePooling1D(), L.Dense(2, activation="sigmoid")], (16, 3))
keras_model("keras_conv3d", [L.Conv3D(3, 3, padding="same"), L.MaxPooling3D(2), L.Conv3D(2, 2, strides=2), L.AveragePooling3D(1), L.Flatten(), L.Dense(2)], (6, 6, 6, 2))
keras_model("keras_unet", [L.Conv2D(6, 3, padding="same", activation="relu"), L.MaxPooling2D(), L.Conv2D(6, 3, padding="same", activation="elu"), L.Conv2DTranspose(4, 3, strides=2, padding="same"), L.UpSampling2D(2, interpolation="bilinear"), L.Conv2D(1, 1, activation="tanh")], (8, 8, 3))
keras_model("keras_norms", [L.GroupNormalization(4), L.UnitNormalization(), L.PReLU(), L.LeakyReLU(), L.Dense(4, activation="selu"), L.Dense(4, activation="softplus"), L.Dense(4, activation="hard_sigmoid"), L.Dense(3, activation="log_softmax")], (8,))
keras_model("keras_separable", [L.SeparableConv2D(8, 3, padding="same", activation="swish"), L.BatchNormalization(), L.DepthwiseConv2D(3, strides=2, padding="same"), L.ReLU(6.0), L.AveragePooling2D(2), L.Cropping2D(1), L.ZeroPadding2D(2), L.GlobalMaxPooling2D(), L.Dense(2, activation="mish")], (16, 16, 3))
keras_model("keras_convlstm", [L.ConvLSTM2D(3, 3, padding="same"), L.Flatten(), L.Dense(2)], (3, 6, 6, 2))
keras_model("keras_dense", [L.Dense(8, activation="gelu"), L.Reshape((2, 4)), L.Permute((2, 1)), L.Flatten(), L.Dense(4, activation="exponential"), L.Dense(2, activation="relu6")], (5,))
keras_model("keras_preprocess", [L.Rescaling(1 / 127.5, offset=-1), L.Resizing(12, 14), L.CenterCrop(10, 10), L.Normalization(mean=[0.1, 0.2, 0.3], variance=[1.0, 2.0, 3.0]), L.Conv2D(3, 3, strides=2), L.GlobalAveragePooling2D(), L.Dense(2)], (14, 18, 3))
keras_model("keras_grouped", [L.Conv2D(8, 3, padding="same", groups=4), L.Conv2D(6, 3, dilation_rate=2, padding="same"), L.LayerNormalization(), L.SpatialDropout2D(0.3), L.Flatten(), L.Dense(2)], (8, 8, 4))


def transformer():
    first = keras.Input((6, 16))
    x = L.MultiHeadAttention(2, 8)(first, first, use_causal_mask=True)
    x = L.LayerNormalization()(x + first)
    y = L.Dense(32, activation="gelu")(x)
    y = L.Dense(16)(y)
    x = L.LayerNormalization()(x + y)
    x = L.Attention()([x, x])
    return keras.Model(first, L.Dense(3, activation="softmax")(L.GlobalAveragePooling1D()(x)))


keras_model("keras_transformer", transformer, (6, 16))


def embedding():
    first = keras.Input((7,))
    x = L.Discretization(bin_boundaries=[-0.5, 0.0, 0.5])(first)
    x = L.Embedding(5, 4)(x)
    x = L.Dropout(0.5)(x)
    return keras.Model(first, L.Dense(2)(L.GlobalAveragePooling1D()(x)))


keras_model("keras_embedding", embedding, (7,))

target = pathlib.Path(__file__).parent.parent / "test" / "golden" / "models.json.gz"
with gzip.GzipFile(target, "wb", mtime=0) as file:
    file.write(json.dumps(models, separators=(",", ":")).encode())
shutil.rmtree(work)
print(len(models), "models,", target.stat().st_size, "bytes")
