import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageType } from "@servable/protos/message-types";
import { encodeTensorProto, type Tensor } from "@servable/tensors";
import { fixture } from "@servable/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { diffVersions, ModelReadError, memoryFileSystem, openSavedModel, WARMUP_FILE } from "../src/index.ts";
import { versionFiles } from "./support/files-of.ts";
import { writeTable } from "./support/write-table.ts";

describe("diff of two versions", () => {
  const model = fixture("models", "multi_signature_dynamic_seq", "4");
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "diff-"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** A copy of the model with bytes of saved_model.pb replaced by others of the same length. */
  const edited = (name: string, from: string, to: string): string => {
    const path = join(root, name);
    cpSync(model, path, { recursive: true });
    const file = join(path, "saved_model.pb");
    const text = readFileSync(file, "latin1");
    expect(text).toContain(from);
    expect(to.length).toBe(from.length);
    writeFileSync(file, text.replaceAll(from, to), "latin1");
    return path;
  };

  it("of the same version is empty", () => {
    expect(diffVersions(model, model)).toMatchObject({
      changes: [],
      breaksClients: false,
      breaksBatching: false,
    });
  });

  it("names signatures that are gone", () => {
    const names = [...(openSavedModel(model).metaGraph()?.signatures.keys() ?? [])].filter(
      (name) => !name.startsWith("__"),
    );
    const name = names.find((other) => other !== "serving_default")!;
    const renamed = edited("renamed", name, name.replace(/.$/, "_"));
    const { changes, breaksClients } = diffVersions(model, renamed);
    expect(breaksClients).toBe(true);
    expect(changes.filter(({ effect }) => effect === "breaks-clients")).toMatchObject([
      { subject: name, message: expect.stringMatching(/^signature is gone/) },
    ]);
    expect(changes.some(({ message }) => message === "signature is new")).toBe(true);
  });

  it("of two models tells inputs, dtypes, shapes and variables apart", () => {
    const { changes } = diffVersions(
      fixture("models", "half_plus_two_versions", "1"),
      fixture("models", "keras_mlp_export", "1"),
    );
    expect(changes.some(({ effect, area }) => effect === "breaks-clients" && area === "signature")).toBe(
      true,
    );
    expect(changes.some(({ area }) => area === "variable")).toBe(true);
    const effects = changes.map(({ effect }) => effect);
    expect(effects).toEqual(
      [...effects].sort(
        (a, b) =>
          ["breaks-clients", "breaks-batching", "note"].indexOf(a) -
          ["breaks-clients", "breaks-batching", "note"].indexOf(b),
      ),
    );
  });

  it("tells other values from other variables", () => {
    const [a, b] = [
      fixture("models", "half_plus_two_versions", "1"),
      fixture("models", "half_plus_two_versions", "2"),
    ];
    const { changes, breaksClients } = diffVersions(a, b);
    expect(breaksClients).toBe(false);
    expect(changes.every(({ effect }) => effect === "note")).toBe(true);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: decoded protos, edited in place
type Proto = any;
const SavedModel = messageType("tensorflow.SavedModel");
const TensorProto = messageType("tensorflow.TensorProto");

const dims = (...sizes: number[]): Proto => ({ dim: sizes.map((size) => ({ size })) });
const float = (...sizes: number[]): Proto => ({ name: "t:0", dtype: 1, tensor_shape: dims(...sizes) });
const scalar = (value: number): Proto =>
  TensorProto.decode(encodeTensorProto({ dtype: "DT_FLOAT", shape: [], data: Float32Array.of(value) }));

/** A model with one signature, edited. */
function version(edit: (signature: Proto, meta: Proto) => void): Uint8Array {
  const make = (): Proto => ({
    method_name: "tensorflow/serving/predict",
    inputs: { x: float(-1, 3), y: float(-1, 3) },
    outputs: { z: float(-1, 2), all: float(-1) },
    defaults: { y: scalar(1) },
  });
  const signature = make();
  const meta: Proto = {
    meta_info_def: { tags: ["serve"], tensorflow_version: "2.17.1" },
    graph_def: { node: [{ name: "t", op: "Placeholder" }] },
    signature_def: { serving_default: signature, other: make() },
  };
  edit(signature, meta);
  return SavedModel.encode(
    SavedModel.fromObject({ saved_model_schema_version: 1, meta_graphs: [meta] }),
  ).finish();
}

describe("a change of what a version promises", () => {
  const changesOf = (edit: (signature: Proto, meta: Proto) => void, before = version(() => {})): string[] => {
    const fs = memoryFileSystem(
      new Map([
        ["/m/1/saved_model.pb", before],
        ["/m/2/saved_model.pb", version(edit)],
      ]),
    );
    const { changes, breaksClients, breaksBatching } = diffVersions("/m/1", "/m/2", fs);
    expect(breaksClients).toBe(changes.some(({ effect }) => effect === "breaks-clients"));
    expect(breaksBatching).toBe(changes.some(({ effect }) => effect === "breaks-batching"));
    return changes.map(({ effect, subject, message }) => `${effect} | ${subject} | ${message}`);
  };

  const CANNOT_JOIN = "requests can't be joined along the first dimension";
  const CANNOT_SPLIT = "answers can't be split along the first dimension";
  it.each<[string, (signature: Proto, meta: Proto) => void, readonly string[]]>([
    ["nothing", () => {}, []],
    [
      "a signature gone",
      (_, meta) => delete meta.signature_def.other,
      ["breaks-clients | other | signature is gone: requests that name it are refused"],
    ],
    [
      "a signature more, and a hidden one",
      (signature, meta) => {
        meta.signature_def.more = signature;
        meta.signature_def.__saved_model_train_op = signature;
      },
      ["note | more | signature is new"],
    ],
    [
      "an input renamed",
      ({ inputs }) => {
        inputs.x2 = inputs.x;
        delete inputs.x;
      },
      [
        'breaks-clients | serving_default.x | input is gone: requests that send it are refused; "x2", which is new, has its dtype and shape',
        "breaks-clients | serving_default.x2 | input is new: requests without it are refused",
      ],
    ],
    [
      "another dtype",
      ({ inputs, outputs }) => {
        inputs.x = { ...inputs.x, dtype: 2 };
        outputs.z = { ...outputs.z, dtype: 19 };
      },
      [
        "breaks-clients | serving_default.x | input was DT_FLOAT and is DT_DOUBLE",
        "breaks-clients | serving_default.z | output was DT_FLOAT and is DT_HALF",
      ],
    ],
    [
      "a dtype that nobody knows",
      ({ inputs }) => {
        inputs.x = { ...inputs.x, dtype: 77 };
      },
      ["breaks-clients | serving_default.x | input was DT_FLOAT and is DT_77"],
    ],
    [
      "another rank",
      ({ inputs }) => {
        inputs.x = float(-1, 3, 1);
      },
      ["breaks-clients | serving_default.x | input had shape [?,3] and has [?,3,1]"],
    ],
    [
      "another size",
      ({ inputs }) => {
        inputs.x = float(-1, 4);
      },
      ["breaks-clients | serving_default.x | input had shape [?,3] and has [?,4]"],
    ],
    [
      "a wider input and a narrower output",
      ({ inputs, outputs }) => {
        inputs.x = float(-1, -1);
        inputs.y = { ...float(), tensor_shape: { unknown_rank: true } };
        outputs.z = float(-1, 2);
        outputs.all = float(-1);
      },
      [
        "note | serving_default.x | input had shape [?,3] and has [?,?]: batching joins requests of different sizes only with pad_variable_length_inputs",
        "note | serving_default.y | input had shape [?,3] and has unknown rank",
      ],
    ],
    [
      "an output of any rank",
      ({ outputs }) => {
        outputs.z = { ...float(), tensor_shape: { unknown_rank: true } };
      },
      ["note | serving_default.z | output had shape [?,2] and has unknown rank: less is promised"],
    ],
    [
      "outputs of other sizes",
      ({ outputs }) => {
        outputs.z = float(-1, 3);
        outputs.all = float(-1, 1);
      },
      [
        "breaks-clients | serving_default.all | output had shape [?] and has [?,1]",
        "breaks-clients | serving_default.z | output had shape [?,2] and has [?,3]",
      ],
    ],
    [
      "the default signature under another name",
      (_, meta) => {
        meta.signature_def.serve = meta.signature_def.serving_default;
        delete meta.signature_def.serving_default;
      },
      [
        'breaks-clients | serving_default | signature is gone: requests that name it, or none, are refused; "serve", which is new, has its inputs and outputs',
        "note | serve | signature is new",
      ],
    ],
    [
      "outputs that REST can't write, and that nobody can fetch",
      ({ outputs }) => {
        outputs.half = { ...float(-1), dtype: 19 };
        outputs.sparse = { dtype: 1, tensor_shape: dims(-1, 2), coo_sparse: { values_tensor_name: "v:0" } };
      },
      [
        "breaks-clients | serving_default.half | output is new: REST can't write DT_HALF, so its requests are refused",
        "breaks-clients | serving_default.sparse | output is new: it is a sparse tensor, which can't be fetched, so requests without output_filter are refused",
      ],
    ],
    [
      "a fixed batch",
      ({ inputs, outputs }) => {
        inputs.x = float(1, 3);
        outputs.z = float(1, 2);
      },
      [
        "breaks-clients | serving_default.x | input had shape [?,3] and has [1,3]",
        `breaks-batching | serving_default.x | input had shape [?,3] and has [1,3]: ${CANNOT_JOIN}`,
        `breaks-batching | serving_default.z | output had shape [?,2] and has [1,2]: ${CANNOT_SPLIT}`,
      ],
    ],
    [
      "an output without a batch",
      ({ outputs }) => {
        outputs.loss = float();
      },
      [
        "breaks-clients | serving_default.loss | output is new: it is a scalar, so REST requests in row format (instances) are refused",
        `breaks-batching | serving_default.loss | new output has shape []: ${CANNOT_SPLIT}`,
      ],
    ],
    [
      "an input without a batch, though it has a default",
      ({ inputs, defaults }) => {
        inputs.k = float();
        defaults.k = scalar(5);
      },
      [
        "breaks-clients | serving_default.k | input is new, with a default: gRPC requests may leave it out, but REST requests without it are refused",
        `breaks-batching | serving_default.k | new input has shape []: ${CANNOT_JOIN}`,
      ],
    ],
    [
      "an output gone",
      ({ outputs }) => delete outputs.all,
      [
        "breaks-clients | serving_default | has 1 output instead of 2: REST answers were objects with the outputs' names and are bare values",
        "breaks-clients | serving_default.all | output is gone: requests that name it in output_filter are refused, and readers of it find nothing",
      ],
    ],
    [
      "a default gone",
      (signature) => {
        signature.defaults = {};
      },
      ["breaks-clients | serving_default.y | input has no default any more: requests must send it"],
    ],
    [
      "other defaults",
      ({ defaults }) => {
        defaults.x = scalar(1);
        defaults.y = scalar(2);
      },
      [
        "note | serving_default.x | input has a default now",
        "note | serving_default.y | input has another default: requests without it get other answers",
      ],
    ],
    [
      "the same default in another form",
      ({ defaults }) => {
        defaults.y = { dtype: 1, tensor_shape: dims(), float_val: [1] };
      },
      [],
    ],
    [
      "a sparse input",
      ({ inputs }) => {
        inputs.x = { ...float(-1, 3), name: "", coo_sparse: { values_tensor_name: "v:0" } };
        delete inputs.x.name;
      },
      ["breaks-clients | serving_default.x | input was a dense tensor and is a sparse one"],
    ],
    [
      "another method",
      (signature) => {
        signature.method_name = "predict";
      },
      [
        'breaks-clients | serving_default | method was "tensorflow/serving/predict" and is "predict": a server with --enable_signature_method_name_check refuses Predict',
      ],
    ],
    [
      "a method that Predict takes as well",
      (signature) => {
        signature.method_name = "tensorflow/serving/regress";
      },
      [
        'note | serving_default | method was "tensorflow/serving/predict" and is "tensorflow/serving/regress"',
      ],
    ],
    [
      "other tags",
      (_, meta) => {
        meta.meta_info_def.tags = ["serve", "gpu"];
      },
      [
        "breaks-clients | tags | were { serve } and are { gpu, serve }: a server that asks for { serve } does not load the version",
      ],
    ],
    [
      "another graph of another TensorFlow",
      (_, meta) => {
        meta.meta_info_def.tensorflow_version = "2.18.0";
        meta.graph_def.node.push({ name: "e", op: "Erfinv" });
      },
      [
        "note | graph | graph is another, with ops that are new: Erfinv",
        "note | tensorflow_version | was exported with TensorFlow 2.17.1 and is with 2.18.0",
      ],
    ],
  ])("%s", (_, edit, expected) => {
    expect(changesOf(edit)).toEqual(expected);
  });

  it("is none for clients of REST where REST could never be used", () => {
    const half = (signature: Proto): void => {
      signature.inputs.x.dtype = 19;
    };
    const more = changesOf((signature) => {
      half(signature);
      signature.inputs.k = float(-1);
      signature.defaults.k = scalar(5);
      delete signature.outputs.all;
      signature.outputs.h = { ...float(), dtype: 19 };
    }, version(half));
    expect(more).toEqual([
      expect.stringMatching(/^breaks-clients \| serving_default.all \| output is gone/),
      `breaks-batching | serving_default.h | new output has shape []: ${CANNOT_SPLIT}`,
      "note | serving_default.h | output is new",
      "note | serving_default.k | input is new, with a default",
    ]);
  });

  it("of one output to several is one for readers of REST answers", () => {
    const one = (signature: Proto): void => {
      delete signature.outputs.all;
    };
    expect(changesOf(() => {}, version(one))).toEqual([
      "breaks-clients | serving_default | has 2 outputs instead of 1: REST answers were bare values and are objects with the outputs' names",
      "note | serving_default.all | output is new",
    ]);
  });

  it("in the features of Examples is told although the signature only says strings", () => {
    const constant = (name: string, tensor: Tensor): Proto => ({
      name,
      op: "Const",
      attr: { value: { tensor: TensorProto.decode(encodeTensorProto(tensor)) } },
    });
    const words = (...names: string[]): Tensor => ({
      dtype: "DT_STRING",
      shape: [names.length],
      data: names.map((name) => new TextEncoder().encode(name)),
    });
    const none: Tensor = { dtype: "DT_FLOAT", shape: [0], data: new Float32Array(0) };
    const zero: Tensor = { dtype: "DT_FLOAT", shape: [1], data: new Float32Array(1) };
    type Dense = readonly [name: string, type: number, size: number, fallback: Tensor];
    const parsing =
      (dense: readonly Dense[], sparse: readonly string[]) =>
      (signature: Proto, meta: Proto): void => {
        signature.inputs = { examples: { name: "t:0", dtype: 7, tensor_shape: dims(-1) } };
        signature.outputs = { z: { name: "p:0", dtype: 1, tensor_shape: dims(-1) } };
        signature.defaults = {};
        meta.graph_def.node = [
          { name: "t", op: "Placeholder" },
          ...[words(), words(...sparse), words(...dense.map(([name]) => name)), words()].map((names, at) =>
            constant(`names${at}`, names),
          ),
          ...dense.map(([name, , , fallback]) => constant(`default_${name}`, fallback)),
          {
            name: "p",
            op: "ParseExampleV2",
            input: ["t", "names0", "names1", "names2", "names3", ...dense.map(([name]) => `default_${name}`)],
            attr: {
              Tdense: { list: { type: dense.map(([, type]) => type) } },
              dense_shapes: { list: { shape: dense.map(([, , size]) => dims(size)) } },
              sparse_types: { list: { type: sparse.map(() => 7) } },
            },
          },
        ];
      };
    const before: readonly Dense[] = [
      ["age", 1, 1, none],
      ["embedding", 1, 8, none],
      ["price", 1, 1, zero],
      ["city", 1, 1, none],
    ];
    const after: readonly Dense[] = [
      ["age", 9, 1, none],
      ["embedding", 1, 16, none],
      ["price", 1, 1, none],
      ["city", 1, 1, zero],
      ["country", 1, 1, none],
      ["zone", 1, 1, zero],
    ];
    const of = "serving_default, feature";
    expect(changesOf(parsing(after, ["tags"]), version(parsing(before, ["words"])))).toEqual([
      `breaks-clients | ${of} "age" | was DT_FLOAT and is DT_INT64`,
      `breaks-clients | ${of} "country" | is new (DT_FLOAT): Examples without it are refused`,
      `breaks-clients | ${of} "embedding" | was 8 values of DT_FLOAT and is 16 values of DT_FLOAT`,
      `breaks-clients | ${of} "price" | has no default any more: Examples without it are refused`,
      "note | graph | graph is another",
      `note | ${of} "city" | may be left out now`,
      `note | ${of} "tags" | is new (DT_STRING), and may be left out`,
      `note | ${of} "words" | is no longer read from Examples`,
      `note | ${of} "zone" | is new (DT_FLOAT), and may be left out`,
    ]);
    expect(changesOf(parsing(before, []), version(parsing(before, [])))).toEqual([]);
  });

  it("from classify or regress is one for those who call that", () => {
    const before = version((signature) => {
      signature.method_name = "tensorflow/serving/classify";
    });
    const [first = ""] = changesOf(() => {}, before);
    expect(first).toContain("breaks-clients | serving_default | method was");
    expect(first).toContain("refuses Classify");
  });

  it("to several meta graphs is compared with the one that is served, or said not to be", () => {
    const meta = (tags: string[]): Proto => ({ meta_info_def: { tags }, graph_def: {} });
    const graphs = (...sets: string[][]): Uint8Array =>
      SavedModel.encode(SavedModel.fromObject({ meta_graphs: sets.map(meta) })).finish();
    const diff = (before: Uint8Array, after: Uint8Array) =>
      diffVersions(
        "/1",
        "/2",
        memoryFileSystem(
          new Map([
            ["/1/saved_model.pb", before],
            ["/2/saved_model.pb", after],
          ]),
        ),
      );
    expect(diff(graphs(["serve"]), graphs(["train"], ["serve"])).changes).toEqual([]);
    expect(diff(graphs(["serve"]), graphs(["train"], ["eval"])).breaksClients).toBe(true);
    expect(diff(graphs(["train"]), graphs(["serve"])).breaksClients).toBe(false);
    expect(diff(graphs(["gpu"]), graphs(["train"])).breaksClients).toBe(false);
    expect(() => diff(graphs(["serve"]), graphs())).toThrow(/no meta graph/);
  });
});

describe("a change of variables and assets", () => {
  it("tells other values of a partitioned variable", () => {
    const entry = (crc: number, sliced = false): Uint8Array =>
      Buffer.from([
        ...[8, 1, 0x12, 8, 0x12, 2, 8, 4, 0x12, 2, 8, 3],
        ...(sliced ? [0x3a, 8, 0x0a, 2, 0x10, 2, 0x0a, 2, 0x10, 3] : [0x28, 24, 0x35, crc, 0, 0, 0]),
      ]);
    const slice = Buffer.from("00702f656d620001010280828083", "hex");
    const table = (crc: number): Uint8Array =>
      writeTable([
        [Buffer.alloc(0), Buffer.from([8, 1, 0x1a, 2, 8, 1])],
        [slice, entry(crc)],
        [Buffer.from("p/emb"), entry(0, true)],
      ]);
    const files = new Map<string, Uint8Array>();
    for (const name of ["1", "2", "3"]) {
      files.set(
        `/${name}/saved_model.pb`,
        version(() => {}),
      );
      files.set(`/${name}/variables/variables.index`, table(name === "3" ? 9 : 7));
    }
    const fs = memoryFileSystem(files);
    expect(diffVersions("/1", "/2", fs).changes).toEqual([]);
    expect(diffVersions("/1", "/3", fs).changes).toMatchObject([
      { effect: "note", area: "variable", message: "1 of 1 variable has other values" },
    ]);
  });

  it("tells another vocabulary", () => {
    const files = new Map(
      [...versionFiles("vocab_lookup_tf2/1")].flatMap(([path, bytes]) =>
        ["/1", "/2"].map((at) => [`${at}/${path}`, bytes] as const),
      ),
    );
    expect(diffVersions("/1", "/2", memoryFileSystem(files)).changes).toEqual([]);
    const name = [...files.keys()].find((path) => path.startsWith("/2/assets/"))!;
    const lines = new TextDecoder().decode(files.get(name)).trimEnd().split("\n");
    for (const [now, message] of [
      [[...lines, "more", "words"], ": 2 lines more, behind those before"],
      [lines.slice(0, -1), `: without the last 1 line of ${lines.length}`],
      [
        ["first", ...lines],
        `: from line 1 on, of ${lines.length} and ${lines.length + 1} in all, so that what a line's number stands for may be another`,
      ],
      [lines.with(1, "other"), ": from line 2 on, so that what a line's number stands for may be another"],
      [["\0"], ""],
    ] as const) {
      files.set(name, new TextEncoder().encode(`${now.join("\n")}\n`));
      expect(diffVersions("/1", "/2", memoryFileSystem(files)).changes).toMatchObject([
        { effect: "note", area: "asset", message: `asset has another content${message}` },
      ]);
    }
  });

  it("tells warm-up requests that are gone", () => {
    const files = new Map(
      [...versionFiles("half_plus_two_versions/1")].flatMap(([path, bytes]) =>
        ["/1", "/2"].map((at) => [`${at}/${path}`, bytes] as const),
      ),
    );
    files.set(`/1/${WARMUP_FILE}`, new Uint8Array(1));
    const { changes } = diffVersions("/1", "/2", memoryFileSystem(files));
    expect(changes).toMatchObject([{ effect: "note", area: "warm-up", subject: WARMUP_FILE }]);
    expect(diffVersions("/2", "/1", memoryFileSystem(files)).changes).toEqual([]);
  });

  it("is not looked for in what is no version directory", () => {
    const version = fixture("models", "half_plus_two_versions", "1");
    const folder = mkdtempSync(join(tmpdir(), "diff-"));
    mkdirSync(join(folder, "lite"));
    writeFileSync(join(folder, "lite", "model.tflite"), "");
    const cases = [
      [fixture("models", "half_plus_two_versions"), /is a base path, not a version directory$/],
      [join(folder, "nothing"), /no such file or directory$/],
      [join(folder, "lite"), /only a TFLite model/],
      [folder, /holds neither/],
    ] as const;
    for (const [path, message] of cases) {
      expect(() => diffVersions(version, path)).toThrow(ModelReadError);
      expect(() => diffVersions(path, version)).toThrow(message);
    }
    rmSync(folder, { recursive: true });
  });
});
