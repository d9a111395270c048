import { applyFixes } from "@servable/diagnostics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkManifest } from "../src/manifests.ts";
import { checkTextProto, detectKind, type TextProtoKind, textProtoKinds } from "../src/text-proto.ts";

const ids = (text: string, file = "models.config"): string[] =>
  checkTextProto(text, { file })
    .filter(({ severity }) => severity !== "info")
    .map(({ rule, severity }) => `${severity} ${rule}`);

const model = (rest: string): string =>
  `model_config_list {\n  config {\n    name: "a"\n    base_path: "/m/a"\n    model_platform: "tensorflow"\n${rest}  }\n}\n`;

describe("detectKind", () => {
  it.each<[string, string, TextProtoKind | undefined]>([
    ["batching_parameters.txt", "", "batching-parameters"],
    ["m/1/batching_params.pbtxt", "", "per-model-batching"],
    ["models.config", "", "model-server-config"],
    ["serving/monitoring.config", "", "monitoring-config"],
    ["ssl.config", "", "ssl-config"],
    ["platform.config", "", "platform-config"],
    ["x.pbtxt", "max_batch_size { value: 8 }", "batching-parameters"],
    ["x.txt", "# comment\nmodel_config_list {\n}", "model-server-config"],
    ["x.pbtxt", "prometheus_config { enable: true }", "monitoring-config"],
    ["x.pbtxt", 'server_key: "a"', "ssl-config"],
    ["x.pbtxt", 'platform_configs { key: "tensorflow" }', "platform-config"],
    ["x.txt", "modelConfigList { config { } }", "model-server-config"],
    ["x.pbtxt", "# proto-message: tensorflow.serving.MonitoringConfig\n", "monitoring-config"],
    ["my-batching.txt", "", "batching-parameters"],
    ["README.md", "max batch size", undefined],
    ["notes.txt", "buy: milk", undefined],
    ["saved_model.pbtxt", "saved_model_schema_version: 1", undefined],
  ])("%s", (file, text, kind) => expect(detectKind(file, text)).toBe(kind));
});

describe("checkTextProto", () => {
  it("finds one mistake a line in a config with three", () => {
    const text = model("    model_version_policy { specific { versions: 010 } }\n")
      .replace('"/m/a"', '"models/a"')
      .replace('"tensorflow"', '"TensorFlow"');
    expect(ids(text)).toEqual([
      "error model-config/base-path-absolute",
      "error model-config/platform-known",
      "error text-proto/decimal-numbers",
    ]);
  });
  it("tells one mistake once, and nothing about what it made unreadable", () => {
    for (const [file, text] of [
      [
        "models.config",
        'model_config_list { config { name: "a" base_path: "/m/a" model_platfrom: "tensorflow" } }',
      ],
      [
        "models.config",
        'model_config_list { config { name: "a" base_pth: "/m/a" model_platform: "tensorflow" } }',
      ],
      [
        "models.config",
        'model_config_lst { config { name: "a" base_path: "/m/a" model_platform: "tensorflow" } }',
      ],
      ["batching_parameters.txt", "max_batch_size: 128\nallowed_batch_sizes: [8, 128]\n"],
      ["batching_parameters.txt", "max_batch_size { valu: 128 }\nallowed_batch_sizes: [8, 128]\n"],
      [
        "batching_parameters.txt",
        "enable_large_batch_splitting: true\nmax_execution_batch_size { value: 8 }\n",
      ],
      ["monitoring.config", "prometheus_config { enabled: true }"],
      ["batching_parameters.txt", "num_batch_thread { value: 4 }"],
    ] as const) {
      expect(ids(text, file), text).toHaveLength(1);
    }
  });
  it("is silent about a plain config", () => {
    expect(ids(model(""))).toEqual([]);
  });
  it("applies all safe fixes until none is left, and keeps comments", () => {
    const text =
      "# sizes\nmax_batch_size: 8 # rows\nallowed_batch_sizes: [4, 2] # unsorted\nnum_batch_threads { value: 04 }\n";
    let fixed = text;
    for (let pass = 0; pass < 8; pass++) {
      const next = applyFixes(fixed, checkTextProto(fixed, { file: "batching_parameters.txt" })).text;
      if (next === fixed) break;
      fixed = next;
    }
    expect(fixed).toBe(
      "# sizes\nmax_batch_size { value: 8 } # rows\nallowed_batch_sizes: [2, 4, 8] # unsorted\nnum_batch_threads { value: 4 }\n",
    );
    expect(ids(fixed, "batching_parameters.txt")).toEqual([]);
  });
  it("adds a size in the form of the others", () => {
    const fixed = (text: string): string =>
      applyFixes(text, checkTextProto(text, { file: "batching_parameters.txt" })).text;
    expect(fixed("max_batch_size { value: 8 }\n  allowed_batch_sizes: 4; # four\n# end\n")).toBe(
      "max_batch_size { value: 8 }\n  allowed_batch_sizes: 4; # four\n  allowed_batch_sizes: 8\n# end\n",
    );
    expect(fixed("max_batch_size { value: 8 } allowed_batch_sizes: 4")).toBe(
      "max_batch_size { value: 8 } allowed_batch_sizes: 4 allowed_batch_sizes: 8",
    );
    expect(fixed("max_batch_size { value: 8 }\r\nallowed_batch_sizes: 4\r\n")).toBe(
      "max_batch_size { value: 8 }\r\nallowed_batch_sizes: 4\r\nallowed_batch_sizes: 8\r\n",
    );
    expect(fixed("max_batch_size { value: 8 }\nallowed_batch_sizes: [1, 4] # two\n")).toBe(
      "max_batch_size { value: 8 }\nallowed_batch_sizes: [1, 4, 8] # two\n",
    );
  });
  it("obeys a suppression with a reason, reports one without or one that is unused", () => {
    const zero = "num_batch_threads { value: 0 }\n";
    const comment = (rest: string): string[] =>
      ids(`# servable-disable-next-line ${rest}\n${zero}`, "batching_parameters.txt");
    expect(comment("batching/threads-positive -- on purpose")).toEqual([]);
    expect(comment("batching/threads-positive")).toEqual([
      "warning suppression/has-reason",
      "error batching/threads-positive",
    ]);
    expect(comment("batching/threads-positive, text-proto/syntax -- two")).toEqual([
      "warning suppression/used",
    ]);
    expect(comment("no/such -- x")).toEqual(["warning suppression/used", "error batching/threads-positive"]);
    expect(comment("")).toEqual(["warning suppression/has-reason", "error batching/threads-positive"]);
  });
  it("knows what older servers do", () => {
    const at = (tfsVersion: string, text: string): string[] =>
      checkTextProto(text, { file: "batching_parameters.txt", tfsVersion })
        .filter(({ severity }) => severity !== "info")
        .map(({ rule, severity }) => `${severity} ${rule}`);
    const last = "max_batch_size { value: 8 }\nallowed_batch_sizes: [1, 4]\n";
    expect(at("2.17.1", last)).toEqual(["error batching/allowed-sizes-end-at-max"]);
    expect(at("2.8.0", last)).toEqual(["warning batching/allowed-sizes-end-at-max"]);
    expect(at("2.3.0", "enable_large_batch_splitting { value: false }\n")).toEqual([
      "error text-proto/field-since",
    ]);
  });
  it("never throws, and keeps spans inside the text, on any text of any kind", () => {
    const piece = fc.constantFrom(
      "model_config_list",
      "config",
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      ";",
      "<",
      ">",
      "\n",
      " ",
      "#",
      '"',
      "'",
      "\\",
      "0x",
      "07",
      "-1",
      "9223372036854775808",
      "max_batch_size",
      "value",
      "allowed_batch_sizes",
      "num_batch_threads",
      "version_labels",
      "key",
      "name",
      "base_path",
      "model_platform",
      "tensorflow",
      "platform_configs",
      "source_adapter_config",
      "[type.googleapis.com/tensorflow.serving.SavedModelBundleSourceAdapterConfig]",
      "legacy_config",
      "batching_parameters",
      "prometheus_config",
      "enable",
      "path",
      "server_key",
      "-----BEGIN PRIVATE KEY-----",
      "specific",
      "versions",
      "latest",
      "# servable-disable-next-line ",
      " -- ",
      "\u{1f600}",
      "\udc80",
      "true",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(piece, { maxLength: 60 }).map((parts) => parts.join(" ")),
      fc.array(piece, { maxLength: 60 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(...textProtoKinds), (input, kind) => {
        for (const { span, message, rule } of checkTextProto(input, { file: "x", kind })) {
          expect(message, rule).not.toMatch(/\.$/);
          if (span === undefined) continue;
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          expect(span.end).toBeLessThanOrEqual(input.length);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("suppression comments", () => {
  const told = (text: string) =>
    checkTextProto(text, { file: "batching_parameters.txt" })
      .filter(({ severity }) => severity !== "info")
      .map(({ rule }) => rule);
  it.each([
    "# servable-disable-line batching/threads-positive -- x",
    "# servable-ignore batching/threads-positive",
    "# servable: ignore",
    "# servable-disable batching/threads-positive -- x",
  ])("of another form are reported: %s", (comment) => {
    expect(told(`num_batch_threads { value: 0 } ${comment}\n`)).toContain("suppression/known-form");
  });
  it("are not seen in other words", () => {
    expect(told("num_batch_threads { value: 4 } # made by servable, disable batching here\n")).toEqual([]);
  });
  it("cover a command that goes on over several lines", () => {
    const script = (comment: string): string =>
      `${comment}\ntensorflow_model_server --model_base_path=gs://b/m \\\r\n  --file_system_poll_wait_seconds=60 \\\n  --enable_bacthing=true\n`;
    const of = (comment: string) =>
      checkManifest(script(comment), { file: "run.sh", path: "/run.sh", cwd: "/" })
        .diagnostics.filter(({ severity }) => severity !== "info")
        .map(({ rule }) => rule);
    expect(of("# start")).toEqual(["flags/known-name"]);
    expect(of("# servable-disable-next-line flags/known-name -- our fork has it")).toEqual([]);
  });
});
