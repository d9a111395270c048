import { deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { copyDamage } from "../src/files/copy-damage.ts";
import { remainsOf } from "../src/files/remains-of.ts";
import { sniff } from "../src/files/sniff.ts";
import { checkModels, crc32c, maskCrc, memoryFileSystem, parseVersionName } from "../src/index.ts";
import { suggestedVersion, whyNoVersion } from "../src/rules/layout/why-no-version.ts";
import { encodeTfRecord } from "../src/warmup/tf-record.ts";
import {
  edited,
  type Files,
  float,
  load,
  metaGraph,
  type Proto,
  serving,
  withIndex,
} from "./support/edit-model.ts";

const PB = "/m/1/saved_model.pb";
const INDEX = "/m/1/variables/variables.index";
const DATA = "/m/1/variables/variables.data-00000-of-00001";
const VOCABULARY = "/m/1/assets/vocab.txt";
const FINGERPRINT = "/m/1/fingerprint.pb";
const DEBUG = "/m/1/debug/saved_model_debug_info.pb";
const WARMUP = "/m/1/assets.extra/tf_serving_warmup_requests";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const join = (...parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const LFS = utf8(`version https://git-lfs.github.com/spec/v1\noid sha256:${"4d7a".repeat(16)}\nsize 12345\n`);
const DVC = utf8("outs:\n- md5: a304afb96060aad90176268345e10355\n  size: 12395\n  path: saved_model.pb\n");
const ANNEX = utf8("/annex/objects/SHA256E-s12395--4d7a214614ab.pb\n");
const BOM = Uint8Array.of(0xef, 0xbb, 0xbf);
const zip = (name: string): Uint8Array => join(latin1("PK\x03\x04"), new Uint8Array(26), utf8(name));
const crlf = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([...bytes].flatMap((byte) => (byte === 10 ? [13, 10] : [byte])));
const asText = (bytes: Uint8Array): Uint8Array => utf8(new TextDecoder("latin1").decode(bytes));
const zeroed = (bytes: Uint8Array, from: number, to: number): Uint8Array => bytes.slice().fill(0, from, to);

type Change = (old: Uint8Array, files: Files) => Uint8Array;
type Case = readonly [
  title: string,
  model: string,
  file: string,
  change: Change,
  rule: string,
  message: RegExp,
];

/** One file changed; found at that file, in words that name the cause, and by no other error. */
const CASES: readonly Case[] = [
  [
    "a .keras archive",
    "keras_mlp_export/1",
    PB,
    () => zip("model.weights.h5"),
    "saved-model/is-saved-model",
    /holds a Keras \.keras archive/,
  ],
  [
    "a PyTorch file",
    "counter_tf2/1",
    PB,
    () => zip("archive/data.pkl"),
    "saved-model/is-saved-model",
    /holds a PyTorch model/,
  ],
  ["an .npz archive", "counter_tf2/1", PB, () => zip("w.npy"), "saved-model/is-saved-model", /NumPy \.npz/],
  [
    "an ONNX model",
    "counter_tf2/1",
    PB,
    () => latin1("\x08\x08\x12\x07pytorch\x1a\x052.1.0"),
    "saved-model/is-saved-model",
    /holds an ONNX model/,
  ],
  [
    "a TFLite model",
    "counter_tf2/1",
    PB,
    () => latin1("\x1c\0\0\0TFL3\x14\0\0\0"),
    "saved-model/is-saved-model",
    /holds a TFLite model/,
  ],
  [
    "a tar archive",
    "counter_tf2/1",
    PB,
    () => join(new Uint8Array(257), utf8("ustar"), new Uint8Array(250)),
    "saved-model/is-saved-model",
    /holds a tar archive/,
  ],
  ["zlib data", "counter_tf2/1", PB, (old) => deflateSync(old), "saved-model/is-saved-model", /zlib/],
  [
    "AppleDouble",
    "counter_tf2/1",
    PB,
    () => join(latin1("\0\x05\x16\x07\0\x02\0\0"), new Uint8Array(80)),
    "saved-model/is-saved-model",
    /metadata of macOS/,
  ],
  ["a DVC pointer", "counter_tf2/1", PB, () => DVC, "saved-model/is-saved-model", /holds a DVC pointer/],
  [
    "an annex pointer",
    "counter_tf2/1",
    PB,
    () => ANNEX,
    "saved-model/is-saved-model",
    /holds a git-annex pointer/,
  ],
  [
    "a page behind a BOM",
    "counter_tf2/1",
    PB,
    () => join(BOM, utf8("<!DOCTYPE html>")),
    "saved-model/is-saved-model",
    /XML or HTML page/,
  ],
  [
    "a short answer of a server",
    "counter_tf2/1",
    PB,
    () => utf8("404: Not Found"),
    "saved-model/is-saved-model",
    /plain text \("404: Not Found"\)/,
  ],
  [
    "the index in its place",
    "counter_tf2/1",
    PB,
    (_, files) => files.get(INDEX)!,
    "saved-model/is-saved-model",
    /holds a table/,
  ],
  [
    "records in its place",
    "counter_tf2/1",
    PB,
    () => encodeTfRecord(utf8("x")),
    "saved-model/is-saved-model",
    /holds TFRecords/,
  ],
  [
    "line ends made CR LF",
    "keras_mlp_export/1",
    PB,
    crlf,
    "saved-model/is-saved-model",
    /copied as text: its \d+ line ends were made CR LF/,
  ],
  [
    "bytes written as UTF-8",
    "keras_mlp_export/1",
    PB,
    asText,
    "saved-model/is-saved-model",
    /written as UTF-8 text/,
  ],
  [
    "bytes lost to U+FFFD",
    "keras_mlp_export/1",
    PB,
    (old) => utf8(new TextDecoder().decode(old)),
    "saved-model/is-saved-model",
    /became U\+FFFD/,
  ],
  [
    "a BOM in front",
    "keras_mlp_export/1",
    PB,
    (old) => join(BOM, old),
    "saved-model/is-saved-model",
    /byte order mark/,
  ],
  [
    "an end never written",
    "keras_mlp_export/1",
    PB,
    (old) => zeroed(old, 20_000, old.length),
    "saved-model/is-saved-model",
    /ends in \d+ zero bytes/,
  ],
  [
    "a start never written",
    "keras_mlp_export/1",
    PB,
    (old) => zeroed(old, 0, 4096),
    "saved-model/is-saved-model",
    /begins with \d+ zero bytes/,
  ],

  [
    "index: a DVC pointer",
    "counter_tf2/1",
    INDEX,
    () => DVC,
    "variables/index-is-table",
    /holds a DVC pointer/,
  ],
  [
    "index: a page",
    "counter_tf2/1",
    INDEX,
    () => utf8("<html><body>404</body></html>"),
    "variables/index-is-table",
    /XML or HTML page/,
  ],
  ["index: gzip", "counter_tf2/1", INDEX, (old) => gzipSync(old), "variables/index-is-table", /holds gzip/],
  [
    "index: bytes written as UTF-8",
    "keras_mlp_export/1",
    INDEX,
    asText,
    "variables/index-is-table",
    /written as UTF-8 text/,
  ],
  [
    "index: zeros",
    "counter_tf2/1",
    INDEX,
    (old) => new Uint8Array(old.length),
    "variables/index-is-table",
    /zero bytes only/,
  ],
  [
    "index: a byte behind it",
    "counter_tf2/1",
    INDEX,
    (old) => join(old, utf8("\n")),
    "variables/index-is-table",
    /1 byte follows the end of its table/,
  ],

  [
    "data: a page",
    "counter_tf2/1",
    DATA,
    () => utf8(`<!DOCTYPE html>${"x".repeat(400)}`),
    "variables/shards-exist",
    /holds an XML or HTML page/,
  ],
  [
    "data: a pointer",
    "keras_mlp_export/1",
    DATA,
    () => LFS,
    "variables/shards-exist",
    /holds a Git LFS pointer/,
  ],
  ["data: gzip", "keras_mlp_export/1", DATA, (old) => gzipSync(old), "variables/shards-exist", /holds gzip/],
  [
    "data: zeros",
    "resnet_v2_fp32_nhwc/1538687457",
    DATA,
    (old) => new Uint8Array(old.length),
    "variables/checksums-hold",
    /all 28 tensors fail their checksums: .* and 25 more; the file holds zero bytes only/,
  ],
  [
    "data: half of it zeros",
    "resnet_v2_fp32_nhwc/1538687457",
    DATA,
    (old) => zeroed(old, 50_000, old.length),
    "variables/checksums-hold",
    /; the file ends in \d+ zero bytes: the copy set the space aside/,
  ],
  [
    "data: of another version",
    "half_plus_two_versions/10",
    DATA,
    () => load("half_plus_two_versions/2").get(DATA)!,
    "variables/checksums-hold",
    /fail|stored checksum/,
  ],
  [
    "data: line ends",
    "resnet_v2_fp32_nhwc/1538687457",
    DATA,
    (old) => crlf(old).subarray(0, old.length),
    "variables/checksums-hold",
    /copied as text/,
  ],

  [
    "a vocabulary that is gzip",
    "vocab_lookup_tf2/1",
    VOCABULARY,
    (old) => gzipSync(old),
    "assets/vocabularies-load",
    /holds gzip/,
  ],
  [
    "a vocabulary that is a page",
    "vocab_lookup_tf2/1",
    VOCABULARY,
    () => utf8("<html>\n<head>\n</html>\n"),
    "assets/vocabularies-load",
    /XML or HTML page/,
  ],
  [
    "a vocabulary with a BOM",
    "vocab_lookup_tf2/1",
    VOCABULARY,
    (old) => join(BOM, old),
    "assets/vocabularies-load",
    /byte order mark/,
  ],
  [
    "a vocabulary in UTF-16",
    "vocab_lookup_tf2/1",
    VOCABULARY,
    () => latin1("\xff\xfea\0\n\0"),
    "assets/vocabularies-load",
    /UTF-16/,
  ],
  [
    "an asset that is a DVC pointer",
    "vocab_lookup_tf2/1",
    VOCABULARY,
    () => DVC,
    "assets/vocabularies-load",
    /is a DVC pointer/,
  ],

  [
    "an empty fingerprint",
    "counter_tf2/1",
    FINGERPRINT,
    () => new Uint8Array(0),
    "saved-model/fingerprint-fits",
    /nothing \(0 bytes\)/,
  ],
  [
    "a fingerprint that is a pointer",
    "counter_tf2/1",
    FINGERPRINT,
    () => LFS,
    "saved-model/fingerprint-fits",
    /holds a Git LFS pointer/,
  ],
  [
    "a fingerprint of another export",
    "counter_tf2/1",
    FINGERPRINT,
    () => load("keras_mlp_export/1").get(FINGERPRINT)!,
    "saved-model/fingerprint-fits",
    /that of another export/,
  ],

  [
    "debug info cut off",
    "counter_tf2/1",
    DEBUG,
    () => latin1("\n\x20abc"),
    "saved-model/debug-info-is-readable",
    /damaged or cut off/,
  ],
  [
    "debug info that is a pointer",
    "counter_tf2/1",
    DEBUG,
    () => LFS,
    "saved-model/debug-info-is-readable",
    /holds a Git LFS pointer/,
  ],

  [
    "warm-up: a pointer",
    "counter_tf2/1",
    WARMUP,
    () => DVC,
    "warmup/records-are-framed",
    /holds a DVC pointer/,
  ],
  [
    "warm-up: a BOM",
    "counter_tf2/1",
    WARMUP,
    () => join(BOM, encodeTfRecord(utf8("x"))),
    "warmup/records-are-framed",
    /byte order mark/,
  ],
];

/** What the server loads all the same. */
const HARMLESS = /^(assets\/vocabularies-load|saved-model\/fingerprint-fits)$/;

const found = (files: Files): ReturnType<typeof checkModels>["diagnostics"] =>
  checkModels("/m", { fs: memoryFileSystem(files), level: "bytes", as: "base-path" }).diagnostics.filter(
    ({ severity }) => severity !== "info",
  );

describe("a file that is not what was exported", () => {
  it.each(CASES.map((entry) => [entry[0], entry] as const))(
    "%s",
    (_, [, model, file, change, rule, message]) => {
      const files = load(model);
      files.set(file, change(files.get(file) ?? new Uint8Array(0), files));
      const diagnostics = found(files);
      const cause = diagnostics.filter((diagnostic) => diagnostic.rule === rule && diagnostic.file === file);
      expect(cause.map((diagnostic) => diagnostic.message).join("\n")).toMatch(message);
      const errors = diagnostics.filter(({ severity }) => severity === "error").map((error) => error.rule);
      expect(errors).toEqual(HARMLESS.test(rule) ? [] : [rule]);
    },
  );

  it("is fetched where a version control system left a pointer", () => {
    for (const [pointer, command] of [
      [LFS, "git lfs pull"],
      [DVC, "dvc pull"],
      [ANNEX, "git annex get"],
    ] as const) {
      const [diagnostic] = found(load("counter_tf2/1").set(PB, pointer));
      expect(diagnostic?.help).toContain(command);
    }
  });

  it("is told how to come right by, not only what it is", () => {
    const help = (bytes: Uint8Array): string | undefined =>
      found(load("counter_tf2/1").set(PB, bytes))[0]?.help;
    expect(help(gzipSync(utf8("x")))).toMatch(/Unpack it/);
    expect(help(zip("data.pkl"))).toMatch(/no other format/);
    expect(help(utf8("<html>"))).toMatch(/Look at what it says/);
    expect(help(join(latin1("\0\x05\x16\x07\0\x02\0\0"), new Uint8Array(9)))).toMatch(
      /without the `\._` files/,
    );
    const left = (name: string): string | undefined =>
      found(load("counter_tf2/1").set(`/m/1/${name}`, utf8("x"))).find(
        ({ rule }) => rule === "layout/no-upload-remains",
      )?.message;
    expect(left("._saved_model.pb")).toMatch(/metadata of macOS/);
    expect(left(".nfs0000000012ab")).toMatch(/NFS keeps/);
    expect(left("saved_model.pb.part")).toMatch(/unfinished copy/);
  });

  it("is the index, where fingerprint.pb says so", () => {
    const files = load("keras_mlp_export/1");
    const other = load("counter_tf2/1");
    const foreign = found(files.set(INDEX, load("multi_signature_dynamic_seq/4").get(INDEX)!));
    const keys = foreign.filter(({ rule }) => rule === "variables/restored-keys-exist");
    expect(keys).toHaveLength(1);
    const data = load("keras_mlp_export/1");
    data.set(DATA, new Uint8Array(data.get(DATA)!.length).fill(7));
    const failed = (all: Files): string | undefined =>
      found(all).find(({ rule }) => rule === "variables/checksums-hold")?.help;
    expect(failed(data)).toMatch(/another export's/);
    expect(failed(data.set(FINGERPRINT, other.get(FINGERPRINT)!))).toMatch(/another export's/);
  });

  it("is not suspected where tensors begin like another file", () => {
    const files = load("counter_tf2/1");
    const data = files.get(DATA)!.slice();
    data.set([0x1f, 0x8b, 8]);
    expect(found(files.set(DATA, data)).map(({ rule }) => rule)).toContain("variables/checksums-hold");
  });

  it("is the debug info, which an export may have", () => {
    expect(found(load("counter_tf2/1").set(DEBUG, new Uint8Array(0)))).toEqual([]);
    expect(found(load("counter_tf2/1").set(DEBUG, latin1("\n\x03a.b")))).toEqual([]);
  });
});

const moved = (files: Files, from: string, to: string): Files => {
  const bytes = files.get(from)!;
  files.delete(from);
  return files.set(to, bytes);
};

describe("what a file is taken for", () => {
  it("is told of any bytes, in no time", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(() => [sniff(bytes), copyDamage(bytes)]).not.toThrow();
      }),
    );
    const began = performance.now();
    for (const piece of ["<!---->", "<!-- -->", "# \n", "\n", "a ", "1-"]) sniff(utf8(piece.repeat(600)));
    expect(performance.now() - began).toBeLessThan(500);
  });

  it("is nothing for what a sound export holds", () => {
    for (const model of ["keras_mlp_export/1", "tf1_classify_regress/7", "resnet_v2_jpeg_bytes/1538687457"])
      for (const [path, bytes] of load(model))
        expect(sniff(bytes)?.sure === true, `${model} ${path}`).toBe(false);
  });

  it("is asked of any name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (name, wanted) => {
        expect(typeof remainsOf(name, wanted)).toBe("boolean");
        expect(remainsOf(wanted, wanted)).toBe(false);
        expect(parseVersionName(suggestedVersion(name))).toBeDefined();
        expect(typeof whyNoVersion(name, "2.17.1")).toBe("string");
      }),
    );
  });
});

describe("a file under another name", () => {
  it.each([
    [
      "/m/1/.saved_model.pb.Xy12ab",
      /only "\.saved_model\.pb\.Xy12ab" is there: saved_model\.pb was not finished/,
    ],
    ["/m/1/saved_model.pb~", /only "saved_model\.pb~" is there/],
    ["/m/1/#saved_model.pb#", /only "#saved_model\.pb#" is there/],
    ["/m/1/saved_model.pb_.gstmp", /only "saved_model\.pb_\.gstmp" is there/],
    ["/m/1/saved_model.pb.gz", /only "saved_model\.pb\.gz" is there/],
    ["/m/1/saved_model (1).pb", /only "saved_model \(1\)\.pb" is there/],
    ["/m/1/saved_model.pb.dvc", /DVC pointer/],
    ["/m/1/._saved_model.pb", /metadata of macOS/],
    ["/m/1/saved_model.pb ", /"saved_model\.pb " is not the name/],
    ["/m/1/SAVED_MODEL.PB", /"SAVED_MODEL\.PB" is not the name/],
    ["/m/1/saved_model.pd", /"saved_model\.pd" is not the name/],
    ["/m/1/saved_model", /"saved_model" is not the name/],
    ["/m/1/frozen_inference_graph.pb", /"frozen_inference_graph\.pb" is not the name/],
    ["/m/1/.nfs000000000012ab34", /NFS keeps a removed file/],
    ["/m/1/variables/saved_model.pb", /one level too deep, in "variables"/],
    ["/m/1/export/Servo/saved_model.pb", /2 levels too deep, in "export\/Servo"/],
  ])("%s", (to, message) => {
    const errors = found(moved(load("counter_tf2/1"), PB, to)).filter(({ severity }) => severity === "error");
    expect(errors.map(({ rule, file }) => [rule, file])).toEqual([["saved-model/file-exists", "/m/1"]]);
    expect(errors[0]?.message).toMatch(message);
  });

  it("is told from a frozen graph", () => {
    const graph = latin1("\n\x16\n\x01x\x12\x0bPlaceholder\x3a\x04name");
    const [diagnostic] = found(new Map([["/m/1/graph.pb", graph]]));
    expect(diagnostic?.message).toBe('"graph.pb" is a bare GraphDef (a frozen graph), not a SavedModel');
  });

  it.each([
    ["model.onnx", /ONNX/],
    ["model.pt", /PyTorch/],
    ["pytorch_model.bin", /PyTorch/],
    ["model.safetensors", /safetensors/],
    ["group1-shard1of1.bin", /TensorFlow\.js/],
    ["detect.tflite", /under a name that the server does not look for/],
    ["model.pkl", /pickle/],
    ["model.weights.h5", /Keras/],
    ["ckpt-1.index", /training checkpoint/],
    ["export.tar.zst", /archive/],
    ["README.md", /only "README\.md"/],
  ])("a version with only %s", (name, message) => {
    const [diagnostic] = found(new Map([[`/m/1/${name}`, utf8("x")]]));
    expect(diagnostic?.message).toMatch(message);
    expect(diagnostic?.severity).toBe("error");
  });

  it.each([
    [INDEX, "/m/1/variables/variables.index.gz"],
    [INDEX, "/m/1/variables/.variables.index.aB3dEf"],
    [INDEX, "/m/1/variables/variables.INDEX"],
    [INDEX, "/m/1/variables/variables/variables.index"],
    [INDEX, "/m/1/variables.index"],
    [INDEX, "/m/1/variables/model.ckpt.index"],
    [DATA, "/m/1/variables/variables.data-00000-of-00001.part"],
    [DATA, "/m/1/variables/.variables.data-00000-of-00001.Ab1xYz"],
    [DATA, "/m/1/variables/variables.data-00000-of-00001_.gstmp"],
  ])("%s as %s", (from, to) => {
    const errors = found(moved(load("counter_tf2/1"), from, to)).filter(
      ({ severity }) => severity === "error",
    );
    expect(errors.map(({ rule }) => rule)).toEqual([
      from === INDEX ? "variables/index-exists" : "variables/shards-exist",
    ]);
    expect(errors[0]?.message).toContain(`${JSON.stringify(to.slice(from === INDEX ? 5 : 15))} is there`);
  });

  it("index and data swapped", () => {
    const files = load("counter_tf2/1");
    const [index, data] = [files.get(INDEX)!, files.get(DATA)!];
    const errors = found(files.set(INDEX, data).set(DATA, index)).filter(
      ({ severity }) => severity === "error",
    );
    expect(errors.map(({ message }) => message)).toEqual([
      'variables.index is no table, but "variables.data-00000-of-00001" is one: the two files are swapped',
    ]);
  });

  it.each([
    "/m/1/assets/assets/vocab.txt",
    "/m/1/vocab.txt",
    "/m/1/assets.extra/vocab.txt",
    "/m/1/Assets/vocab.txt",
  ])("an asset as %s", (to) => {
    const errors = found(moved(load("vocab_lookup_tf2/1"), VOCABULARY, to)).filter(
      ({ severity }) => severity === "error",
    );
    expect(errors.map(({ rule }) => rule)).toEqual(["assets/files-exist"]);
    expect(errors[0]?.message).toContain(`(there is ${JSON.stringify(to.slice(5))})`);
  });
});

describe("an asset that is nearly there", () => {
  it.each(["vocab.txt.part", ".vocab.txt.Xy12Ab", "vocab.txt.gz", "vocab.txt ", "Vocab.txt"])(
    "%s",
    (name) => {
      const [error] = found(moved(load("vocab_lookup_tf2/1"), VOCABULARY, `/m/1/assets/${name}`));
      expect(error?.message).toBe(`asset "vocab.txt" is missing (there is ${JSON.stringify(name)})`);
    },
  );

  it("in another Unicode form", () => {
    const files = edited("vocab_lookup_tf2/1", (saved) => {
      metaGraph(saved).asset_file_def[0].filename = "caf\u00e9.txt";
    });
    const [error] = found(moved(files, VOCABULARY, "/m/1/assets/cafe\u0301.txt"));
    expect(error?.message).toMatch(/the same letters in another Unicode form/);
  });
});

describe("warm-up records in another place", () => {
  it.each([
    "/m/1/assets.extra/tf-serving-warmup-requests",
    "/m/1/assets.extra/warmup_requests",
    "/m/1/assets.extra/.tf_serving_warmup_requests",
    "/m/1/assets.extra/assets.extra/tf_serving_warmup_requests",
    "/m/1/variables/tf_serving_warmup_requests",
  ])("%s", (path) => {
    const here = found(load("counter_tf2/1").set(path, utf8("x"))).filter(({ file }) => file === path);
    expect(here.map(({ rule, severity }) => [rule, severity])).toEqual([
      ["warmup/warmup-in-place", "warning"],
    ]);
  });

  it.each(["/m/1/Assets.extra", "/m/1/extra", "/m/1/asset.extra"])("below %s", (folder) => {
    const files = load("counter_tf2/1").set(`${folder}/tf_serving_warmup_requests`, utf8("x"));
    expect(found(files).map(({ rule, file }) => [rule, file])).toContainEqual([
      "warmup/warmup-in-place",
      folder,
    ]);
  });

  it.each([
    "/m/tf_serving_warmup_requests",
    "/m/assets.extra/tf_serving_warmup_requests",
    "/m/saved_model.pb",
    "/m/variables/variables.index",
  ])("%s beside the versions", (path) => {
    const top = path.split("/").slice(0, 3).join("/");
    const here = found(load("counter_tf2/1").set(path, utf8("x")));
    expect(here.map(({ rule, file, severity }) => [rule, file, severity])).toEqual([
      ["layout/nothing-beside-versions", top, "warning"],
    ]);
  });

  it("assets.extra itself", () => {
    const files = load("counter_tf2/1").set("/m/1/assets.extra", utf8("x"));
    expect(found(files).map(({ message }) => message)).toContain("assets.extra is a file, not a folder");
  });
});

describe("folders that were meant as versions", () => {
  const as = (...names: readonly string[]): Files =>
    new Map(
      names.flatMap((name) =>
        [...load("counter_tf2/1")].map(
          ([path, bytes]) => [path.replace("/m/1/", `/m/${name}/`), bytes] as const,
        ),
      ),
    );

  it.each([
    ["١", "1", /digits 0 to 9/],
    ["１", "1", /digits 0 to 9/],
    ["1\u00a0", "1", /not seen/],
    ["+1", "1", /plus sign is taken since 2\.19/],
    ["18446744073709551616", "1", /64-bit/],
    ["2024-01-31", "20240131", /no plain number/],
    ["2024-01-31T10:00:00", "20240131100000", /no plain number/],
    ["step-1000", "1000", /no plain number/],
    ["1e3", "1", /no plain number/],
    ["saved_model", "1", /no plain number/],
    ["temp-1699999999", "1699999999", /no plain number/],
  ])("only %s", (name, number, message) => {
    const diagnostics = found(as(name));
    expect(diagnostics.map(({ rule }) => rule)).toEqual(["layout/base-path-has-version"]);
    expect(diagnostics[0]?.message).toMatch(message);
    expect(diagnostics[0]?.help).toContain(`to ${JSON.stringify(number)}.`);
  });

  it.each(["٢", "2024-01-31", "2-rc1", "2,0", "step-2", "2\u00a0", "release 2"])("%s beside 1", (name) => {
    const here = found(as("1", name));
    expect(here.map(({ rule, file, severity }) => [rule, file, severity])).toEqual([
      ["layout/version-name-is-number", `/m/${name}`, "warning"],
    ]);
  });

  it.each([".tmp-2", "_2", "2.bak", "old-2", "2 - Copy", "temp-2", "archive"])("%s laid aside", (name) => {
    expect(found(as("1", name))).toEqual([]);
  });

  it("a folder of base paths whose name looks like a version", () => {
    expect(found(as("prod/resnet/1"))[0]?.message).toBe(
      'base path is one level too high: the versions lie below "prod/resnet"',
    );
  });

  it("the variables of a version as base path", () => {
    const files = as("1");
    const { diagnostics } = checkModels("/m/1/variables", { fs: memoryFileSystem(files), as: "base-path" });
    expect(diagnostics[0]?.message).toMatch(/variables folder of a version/);
  });
});

describe("a header that was changed", () => {
  it("is the mistake, where entries and files agree", () => {
    const files = withIndex([
      ["a", float(4, 0)],
      ["b", { ...float(4, 0), shard_id: 1 }],
    ]);
    const data = files.get(DATA)!.slice(0, 16);
    files.delete(DATA);
    files.set("/m/1/variables/variables.data-00000-of-00002", data);
    files.set("/m/1/variables/variables.data-00001-of-00002", data);
    const shards = found(files).filter(({ rule }) => rule === "variables/shards-exist");
    expect(shards.map(({ file, message }) => [file, message])).toEqual([
      [INDEX, "the header promises 1 shard, but the entries and the data files are of 2"],
    ]);
  });
});

describe("the object graph", () => {
  const KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";
  const uint32 = (value: number): Uint8Array => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    return bytes;
  };
  /** A checkpoint whose only tensor is this text, checksums and all. */
  const holding = (text: Uint8Array): Files => {
    const lengths = uint32(maskCrc(crc32c(uint32(text.length))));
    const stored = join(Uint8Array.of(text.length), lengths, text);
    const crc = maskCrc(crc32c(join(uint32(text.length), lengths, text)));
    const files = withIndex([[KEY, { dtype: 7, shape: {}, size: stored.length, crc32c: crc }]]);
    return files.set(DATA, stored);
  };
  const readable = (files: Files): readonly (readonly [string, string])[] =>
    found(files)
      .filter(({ rule }) => rule === "variables/object-graph-is-readable")
      .map(({ file, severity }) => [file, severity] as const);

  it("is read at level bytes, though the server does not", () => {
    expect(readable(holding(latin1("\xff\xff\xff\xff\xff\xff\xff")))).toEqual([[DATA, "warning"]]);
    expect(readable(holding(latin1("\n\0")))).toEqual([]);
    expect(readable(load("keras_mlp_export/1"))).toEqual([]);
  });
});

describe("graph and variables of different exports", () => {
  it("are one finding, however many keys are missing", () => {
    const other = load("keras_mlp_export/1");
    const files = load("resnet_v2_fp32_nhwc/1538687457");
    const errors = found(files.set(INDEX, other.get(INDEX)!).set(DATA, other.get(DATA)!)).filter(
      ({ severity }) => severity === "error",
    );
    expect(errors.map(({ rule }) => rule)).toEqual(["variables/restored-keys-exist"]);
    expect(errors[0]?.message).toMatch(/^28 of 28 keys that the graph restores are not in the index: /);
    expect(errors[0]?.help).toMatch(/The index has "_all_variables\/0/);
  });
});

describe("warm-up of several inferences at once", () => {
  const field = (number: number, bytes: Uint8Array): Uint8Array =>
    join(Uint8Array.of((number << 3) | 2, bytes.length), bytes);
  const task = (model: string, signature: string, method: string): Uint8Array =>
    field(
      1,
      join(
        field(1, join(field(1, utf8(model)), field(3, utf8(signature)))),
        field(2, utf8(`tensorflow/serving/${method}`)),
      ),
    );
  const input = field(2, field(1, field(1, new Uint8Array(0))));
  const record = (...tasks: readonly Uint8Array[]): Files =>
    load("tf1_classify_regress/7").set(WARMUP, encodeTfRecord(field(4, field(1, join(...tasks, input)))));
  const messages = (files: Files): readonly string[] =>
    found(files)
      .filter(({ rule }) => rule === "warmup/records-fit-signatures")
      .map(({ message }) => message);

  it("takes one model and each signature once", () => {
    const classify = task("m", "serving_default", "classify");
    expect(messages(record(classify, task("m", "regress", "regress")))).toEqual([]);
    expect(messages(record(classify, classify))).toEqual([
      'record 0: has two tasks for the signature "serving_default"',
    ]);
    expect(messages(record(classify, task("n", "regress", "regress")))).toEqual([
      'record 0: has tasks for the models "m", "n"',
    ]);
  });
});

describe("model.tflite where the server prefers it", () => {
  /** A model of nothing: the root table without fields. */
  const EMPTY = join(latin1("\x0c\0\0\0TFL3\x04\0\x04\0\x04\0\0\0"), new Uint8Array(4));
  const checked = (tflite: Uint8Array, preferTflite: boolean): readonly string[] =>
    checkModels("/m", {
      fs: memoryFileSystem(load("counter_tf2/1").set("/m/1/model.tflite", tflite)),
      level: "graph",
      preferTflite,
    })
      .diagnostics.filter(({ severity }) => severity !== "info")
      .map(({ rule, message }) => `${rule} ${message}`);

  it.each([
    ["a pointer", LFS, /holds a Git LFS pointer/],
    ["nothing", new Uint8Array(0), /nothing \(0 bytes\)/],
    ["text", utf8("no model, but a note"), /no TFLite identifier/],
    ["cut off", EMPTY.subarray(0, 10), /damaged/],
    ["without the identifier", EMPTY.map((byte, at) => (at === 4 ? 0 : byte)), /no TFLite identifier/],
  ])("%s", (_, bytes, message) => {
    const [only, ...more] = checked(bytes, true);
    expect(only?.split(" ")[0]).toBe("saved-model/tflite-is-readable");
    expect(only).toMatch(message);
    expect(more).toEqual([]);
    // Elsewhere nobody reads it.
    expect(checked(bytes, false)).toEqual([]);
  });

  it("sound", () => {
    expect(checked(EMPTY, true)).toEqual([]);
  });
});

describe("one mistake in a graph is one finding", () => {
  const errors = (model: string, edit: (saved: Proto) => void): readonly string[] =>
    found(edited(model, edit))
      .filter(({ severity }) => severity === "error")
      .map(({ rule }) => rule);

  it("a restore function that is missing", () => {
    expect(
      errors("keras_mlp_export/1", (saved) => {
        const { library } = metaGraph(saved).graph_def;
        library.function = library.function.filter(
          ({ signature }: Proto) => !signature.name.includes("traced_restore"),
        );
      }),
    ).toEqual(["graph/functions-exist"]);
  });

  it("an input in another case", () => {
    expect(
      errors("keras_mlp_export/1", (saved) => {
        for (const info of Object.values<Proto>(serving(saved).inputs)) info.name = info.name.toUpperCase();
      }),
    ).toEqual(["signature/tensors-exist"]);
  });

  it("an initialiser that is not there", () => {
    expect(
      errors("vocab_lookup_tf2/1", (saved) => {
        for (const info of Object.values<Proto>(metaGraph(saved).signature_def.__saved_model_init_op.outputs))
          info.name = "ghost";
      }),
    ).toEqual(["graph/restore-and-init-exist"]);
  });
});
