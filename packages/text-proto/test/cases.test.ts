import { LineIndex } from "@servable/diagnostics";
import { schemas } from "@servable/protos/text-schema";
import {
  checkText,
  cppVerdict,
  encode,
  format,
  parse,
  printMessage,
  read,
  textOfBytes,
  textProtoRules,
  toPlain,
} from "@servable/text-proto";
import { describe, expect, it } from "vitest";

const batching = "tensorflow.serving.BatchingParameters";
const models = "tensorflow.serving.ModelServerConfig";
const monitoring = "tensorflow.serving.MonitoringConfig";
const ssl = "tensorflow.serving.SSLConfig";

/** Diagnostics as `line:column rule: message`. */
function check(text: string, message: string): string[] {
  const index = new LineIndex(text);
  return checkText(text, { file: "f", message, schemas }).diagnostics.map(({ rule, message: said, span }) => {
    const { line, column } = index.position(span?.start ?? 0);
    return `${line}:${column} ${rule.replace("text-proto/", "")}: ${said}`;
  });
}

/** The text with all safe fixes made. */
function fixed(text: string, message: string): string {
  const edits = checkText(text, { file: "f", message, schemas })
    .diagnostics.flatMap(({ fix }) => (fix?.safety === "safe" ? fix.edits : []))
    .sort((a, b) => b.start - a.start);
  let result = text;
  for (const { start, end, newText } of edits) result = result.slice(0, start) + newText + result.slice(end);
  return result;
}

const hex = (text: string, message: string): string =>
  Buffer.from(encode(read(parse(text), message, schemas).message)).toString("hex");

describe("one mistake, one diagnostic", () => {
  it.each([
    [
      "max_batch_size: 128",
      batching,
      "1:17 invalid-value: max_batch_size is a message of type google.protobuf.Int64Value, not 128",
    ],
    [
      "max_batch_sise { value: 1 }",
      batching,
      "1:1 unknown-field: BatchingParameters has no field max_batch_sise",
    ],
    ["max-batch-size { value: 1 }", batching, "1:1 syntax: max-batch-size is no field name"],
    ["max_batch_size { value: 10ms }", batching, "1:25 syntax: 10ms is no number"],
    ["max_batch_size { value: 1\n", batching, "2:1 syntax: a block is not closed at the end of the file"],
    ["max_batch_size {\n  value: 1\n}\n}\n", batching, "4:1 syntax: } closes nothing"],
    [
      '{"max_batch_size": {"value": 128}}',
      batching,
      "1:1 syntax: this is JSON, not the protobuf text format",
    ],
    [
      "max_batch_size:\n  value: 128\nnum_batch_threads { value: 4 }\n",
      batching,
      '2:3 syntax: max_batch_size has no value: found "value"',
    ],
    [
      "max_batch_size\n  value: 128\n}\n",
      batching,
      '2:3 syntax: expected ":" or "{" after max_batch_size, found "value"',
    ],
    ["allowed_batch_sizes: [1, 2,]", batching, "1:28 syntax: a comma stands after the last item of a list"],
    ["allowed_batch_sizes: [1 2]", batching, '1:25 syntax: expected "," or "]" in a list, found "2"'],
    ["\ufeffmax_batch_size { value: 1 }", batching, "1:1 syntax: the file begins with a byte order mark"],
    ["max_batch_size\u00a0{ value: 1 }", batching, "1:15 syntax: U+00A0 looks like a blank but is none"],
    [
      'prometheus_config { path: "abc }\n',
      monitoring,
      '1:27 syntax: the string "abc is not closed on its line',
    ],
    [
      'prometheus_config {\n  path: "abc\n  enable: true\n}\n',
      monitoring,
      '2:9 syntax: the string "abc is not closed on its line',
    ],
    ['server_key: "-----BEGIN\nMIIE\n-----END"\n', ssl, "1:13 syntax: a string goes over several lines"],
    ["server_key: /etc/key.pem\n", ssl, '1:13 syntax: server_key has no value: found "/"'],
    [
      "model_config_list { config { model_version_policy { latest {} all {} } } }",
      models,
      "1:63 set-twice: all is set together with latest",
    ],
    [
      "custom_model_config { [type.googleapis.com/no.such.Type] { a { b: 1 } } }",
      models,
      "1:23 unknown-any-type: the message type no.such.Type is not known",
    ],
    [
      'model_config_list { config { name: "m" base_path: "/m" } } base_path: "/m"',
      models,
      "1:60 unknown-field: ModelServerConfig has no field base_path",
    ],
    [
      'name: resnet" base_path: "/m"',
      "tensorflow.serving.ModelConfig",
      '1:7 syntax: the text resnet" has a quote at its end only',
    ],
    [
      'name: "a base_path: "/m" model_platform: "tensorflow"',
      "tensorflow.serving.ModelConfig",
      '1:7 syntax: the string "a is not closed on its line',
    ],
    [
      'name: "a base_path: "b" model_platform: "t"',
      "tensorflow.serving.ModelConfig",
      '1:7 syntax: the string "a is not closed on its line',
    ],
    [
      'server_key: -----BEGIN KEY-----\\nMII"\n',
      ssl,
      '1:13 syntax: the text -----BEGIN KEY-----\\nMII" has a quote at its end only',
    ],
    ["max_batch_size = { value: 1 }", batching, "1:16 syntax: max_batch_size is followed by ="],
    ["max_batch_size { value -> 1 }", batching, "1:24 syntax: value is followed by ->"],
    ["max_batch_size { value := 1 }", batching, "1:25 syntax: value is followed by :="],
    [
      "max_batch_size = 128",
      batching,
      "1:18 invalid-value: max_batch_size is a message of type google.protobuf.Int64Value, not 128",
    ],
    [
      "max_batch_size { { value: 1 }\nnum_batch_threads { value: 4 }\n",
      batching,
      '1:18 syntax: expected a field name, found "{"',
    ],
    [
      "max_batch_size { value: 1 ]\nnum_batch_threads { value: 4 }\n",
      batching,
      "1:27 syntax: a block that begins with { is closed with ]",
    ],
    [
      "max_batch_size { value: 1 )\nnum_batch_threads { value: 4 }\n",
      batching,
      "1:27 syntax: a block that begins with { is closed with )",
    ],
    ["max_batch_size [ value: 1 }", batching, "1:16 syntax: fields stand in square brackets"],
    ["max_batch_size [ value: 1 ]", batching, "1:16 syntax: fields stand in square brackets"],
    ["allowed_batch_sizes: [1,,, 2]", batching, "1:25 syntax: a list item is missing"],
    ["allowed_batch_sizes: [1, 2}", batching, "1:27 syntax: a list is closed with }"],
    ["allowed_batch_sizes: [1 }, 2]", batching, "1:25 syntax: } stands in a list"],
    ["allowed_batch_sizes: [1. 2]", batching, "1:23 syntax: a point stands where a comma belongs"],
    ["allowed_batch_sizes: [1 x, 2]", batching, '1:25 syntax: expected "," or "]" in a list, found "x"'],
    ["allowed_batch_sizes: {1, 2}", batching, "1:23 syntax: values stand in braces"],
    ["allowed_batch_sizes: 1, 2]", batching, "1:25 syntax: ] ends a list that has no ["],
    ["max_batch_size { value: 1,000 }", batching, "1:27 syntax: 1,000 is no value"],
    [
      'name: base_path: "/m"',
      "tensorflow.serving.ModelConfig",
      '1:7 syntax: name has no value: found "base_path"',
    ],
    [
      "custom_model_config { type.googleapis.com/tensorflow.ConfigProto] { } }",
      models,
      "1:23 syntax: a type URL stands without square brackets",
    ],
    [
      "custom_model_config { [type.googleapis.com/tensorflow.ConfigProto} { } }",
      models,
      '1:66 syntax: a name in brackets is not closed with ]: found "}"',
    ],
    ["max_batch_size (value: 1)", batching, "1:16 syntax: max_batch_size is followed by ("],
    ["\u001f\u008b\b\0\0\0\0\0\u0002\u0003", batching, "1:1 syntax: the file is binary"],
  ])("%s", (text, message, wanted) => {
    expect(check(text, message)).toEqual([wanted]);
  });

  it("looks into blocks that a missing bracket misplaces", () => {
    const text =
      'model_config_list {\n config {\n  name: "a"\n config {\n  name: 5\n }\n config { nmae: 1 }\n}\n';
    expect(check(text, models)).toEqual([
      "4:2 unknown-field: ModelConfig has no field config",
      "5:9 invalid-value: name must be text in quotes, not 5",
      "7:11 unknown-field: ModelConfig has no field nmae",
    ]);
  });

  it("helps with names in part, map entries and bare paths", () => {
    const help = (text: string): string | undefined =>
      checkText(text, { file: "f", message: "tensorflow.serving.ModelConfig", schemas }).diagnostics[0]?.help;
    expect(help("version_policy { all {} }")).toMatch(/^did you mean model_version_policy\?/);
    expect(help("version_labels { stable: 1 }")).toMatch(
      /^an entry of a map is written \{ key: "stable" value: … \}/,
    );
    expect(help("base_path: /models/resnet, name: 'a'")).toBe(
      'text stands in quotes: write base_path: "/models/resnet"',
    );
  });

  it("tells where brackets and indentation part", () => {
    const text = `model_config_list {
  config {
    name: "a"
    version_labels {
      key: "stable"
      value: 1
  }
  config {
    name: "b"
  }
}
`;
    const [found] = checkText(text, { file: "f", message: models, schemas }).diagnostics;
    const index = new LineIndex(text);
    expect(
      found?.related?.map(({ message, span }) => [message, index.position(span?.start ?? 0).line]),
    ).toContainEqual([
      "this } closes the block that begins in line 4, which is indented otherwise: look here first",
      7,
    ]);
  });

  it("takes lists of any depth", () => {
    for (const text of ["[".repeat(50_000) + "]".repeat(50_000), "[".repeat(50_000)])
      expect(
        checkText(`allowed_batch_sizes: ${text}`, { file: "f", message: batching, schemas }).diagnostics,
      ).toHaveLength(1);
  });

  it("knows which fields were meant but not read", () => {
    const { message } = checkText(
      "max_batch_size: 128 num_batch_thread { value: 1 } allowed_batch_sizes: [x]",
      {
        file: "f",
        message: batching,
        schemas,
      },
    );
    expect([...message.misread]).toEqual(["max_batch_size", "num_batch_threads", "allowed_batch_sizes"]);
  });

  it("goes on to the end of the file", () => {
    const text = `model_config_list {
  config {
    nmae: "a"
    base_path: 5
    model_platform: "tensorflow
  }
  config { name: "b" name: "c" }
  config { version_labels { key: 1 value: "x" } }
}
`;
    expect(check(text, models)).toEqual([
      "3:5 unknown-field: ModelConfig has no field nmae",
      "4:16 invalid-value: base_path must be text in quotes, not 5",
      '5:21 syntax: the string "tensorflow is not closed on its line',
      "7:22 set-twice: name is set twice",
      "8:34 invalid-value: key must be text in quotes, not 1",
      '8:43 invalid-value: value must be an integer, not "x"',
    ]);
  });
});

describe("safe fixes", () => {
  it.each([
    ["max_batch_size: 128", batching, "max_batch_size { value: 128 }"],
    ["max_batch_sise { value: 128 }", batching, "max_batch_size { value: 128 }"],
    ["allowed_batch_size: [1, 2]", batching, "allowed_batch_sizes: [1, 2]"],
    ["max_batch_size 128 # threads", batching, "max_batch_size { value: 128 } # threads"],
    ['max_batch_size { value: "128" }', batching, "max_batch_size { value: 128 }"],
    ["pad_variable_length_inputs { value: true }", batching, "pad_variable_length_inputs: true"],
    ["pad_variable_length_inputs true", batching, "pad_variable_length_inputs: true"],
    ["thread_pool_name { value: pool }", batching, 'thread_pool_name { value: "pool" }'],
    ["allowed_batch_sizes: [1, 2,]", batching, "allowed_batch_sizes: [1, 2]"],
    ["allowed_batch_sizes: [1 2]", batching, "allowed_batch_sizes: [1, 2]"],
    ["allowed_batch_sizes: [1. 2]", batching, "allowed_batch_sizes: [1, 2]"],
    ["allowed_batch_sizes: [{ value: 1 }, 2]", batching, "allowed_batch_sizes: [1, 2]"],
    ["max_batch_size = { value: 1 }", batching, "max_batch_size: { value: 1 }"],
    ["max_batch_size { value => 1 }", batching, "max_batch_size { value: 1 }"],
    ["max_batch_size = 128", batching, "max_batch_size { value: 128 }"],
    ["max-batch-size { value: 1 }", batching, "max_batch_size { value: 1 }"],
    ["\ufeffmax_batch_size { value: 1 }", batching, "max_batch_size { value: 1 }"],
    ["max_batch_size { value: 089 }", batching, "max_batch_size { value: 89 }"],
    ['server_key: "a\nb\n"', ssl, 'server_key: "a\\n"\n"b\\n"'],
  ])("%s", (text, message, wanted) => {
    expect(fixed(text, message)).toBe(wanted);
    expect(check(wanted, message)).toEqual([]);
  });
});

describe("a misspelt name", () => {
  const safety = (text: string): (string | undefined)[] =>
    checkText(text, { file: "f", message: batching, schemas }).diagnostics.map(({ fix }) => fix?.safety);

  it("is renamed by itself only where nothing else would be wrong then", () => {
    expect(safety("max_batch_sise { value: 1 }")).toEqual(["safe"]);
    expect(safety("max_batch_sise: 1")).toEqual(["unsafe"]);
    expect(safety("max_batch_sise { value: 1 } max_batch_size { value: 2 }")).toEqual(["unsafe"]);
    expect(safety("allowed_batch_size: [1, x]")).toEqual(["unsafe"]);
  });

  it("does not hide mistakes in its block", () => {
    expect(check("max_batch_sise { valeu: 1 }", batching)).toEqual([
      "1:1 unknown-field: BatchingParameters has no field max_batch_sise",
      "1:18 unknown-field: Int64Value has no field valeu",
    ]);
  });
});

describe("what the C++ parser says", () => {
  it("is told where it names another line than the mistake's", () => {
    const text = "model_config_list {\n  config {\n    model_type: PYTORCH\n\tname: 'é' } }\n";
    const [found] = checkText(text, { file: "f", message: models, schemas }).diagnostics;
    expect(text.slice(found?.span?.start, found?.span?.end)).toBe("PYTORCH");
    expect(found?.related).toEqual([
      {
        message: 'the server\'s log says 4:9: Unknown enumeration value of "PYTORCH" for field "model_type".',
        file: "f",
        span: { start: text.indexOf("name"), end: text.indexOf("name") },
      },
    ]);
    expect(
      checkText("foo: 1", { file: "f", message: models, schemas }).diagnostics[0]?.related,
    ).toBeUndefined();
  });

  it("is given word by word", () => {
    expect(cppVerdict("max_batch_size: 128", batching, schemas).errors).toEqual([
      { line: 1, column: 17, message: 'Expected "{", found "128".' },
    ]);
    expect(cppVerdict("model_config_list { config { model_type: TENSORFLOW } }", models, schemas)).toEqual({
      accept: true,
      errors: [],
      warnings: [{ line: 1, column: 53, message: 'text format contains deprecated field "model_type"' }],
    });
  });

  it("holds for names that every object has", () => {
    for (const name of ["constructor", "__proto__", "toString"]) {
      expect(check(`${name}: 1`, batching)).toHaveLength(1);
      expect(check(`model_config_list { config { model_type: ${name} } }`, models)).toHaveLength(1);
      expect(check(`custom_model_config { [type.googleapis.com/${name}] {} }`, models)).toHaveLength(1);
    }
  });

  it("passes over reserved names without a word", () => {
    const config = "tensorflow.ConfigProto";
    const text = (field: string): string => `graph_options { skip_common_subexpression_elimination${field} }`;
    for (const good of [": true", ": -1.5", " { a: [[1], {}] }", ': "a" "b"', " { [x/y/z] <>, b: -inf; }"]) {
      expect(check(text(good), config)).toEqual([]);
      expect(hex(text(good), config)).toBe("5200");
    }
    for (const bad of [": true,", ": []", ": -x", " true", " [1]"]) {
      expect(check(text(bad), config)).toHaveLength(1);
    }
  });
});

describe("values", () => {
  const double = (text: string): string => hex(`value: ${text}`, "google.protobuf.DoubleValue");
  const float = (text: string): string => hex(`value: ${text}`, "google.protobuf.FloatValue");

  it("keeps the bits of odd floating point numbers", () => {
    expect(double("0.0")).toBe("");
    expect(double("-0")).toBe("090000000000000080");
    expect(double("nan")).toBe("09000000000000f87f");
    expect(double("-nan")).toBe("09000000000000f8ff");
    expect(float("-nan")).toBe("0d0000c0ff");
    expect(float("3.4028235e38")).toBe("0dffff7f7f");
    expect(float("3.4028236e38")).toBe("0d0000807f");
  });

  it("keeps 64-bit integers", () => {
    const { message } = read(parse("value: 18446744073709551615"), "google.protobuf.UInt64Value", schemas);
    expect(message.get("value")?.value).toBe(18446744073709551615n);
  });

  it("keeps bytes that are not UTF-8", () => {
    const text = textOfBytes(Uint8Array.from([...Buffer.from('value: "'), 0xff, 0xfe, ...Buffer.from('"')]));
    expect(check(text, "google.protobuf.StringValue")).toEqual([]);
    expect(hex(text, "google.protobuf.StringValue")).toBe("0a02fffe");
  });

  it("gives names, spans and presence", () => {
    const text =
      'model_config_list {\n  config { name: "" model_version_policy { latest { num_versions: 0 } } }\n}\n';
    const { message } = read(parse(text), models, schemas);
    const model = message.message("model_config_list")?.messages("config")[0];
    expect(model?.has("name")).toBe(true);
    expect(model?.has("base_path")).toBe(false);
    const versions = model?.message("model_version_policy")?.message("latest")?.get("num_versions");
    expect(versions?.value).toBe(0);
    expect(text.slice(versions?.nameStart, versions?.nameEnd)).toBe("num_versions");
    expect(text.slice(versions?.valueStart, versions?.valueEnd)).toBe("0");
    expect(text.slice(model?.start, model?.end)).toMatch(/^\{.*\}$/s);
  });

  it("expands an Any", () => {
    const type = "type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig";
    const text = `platform_configs { key: "tensorflow" value { source_adapter_config { [${type}] { legacy_config { enable_model_warmup: true } } } } }`;
    const { message, errors } = read(parse(text), "tensorflow.serving.PlatformConfigMap", schemas);
    expect(errors).toEqual([]);
    const any = message.message("platform_configs")?.message("value")?.message("source_adapter_config")?.any;
    expect(any?.typeUrl).toBe(type);
    expect(any?.message.message("legacy_config")?.get("enable_model_warmup")?.value).toBe(true);
    expect(toPlain(message)).toEqual({
      platform_configs: new Map([
        [
          "tensorflow",
          { source_adapter_config: { "@type": type, legacy_config: { enable_model_warmup: true } } },
        ],
      ]),
    });
  });
});

describe("printing", () => {
  it("writes wrappers, maps, enums, bytes and text with line breaks", () => {
    const text = printMessage(
      {
        max_batch_size: 128,
        batch_timeout_micros: { value: 0n },
        allowed_batch_sizes: [1, 128],
        pad_variable_length_inputs: true,
      },
      batching,
      schemas,
      { header: "made from servable.yaml" },
    );
    expect(text).toBe(`# made from servable.yaml
max_batch_size { value: 128 }
batch_timeout_micros { value: 0 }
allowed_batch_sizes: 1
allowed_batch_sizes: 128
pad_variable_length_inputs: true
`);
    expect(printMessage({ server_key: "a\nb\n" }, ssl, schemas)).toBe('server_key:\n  "a\\n"\n  "b\\n"\n');
    expect(
      printMessage(
        {
          model_config_list: {
            config: [
              { name: 'a"b', model_version_policy: { all: {} }, version_labels: { stable: 2, canary: 3 } },
            ],
          },
        },
        models,
        schemas,
      ),
    ).toBe(`model_config_list {
  config {
    name: "a\\"b"
    model_version_policy {
      all {}
    }
    version_labels {
      key: "canary"
      value: 3
    }
    version_labels {
      key: "stable"
      value: 2
    }
  }
}
`);
    expect(printMessage({}, models, schemas)).toBe("");
  });

  it("refuses what the message cannot hold", () => {
    expect(() => printMessage({ max_batch_sise: 1 }, batching, schemas)).toThrow(
      "did you mean max_batch_size?",
    );
    expect(() => printMessage({ max_batch_size: 1.5 }, batching, schemas)).toThrow(TypeError);
    expect(() => printMessage({ max_batch_size: 2n ** 63n }, batching, schemas)).toThrow(RangeError);
  });
});

describe("formatting", () => {
  const formatted = (text: string): string | undefined => format(text).text;

  it("lays out blocks, lists, strings and comments", () => {
    const text = `# head

# second


model_config_list: {   # opens
  config: {name:'a', base_path : "/a";   # base

    # about the policy
    model_version_policy: {specific {versions: [ 1,2 ]}} }
  # last in the list


}   # closed
# end`;
    expect(formatted(text)).toBe(`# head

# second

model_config_list {  # opens
  config {
    name: "a"
    base_path: "/a"  # base

    # about the policy
    model_version_policy { specific { versions: [1, 2] } }
  }
  # last in the list
}  # closed
# end
`);
  });

  it.each([
    ["", ""],
    ["\n\n", ""],
    ["# only\n", "# only\n"],
    ["a:1 b:2\r\n", "a: 1\nb: 2\n"],
    ["a {\n}\n", "a {}\n"],
    ["a: [\n1, # one\n2]\n", "a: [\n  1,  # one\n  2\n]\n"],
    ["a: [{b: 1}, {\nc: 2}]", "a: [\n  { b: 1 },\n  {\n    c: 2\n  }\n]\n"],
    ["a: 'x' \"y\"", 'a: "x" "y"\n'],
    ["a: 'x'\n  # why\n  'say \"y\"'", 'a:\n  "x"\n  # why\n  \'say "y"\'\n'],
    ["a: ['x' # first\n  # why\n'y', 'z']", 'a: [\n  "x"  # first\n  # why\n  "y",\n  "z"\n]\n'],
    ["a # c\n : # d\n - # e\n 5", "# c\n# d\n# e\na: -5\n"],
    ["a: 1 # c\n, # d\nb: 2", "a: 1  # c\n# d\nb: 2\n"],
    ["[ x . y / z ] : { }", "[x.y/z] {}\n"],
    [`a { b: "${"x".repeat(80)}" }`, `a {\n  b: "${"x".repeat(80)}"\n}\n`],
  ])("%j", (text, wanted) => {
    expect(formatted(text)).toBe(wanted);
    expect(formatted(wanted)).toBe(wanted);
  });

  it("leaves alone what does not parse or read", () => {
    expect(format("a: ").errors).toHaveLength(1);
    expect(format("foo: 1", { message: batching, schemas }).errors?.[0]?.code).toBe("unknown-field");
    expect(format("a { ".repeat(600) + "}".repeat(600)).errors?.[0]?.message).toMatch(/nested/);
  });
});

describe("hostile texts", () => {
  it("takes linear time and no stack on deep nesting and long lines", { timeout: 120_000 }, () => {
    const any = "[type.googleapis.com/google.protobuf.Any] {";
    const texts = [
      `custom_model_config { ${any.repeat(50_000)}${"}".repeat(50_001)}`,
      `custom_model_config { ${any.repeat(50_000)}`,
      "a {".repeat(100_000),
      "a: [".repeat(100_000),
      "}".repeat(100_000),
      `model_config_list { config { name: "${"x".repeat(1_000_000)}" } }`,
      `model_config_list { config { name: ${'"x" '.repeat(100_000)} } }`,
      `# ${"x".repeat(1_000_000)}`,
      '"\n'.repeat(100_000),
      "'\n\"\n".repeat(100_000),
      "a-".repeat(100_000),
      `a: 1${"0".repeat(500_000)}`,
      ", ".repeat(100_000),
      "model_config_lisst {} ".repeat(100_000),
      "model_config_list {} ".repeat(100_000),
      `model_config_list { ${"config { nmae: 5 } ".repeat(50_000)} }`,
    ];
    for (const text of texts) {
      const started = process.cpuUsage();
      checkText(text, { file: "f", message: models, schemas });
      cppVerdict(text, models, schemas);
      const { user, system } = process.cpuUsage(started);
      expect((user + system) / 1e6, text.slice(0, 40)).toBeLessThan(5);
    }
  });

  it("encodes an Any that is nested deep", () => {
    const any = "[type.googleapis.com/google.protobuf.Any] {";
    const text = `custom_model_config { ${any.repeat(20_000)}${"}".repeat(20_001)}`;
    const { message, errors } = read(parse(text), models, schemas);
    expect(errors).toEqual([]);
    expect(encode(message).length).toBeGreaterThan(20_000 * 41);
    expect(toPlain(message)).toHaveProperty("custom_model_config");
  });
});

describe("the rules", () => {
  it("fire on their bad examples alone, and on none of the good ones", () => {
    const kinds: Record<string, string> = {
      "batching_parameters.txt": batching,
      "models.config": models,
      "platform.config": "tensorflow.serving.PlatformConfigMap",
    };
    for (const { id, examples } of textProtoRules) {
      for (const [wanted, list] of [
        [[id], examples?.bad ?? []],
        [[], examples?.good ?? []],
      ] as const) {
        for (const { files } of list) {
          for (const [file, text] of Object.entries(files)) {
            const { diagnostics } = checkText(text, { file, message: kinds[file] ?? "", schemas });
            expect([...new Set(diagnostics.map((diagnostic) => diagnostic.rule))], text).toEqual(wanted);
          }
        }
      }
    }
  });
});
