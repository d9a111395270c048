"""Exports Keras applications with random weights, a request and TensorFlow's answer and time, for keras-models.mjs.

Usage: python export-keras.py FOLDER [NAME…], with tensorflow-cpu==2.17.1. TensorFlow runs on one thread.
"""

import json
import os
import pathlib
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(1)
tf.config.threading.set_inter_op_parallelism_threads(1)
folder = pathlib.Path(sys.argv[1])
rng = np.random.default_rng(3)
names = sys.argv[2:] or "MobileNetV2 ResNet50V2 ResNet50 EfficientNetB0 DenseNet121 InceptionV3 Xception ConvNeXtTiny NASNetMobile".split()
for name in names:
    target = folder / name / "1"
    size = 299 if name in ("InceptionV3", "Xception") else 224
    if not target.exists():
        model = getattr(keras.applications, name)(weights=None, classifier_activation=None)
        for variable in model.variables:
            if "variance" in variable.path:
                variable.assign(rng.uniform(0.5, 1.5, variable.shape))
            elif "mean" in variable.path or "beta" in variable.path or "bias" in variable.path:
                variable.assign(rng.normal(0, 0.1, variable.shape))
            elif "gamma" in variable.path:
                variable.assign(rng.uniform(0.8, 1.2, variable.shape))
        model.export(str(target), verbose=False)
    signature = tf.saved_model.load(str(target)).signatures["serving_default"]
    alias = next(iter(signature.structured_input_signature[1]))
    x = rng.uniform(-1, 1, (1, size, size, 3)).astype(np.float32)
    answer = signature(**{alias: tf.constant(x)})
    best, cpu = float("inf"), float("inf")
    for _ in range(8):
        start, begun = time.perf_counter(), time.process_time()
        signature(**{alias: tf.constant(x)})
        cpu = min(cpu, time.process_time() - begun)
        best = min(best, time.perf_counter() - start)
    output = next(iter(answer))
    x.tofile(folder / name / "input.bin")
    answer[output].numpy().astype(np.float32).tofile(folder / name / "output.bin")
    (folder / name / "meta.json").write_text(json.dumps({"input": alias, "output": output, "shape": list(x.shape), "milliseconds": best * 1000, "cpu": cpu * 1000}))
    print(name, round(best * 1000, 1), "ms,", round(cpu * 1000, 1), "ms CPU", flush=True)
