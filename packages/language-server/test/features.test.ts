import { fieldDocs } from "@servable/protos/field-docs";
import { schemas } from "@servable/protos/text-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { languageOf } from "../src/documents.ts";

/** Splits `a|b` into the text and the offset of the bar. */
function at(marked: string): [text: string, offset: number] {
  const offset = marked.indexOf("|");
  return [marked.slice(0, offset) + marked.slice(offset + 1), offset];
}

const offers = (file: string, marked: string): string[] => {
  const [text, offset] = at(marked);
  return (languageOf(file, text)?.complete(text, offset) ?? []).map(({ label }) => label);
};
const hover = (file: string, marked: string): string | undefined => {
  const [text, offset] = at(marked);
  return languageOf(file, text)?.hover(text, offset)?.markdown;
};

describe("completion in text protos", () => {
  it("offers the fields that are not set yet", () => {
    const labels = offers(
      "batching_parameters.txt",
      "max_batch_size { value: 8 }\n|\nallowed_batch_sizes: 8\n",
    );
    expect(labels).toContain("batch_timeout_micros");
    expect(labels).toContain("allowed_batch_sizes");
    expect(labels).not.toContain("max_batch_size");
  });
  it("knows the message that the cursor is in", () => {
    expect(offers("models.config", 'model_config_list { config { name: "a" | } }')).toEqual([
      "base_path",
      "model_type",
      "model_platform",
      "model_version_policy",
      "version_labels",
      "logging_config",
    ]);
    expect(offers("models.config", "model_config_list { config { model_version_policy { | ").sort()).toEqual([
      "all",
      "latest",
      "specific",
    ]);
    expect(
      offers("models.config", "model_config_list { config { model_version_policy { all {} | } } }"),
    ).toEqual([]);
  });
  it("offers enum values, bools and the one platform", () => {
    expect(offers("models.config", "model_config_list { config { model_type: | } }")).toContain("TENSORFLOW");
    expect(offers("batching_parameters.txt", "pad_variable_length_inputs: |")).toEqual(["true", "false"]);
    expect(offers("models.config", "model_config_list { config { model_platform: | } }")).toEqual([
      '"tensorflow"',
    ]);
  });
  it("offers nothing in comments and strings", () => {
    expect(offers("models.config", "# mod|")).toEqual([]);
    expect(offers("models.config", 'model_config_list { config { name: "a|" } }')).toEqual([]);
  });
  it("replaces the word that was begun, and writes wrappers as wrappers", () => {
    const [text, offset] = at("max_b|");
    const offer = languageOf("batching_parameters.txt", text)
      ?.complete(text, offset)
      .find(({ label }) => label === "max_batch_size");
    expect(offer).toMatchObject({ start: 0, end: 5, snippet: "max_batch_size { value: ${1} }" });
  });
});

describe("hover", () => {
  it("gives meaning, unit and default", () => {
    expect(hover("batching_parameters.txt", "batch_time|out_micros { value: 1 }")).toMatchInlineSnapshot(`
      "**batch_timeout_micros** \`Int64Value\` of \`BatchingParameters\`

      How long the first request of a batch waits for others before the batch is run anyway. The scheduler looks once a millisecond. A negative value kills the server.

      Unit: microseconds.

      Not set: 0."
    `);
  });
  it("is silent on values", () => {
    expect(hover("batching_parameters.txt", "batch_timeout_micros { value: 1|2 }")).toBeUndefined();
  });
});

describe("the spec", () => {
  it("offers sections, keys of models, and values", () => {
    expect(offers("servable.yaml", "mod|")).toContain("models");
    const keys = offers("servable.yaml", "models:\n  - name: a\n    |\n");
    expect(keys).toContain("path");
    expect(keys).toContain("versionPolicy");
    expect(keys).not.toContain("models");
    expect(offers("servable.yaml", "batching:\n  padVariableLengthInputs: |\n")).toEqual(["true", "false"]);
    expect(offers("servable.yaml", "profiles:\n  fast:\n    batching:\n      |\n")).toContain("maxBatchSize");
  });
  it("knows items that begin on the next line, flow collections, quoted keys and JSON", () => {
    expect(offers("servable.yaml", "models:\n  -\n    |\n")).toContain("path");
    expect(offers("servable.yaml", "models: [{ name: a, | }]\n")).toContain("path");
    expect(offers("servable.yaml", "models:\n  - { name: a, batching: { | } }\n")).toContain("maxBatchSize");
    expect(offers("servable.yaml", "models: # {\n  - 'name': a\n    |\n")).toContain("path");
    expect(offers("servable.yaml", "models:\n  - name: 'it''s {'\n    |\n")).toContain("path");
    expect(offers("servable.yaml", "batching: { padVariableLengthInputs: | }\n")).toEqual(["true", "false"]);
    expect(offers("servable.yaml", "batching: { allowedBatchSizes: [|] }\n")).toEqual([]);
    expect(hover("servable.yaml", '"models":\n  - "na|me": a\n')).toContain("**name**");
    expect(hover("servable.json", '{"models": [{"na|me": "a"}]}')).toContain("**name**");
    expect(offers("servable.json", '{\n  "models": [\n    { "name": "a", "|" }\n  ]\n}')).toContain("path");
    const text = '{ "models": [{ }] }';
    const offer = languageOf("servable.json", text)
      ?.complete(text, 14)
      .find(({ label }) => label === "name");
    expect(offer?.snippet).toBe('"name": ');
  });
  it("says unit, range and what holds where a key is not set", () => {
    expect(hover("servable.yaml", "batching:\n  batchTime|outMicros: 1\n")).toMatchInlineSnapshot(`
      "**batchTimeoutMicros** \`integer\`

      how long an open batch waits for more requests, in microseconds; 0 sends what is there

      At least 0.

      Written as \`batch_timeout_micros\` into the batching parameters.

      Unit: microseconds.

      Not set: 0."
    `);
    expect(hover("servable.yaml", "profiles:\n  fast:\n    batching:\n      maxBatch|Size: 1\n")).toContain(
      "Not set: ",
    );
    expect(hover("servable.yaml", "ports:\n  gr|pc: 1\n")).toContain("From 1 to 65535.");
  });
  it("says what a key means", () => {
    expect(hover("servable.yaml", "models:\n  - na|me: a\n    path: ./a\n")).toContain("**name**");
  });
});

describe("documents", () => {
  it("are told by name or content", () => {
    expect(languageOf("/x/README.md", "# hello")).toBeUndefined();
    expect(languageOf("/x/compose.yaml", "services: {}")).toBeUndefined();
    expect(languageOf("/x/servable.yaml", "")).toBeDefined();
    expect(languageOf("/x/any.txt", "model_config_list {}")).toBeDefined();
  });
  it("format without changing what does not parse", () => {
    const language = languageOf("models.config", "");
    expect(language?.format("model_config_list{config{name:'a'}}")).toBe(
      'model_config_list { config { name: "a" } }\n',
    );
    expect(language?.format("model_config_list {")).toBeUndefined();
  });
  it("never throw, whatever is typed wherever", () => {
    const piece = fc.constantFrom(
      "model_config_list",
      "config",
      "{",
      "}",
      "<",
      ">",
      "[",
      "]",
      ":",
      "name",
      '"a"',
      "#x\n",
      "\n",
      " ",
      "1",
      "-",
      ",",
      "models",
      "- ",
      "é",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.nat(200),
        fc.constantFrom("models.config", "servable.yaml"),
        (pieces, where, file) => {
          const text = pieces.join("");
          const offset = Math.min(where, text.length);
          const language = languageOf(file, text);
          language?.complete(text, offset);
          language?.hover(text, offset);
          language?.diagnostics(text);
          language?.format(text);
        },
      ),
      { numRuns: 300, examples: [[["\n", "models"], 3, "servable.yaml"]] },
    );
  });
});

describe("field docs", () => {
  const short = (name: string): string => name.slice(name.lastIndexOf(".") + 1);
  const known = new Set(
    Object.values(schemas.messages).flatMap(({ name, fields }) =>
      fields.map((field) => `${short(name)}.${field.name}`),
    ),
  );
  it("speak of fields that exist", () => {
    expect(Object.keys(fieldDocs).filter((key) => !known.has(key))).toEqual([]);
  });
  it.each([
    "BatchingParameters",
    "ModelServerConfig",
    "ModelConfigList",
    "ModelConfig",
    "MonitoringConfig",
    "PrometheusConfig",
    "SSLConfig",
    "PlatformConfigMap",
    "PlatformConfig",
  ])("cover every field of %s", (message) => {
    expect([...known].filter((key) => key.startsWith(`${message}.`) && fieldDocs[key] === undefined)).toEqual(
      [],
    );
  });
});
