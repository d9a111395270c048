import { checkSpecText, readSpec } from "@servable/config-schema";
import { LineIndex } from "@servable/diagnostics";
import { describe, expect, it } from "vitest";

/** `line:column rule message` of every finding. */
function report(text: string): string[] {
  const lines = new LineIndex(text);
  return checkSpecText(text, { file: "servable.yaml" }).map(({ rule, message, span }) => {
    const { line, column } = lines.position(span?.start ?? -1);
    return `${line}:${column} ${rule} ${message}`;
  });
}

describe("reading a spec", () => {
  it("takes the shortest one", () => {
    const { spec, diagnostics } = readSpec("models: [{ name: resnet, path: ./models }]\n", { file: "s" });
    expect(diagnostics).toEqual([]);
    expect(spec).toEqual({ models: [{ name: "resnet", path: "./models" }] });
  });

  it("takes JSON, also indented by tabs", () => {
    const text = JSON.stringify(
      { models: [{ name: "m", path: "p" }], batching: { maxBatchSize: 8 } },
      null,
      "\t",
    );
    const { spec, diagnostics } = readSpec(text, { file: "servable.json" });
    expect(diagnostics).toEqual([]);
    expect(spec?.batching).toEqual({ maxBatchSize: 8 });
  });

  it("takes a byte order mark and CRLF", () => {
    const { spec, diagnostics, locate } = readSpec("\ufeffmodels:\r\n  - name: m\r\n    path: p\r\n", {
      file: "s",
    });
    expect(diagnostics).toEqual([]);
    expect(spec?.models[0]?.path).toBe("p");
    const span = locate(["models", 0, "path"]);
    expect("\ufeffmodels:\r\n  - name: m\r\n    path: p\r\n".slice(span.start, span.end)).toBe("p");
  });

  it("keeps the digits of versions beyond 2^53", () => {
    const { spec, diagnostics } = readSpec(
      "models: [{ name: m, path: p, labels: { a: 9223372036854775807 }, versionPolicy: { specific: [9223372036854775807] } }]",
      { file: "s" },
    );
    expect(diagnostics).toEqual([]);
    expect(spec?.models[0]?.labels).toEqual({ a: "9223372036854775807" });
  });

  it("treats a key without a value as not given", () => {
    const { spec, diagnostics } = readSpec(
      "models: [{ name: m, path: p }]\nbatching:\n  # maxBatchSize: 8\n",
      { file: "s" },
    );
    expect(diagnostics).toEqual([]);
    expect(spec?.batching).toBeUndefined();
  });

  it("resolves anchors and aliases", () => {
    const text =
      "models:\n  - &base { name: a, path: ./a }\n  - { name: b, path: ./b, versionPolicy: &p { latest: 2 } }\n  - { name: c, path: ./c, versionPolicy: *p }\n";
    expect(readSpec(text, { file: "s" }).spec?.models[2]?.versionPolicy).toEqual({ latest: 2 });
  });

  it.each([
    ["", ["1:1 spec/wrong-type the spec is empty"]],
    ["# nothing\n", ["1:1 spec/wrong-type the spec is empty"]],
    ["[]", ["1:1 spec/wrong-type the spec is an empty list, expected a mapping"]],
    ["resnet\n", ['1:1 spec/wrong-type the spec is "resnet", expected a mapping']],
    ["batching: true\n", ["1:1 spec/missing-key models is missing"]],
    ["models: []\n", ["1:9 spec/invalid-value models is an empty list, expected at least one entry"]],
    [
      "models:\n  - name: m\n    pth: ./m\n",
      ['3:5 spec/unknown-key unknown key "pth" in models[0]; did you mean "path"'],
    ],
    [
      "models:\n  - nam: m\n    path: ./m\n",
      ['2:5 spec/unknown-key unknown key "nam" in models[0]; did you mean "name"'],
    ],
    [
      "models: [{ name: m, path: p, versionPolicy: { latst: 3 } }]\n",
      ['1:47 spec/unknown-key unknown key "latst" in models[0].versionPolicy; did you mean "latest"'],
    ],
    [
      "models: [{ name: 5, path: p }]\n",
      ['1:18 spec/wrong-type models[0].name is 5, expected text; write it in quotes: "5"'],
    ],
    [
      "models: [{ name: m, path: p }]\nports: { grpc: 70000, rest: yes }\n",
      [
        "2:16 spec/invalid-value ports.grpc is 70000, expected a whole number from 1 to 65535 or a mapping",
        '2:29 spec/wrong-type ports.rest is "yes", expected a whole number from 1 to 65535, false or a mapping',
      ],
    ],
    [
      "models: [{ name: m, path: p }]\nports: { grpc: { publishd: 1 } }\n",
      ['2:18 spec/unknown-key unknown key "publishd" in ports.grpc; did you mean "published"'],
    ],
    [
      'models: [{ name: m, path: p }]\nbatching:\n  maxBatchSize: "12"\n  batchTimeoutMicros: -1\n  allowedBatchSizes: [0]\n',
      [
        '3:17 spec/wrong-type batching.maxBatchSize is "12", expected a whole number from 1 to 2147483647',
        "4:23 spec/invalid-value batching.batchTimeoutMicros is -1, expected a whole number from 0",
        "5:23 spec/invalid-value batching.allowedBatchSizes[0] is 0, expected a whole number from 1 to 2147483647",
      ],
    ],
    [
      "models: [{ name: m, path: p }]\nserver: { version: 2.20, image: cpuu }\n",
      [
        '2:20 spec/wrong-type server.version is 2.20, expected text; write it in quotes: "2.20"',
        '2:33 spec/invalid-value server.image is "cpuu" and must be cpu, gpu, or an image reference such as registry/name:tag',
      ],
    ],
    [
      "models: [{ name: m, path: p }]\nserver: { version: '2.17' }\n",
      ['2:20 spec/invalid-value server.version is "2.17" and must be a full version such as 2.17.1'],
    ],
    [
      "models: [{ name: m, path: p, versionPolicy: lates }]\n",
      [
        '1:45 spec/wrong-type models[0].versionPolicy is "lates", expected all, latest or a mapping; did you mean "latest"',
      ],
    ],
    [
      "models: [{ name: m, path: p, labels: { stable: 9223372036854775808 } }]\n",
      [
        '1:48 spec/invalid-value models[0].labels.stable is "9223372036854775808" and must be at most 9223372036854775807',
      ],
    ],
    [
      "models: [\n",
      ["2:1 spec/syntax flow sequence in block collection must be sufficiently indented and end with a ]"],
    ],
    [
      "models: [{ name: m, path: p }]\nmodels: []\n",
      ['2:1 spec/duplicate-key key "models" is given twice in one mapping'],
    ],
    ["a: &x [*x]\n", ["1:8 spec/syntax alias *x holds itself"]],
    ["a: *nothing\n", ["1:4 spec/syntax alias *nothing has no anchor"]],
    ["? [a]\n: b\n", ["1:3 spec/syntax a key must be plain text"]],
    ["__proto__: { models: 1 }\n", ["1:1 spec/syntax the key __proto__ cannot be used"]],
  ])("points into %j", (text, expected) => {
    expect(report(text)).toEqual(expected);
  });

  it("checks each profile as laid over the base, and says which", () => {
    const text = [
      "models: [{ name: m, path: p }]",
      "profiles:",
      "  fast:",
      "    batching: { maxBatchSize: 0 }",
      "    modles: []",
      "  more:",
      "    models: [{ name: n }]",
    ].join("\n");
    expect(report(text)).toEqual([
      "4:31 spec/invalid-value batching.maxBatchSize is 0, expected a whole number from 1 to 2147483647 (profile fast)",
      '5:5 spec/unknown-key unknown key "modles" in the spec; did you mean "models" (profile fast)',
    ]);
    expect(
      report(text.replace("maxBatchSize: 0", "maxBatchSize: 1").replace("    modles: []\n", "")),
    ).toEqual(['6:22 spec/model-has-one-source model "n" has neither path nor uri']);
  });

  it("ends in a diagnostic for alias bombs, deep nesting and huge files", () => {
    const bomb = `a0: &a0 [x, x]\n${Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join("\n")}\n`;
    expect(report(bomb)[0]).toMatch(/more than 200000 entries/);
    expect(report("[".repeat(50_000))[0]).toMatch(/nested deeper/);
    expect(report("- ".repeat(5000))[0]).toMatch(/nested deeper/);
    expect(
      report(Array.from({ length: 3000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"))[0],
    ).toMatch(/nested deeper/);
    expect(report("a: x\n---\nb: y\n")[0]).toMatch(/^2:1 spec\/syntax a second YAML document begins here/);
    expect(report(`models: ${"[".repeat(200)}${"]".repeat(200)}`)[0]).toMatch(
      /nested deeper than 100 levels/,
    );
    expect(report("#".repeat(9 * 1024 * 1024))[0]).toMatch(/characters, more than/);
  });
});
