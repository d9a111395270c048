"""Lists the op names that TensorFlow wheels register, one JSON file a version: the input of make-op-table.ts.

    python3 list-ops.py OUT_DIR VERSION...        # for example: 1.15.5 2.1.4 2.17.1 2.20.0

Each wheel is downloaded with pip, unpacked beside OUT_DIR and deleted again. Names come from the generated Python
wrappers; ops without a wrapper (hidden ones) are those candidates that occur as a whole string in the wheel's binaries.
Candidates are the full registry of the TensorFlow that is installed with this Python, when there is one. That one also
tells how many outputs each op has (outputs.json) and, with tensorflow-text and tensorflow_decision_forests installed
beside it, the ops that the official image of the server links on top (extra.json).
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

PYTHONS = {"1.13": "37", "1.14": "37", "1.15": "37", "2.0": "37", "2.1": "37", "2.2": "38", "2.3": "38", "2.4": "38"}


def registry():
    """Ops of the installed TensorFlow, or none."""
    code = (
        "from tensorflow.python.client import pywrap_tf_session as c\n"
        "from tensorflow.core.framework import op_def_pb2\n"
        "ops = op_def_pb2.OpList(); ops.ParseFromString(c.TF_GetBuffer(c.TF_GetAllOpList()))\n"
        "print('\\n'.join(op.name for op in ops.op))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return set(done.stdout.split()) if done.returncode == 0 else set()


def outputs():
    """How many outputs each op of the installed TensorFlow has: a number, or a number and attributes that add to it."""
    code = (
        "import json\n"
        "from tensorflow.python.client import pywrap_tf_session as c\n"
        "from tensorflow.core.framework import op_def_pb2\n"
        "ops = op_def_pb2.OpList(); ops.ParseFromString(c.TF_GetBuffer(c.TF_GetAllOpList()))\n"
        "rules = {}\n"
        "for op in ops.op:\n"
        "    attrs = [arg.number_attr or arg.type_list_attr for arg in op.output_arg]\n"
        "    fixed = sum(1 for attr in attrs if not attr); attrs = [attr for attr in attrs if attr]\n"
        "    rules[op.name] = {'fixed': fixed, 'attrs': attrs} if attrs else fixed\n"
        "print(json.dumps(rules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def extra(packages):
    """Ops that the shared libraries of other packages add to the installed TensorFlow."""
    code = (
        "import glob, json, sys, sysconfig\n"
        "import tensorflow as tf\n"
        "from tensorflow.python.client import pywrap_tf_session as c\n"
        "from tensorflow.core.framework import op_def_pb2\n"
        "def names():\n"
        "    ops = op_def_pb2.OpList(); ops.ParseFromString(c.TF_GetBuffer(c.TF_GetAllOpList())); return {op.name for op in ops.op}\n"
        "found = {}; before = names()\n"
        "for package in sys.argv[1:]:\n"
        "    for library in glob.glob(sysconfig.get_paths()['purelib'] + '/' + package + '/**/*.so', recursive=True):\n"
        "        try: tf.load_op_library(library)\n"
        "        except Exception: pass\n"
        "    after = names(); found[package] = sorted(after - before); before = after\n"
        "print(json.dumps(found))"
    )
    done = subprocess.run([sys.executable, "-c", code, *packages], capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def download(version, folder):
    minor = ".".join(version.split(".")[:2])
    python = PYTHONS.get(minor, "39" if minor in ("2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11") else "311")
    names = ["tensorflow"] if minor in ("1.13", "1.14", "2.0") else ["tensorflow-cpu", "tensorflow"]
    for name in names:
        for platform in ("manylinux_2_17_x86_64", "manylinux2014_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64"):
            done = subprocess.run(
                [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(folder),
                 "--python-version", python, "--platform", platform, f"{name}=={version}"],
                capture_output=True, text=True)
            if done.returncode == 0:
                return next(folder.glob("*.whl"))
    raise SystemExit(f"{version}: {done.stderr}")


def ops_of(wheel, candidates):
    names = set()
    found = set()
    graph_version = None
    with zipfile.ZipFile(wheel) as archive:
        for info in archive.infolist():
            if re.search(r"ops?[^/]*\.py$", info.filename):
                source = archive.read(info).decode("utf-8", "ignore")
                names |= set(re.findall(r'_apply_op_helper\(\s*"([A-Za-z0-9_>]+)"', source))
            elif re.search(r"\.so(\.\d+)*$", info.filename) and info.file_size > 1 << 20:
                strings = set(re.findall(rb"(?<=\0)[A-Za-z_][A-Za-z0-9_>]{1,80}(?=\0)", archive.read(info)))
                found |= {name for name in candidates if name.encode() in strings}
            elif info.filename.endswith("core/public/version.h"):
                source = archive.read(info).decode()
                graph_version = int(re.search(r"define TF_GRAPH_DEF_VERSION (\d+)", source).group(1))
    return {"graphDefVersion": graph_version, "ops": sorted(names | found)}


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    candidates = registry()
    (out / "outputs.json").write_text(json.dumps(outputs()))
    (out / "extra.json").write_text(json.dumps(extra(["tensorflow_text", "tensorflow_decision_forests"])))
    for version in sys.argv[2:]:
        target = out / f"{version}.json"
        if target.exists():
            continue
        folder = pathlib.Path(tempfile.mkdtemp(dir=out))
        try:
            facts = ops_of(download(version, folder), candidates)
        finally:
            shutil.rmtree(folder)
        target.write_text(json.dumps(facts))
        print(version, facts["graphDefVersion"], len(facts["ops"]), flush=True)


main()
