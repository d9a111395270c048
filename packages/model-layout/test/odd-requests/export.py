"""Exports the SavedModel beside this file: signatures for which a request is hard to make up. Made with TensorFlow 2.17.1.

python export.py OUT_DIR
"""
import sys

import tensorflow as tf

text = tf.TensorSpec([None], tf.string)
FEATURES = {
    "age": tf.io.FixedLenFeature([], tf.int64),
    "embedding": tf.io.FixedLenFeature([2, 4], tf.float32),
    "name": tf.io.FixedLenFeature([], tf.string),
    "tags": tf.io.VarLenFeature(tf.string),
    "clicks": tf.io.RaggedFeature(tf.float32),
}


def signature(*specs):
    return lambda function: tf.function(function, input_signature=specs)


def decode(picture):
    return tf.reduce_mean(tf.image.resize(tf.io.decode_jpeg(picture, channels=3), [4, 4]))


def each(function, values):
    return tf.map_fn(function, values, fn_output_signature=tf.float32)


@signature(text)
def examples(e):
    parsed = tf.io.parse_example(e, FEATURES)
    return {"y": tf.reduce_sum(parsed["embedding"], [1, 2]) + tf.reduce_sum(parsed["clicks"], 1)}


@signature(tf.TensorSpec([], tf.string))
def one_example(e):
    return {"y": tf.io.parse_single_example(e, {"a": tf.io.FixedLenFeature([3], tf.float32)})["a"]}


@signature(text)
def pictures_in_examples(e):
    parsed = tf.io.parse_example(e, {"image/encoded": tf.io.FixedLenFeature([], tf.string)})
    return {"y": each(decode, parsed["image/encoded"])}


@signature(text, tf.TensorSpec([None, 2], tf.float32))
def examples_and_numbers(e, x):
    return {"y": tf.io.parse_example(e, {"a": tf.io.FixedLenFeature([2], tf.float32)})["a"] + x}


@signature(text)
def sequences(e):
    context, lists, _ = tf.io.parse_sequence_example(
        e, {"id": tf.io.FixedLenFeature([], tf.int64)}, {"token": tf.io.FixedLenSequenceFeature([2], tf.int64)})
    return {"y": tf.reduce_sum(lists["token"], [1, 2]) + context["id"]}


@signature(text)
def old_ops(e):
    """As TensorFlow 1 exported them: names as one input each, or as attributes."""
    batch = tf.raw_ops.ParseExample(
        serialized=e, names=[], sparse_keys=[tf.constant("s")], dense_keys=[tf.constant("d"), tf.constant("i")],
        dense_defaults=[tf.zeros([0]), tf.zeros([0], tf.int64)], sparse_types=[tf.string], dense_shapes=[[2], []])
    one = tf.raw_ops.ParseSingleExample(
        serialized=e[0], dense_defaults=[tf.zeros([0])], num_sparse=1, sparse_keys=["t"], dense_keys=["f"],
        sparse_types=[tf.float32], dense_shapes=[[3]])
    return {"y": batch.dense_values[0], "z": one.dense_values[0]}


@signature(text)
def json_examples(e):
    parsed = tf.io.parse_example(tf.io.decode_json_example(e), {"a": tf.io.FixedLenFeature([2], tf.float32),
                                                               "n": tf.io.FixedLenFeature([], tf.int64)})
    return {"y": parsed["a"] + tf.cast(parsed["n"], tf.float32)[:, None]}


@signature(text)
def base64_pictures(b):
    return {"y": each(lambda one: decode(tf.io.decode_base64(one)), b)}


@signature(text)
def table_rows(rows):
    number, word = tf.io.decode_csv(rows, [[0.0], ["x"]])
    return {"y": number, "n": tf.strings.length(word)}


@signature(text)
def numbers(b):
    return {"y": tf.strings.to_number(b)}


@signature(tf.TensorSpec([], tf.string))
def sound(b):
    return {"y": tf.reduce_mean(tf.audio.decode_wav(b).audio)}


@signature(text)
def packed(b):
    return {"y": tf.strings.length(tf.io.decode_compressed(b, "GZIP"))}


@signature(text)
def raw_rows(b):
    return {"y": tf.reshape(tf.io.decode_raw(b, tf.float32), [-1, 3])}


@signature(tf.RaggedTensorSpec([None, None], tf.float32), tf.TensorSpec([None], tf.float32))
def ragged(r, x):
    return {"y": tf.reduce_sum(r, 1) + x}


@signature(tf.RaggedTensorSpec([None, None, None], tf.int64))
def deeply_ragged(r):
    return {"y": tf.reduce_sum(tf.reduce_sum(r, 2), 1)}


@signature(tf.SparseTensorSpec([None, 10], tf.float32))
def sparse(s):
    return {"y": tf.sparse.reduce_sum(s, 1)}


@signature(tf.TensorSpec([None, 3]))
def ragged_answer(x):
    return {"r": tf.RaggedTensor.from_tensor(x)}


@signature(tf.TensorSpec([None, 3]))
def partly_ragged_answer(x):
    return {"r": tf.RaggedTensor.from_tensor(x), "y": x}


@signature(tf.TensorSpec(None, tf.float32))
def any_rank(x):
    return {"y": tf.reduce_sum(tf.reshape(x, [-1, 3]), 1)}


@signature(text)
def never(e):
    value = tf.io.parse_example(e, {"i": tf.io.FixedLenFeature([2], tf.int64)})["i"]
    with tf.control_dependencies([tf.debugging.assert_greater(value, tf.constant(5, tf.int64))]):
        return {"y": tf.identity(value)}


functions = {name: value for name, value in globals().items() if hasattr(value, "get_concrete_function")}
model = tf.Module()
model.functions = list(functions.values())
tf.saved_model.save(model, sys.argv[1], signatures=functions)
