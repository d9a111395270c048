import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flagsOf, flagTable, parseServerFlags, supportedVersions } from "../src/index.ts";

const parse = (argv: readonly string[], version = "2.17.1") => parseServerFlags(argv, version, { cpus: 2 });

describe("flag table", () => {
  it("has the number of flags that each release registers", () => {
    const counts: Record<string, number> = {
      "1.13.0": 25,
      "2.0.0": 29,
      "2.4.0": 30,
      "2.8.0": 42,
      "2.11.0": 43,
      "2.13.0": 43,
      "2.15.1": 46,
      "2.17.1": 46,
      "2.18.0": 47,
      "2.19.0": 48,
      "2.20.0": 48,
    };
    for (const [version, count] of Object.entries(counts)) {
      expect(flagsOf(version).length, version).toBe(count);
    }
  });
  it("names each flag once", () => {
    expect(new Set(flagTable.map((flag) => flag.name)).size).toBe(flagTable.length);
  });
});

describe("parseServerFlags", () => {
  it("takes only --name=value; other forms are unknown arguments and the server starts", () => {
    const argv = ["--port", "8500", "-port=1", "--rest-api-port=2", "--prot=3", "", "rest_api_port=1"];
    const parsed = parse(argv);
    expect(parsed.unknown.map((argument) => argument.text)).toEqual(argv);
    expect(parsed.action).toBe("start");
    expect(parsed.int("port")).toBe(8500);
    expect(parsed.given("port")).toBeUndefined();
  });
  it("lets the last of repeated flags win", () => {
    const parsed = parse(["--port=1", "--port=2"]);
    expect(parsed.int("port")).toBe(2);
    expect(parsed.given("port")?.index).toBe(1);
    expect(parsed.settings).toHaveLength(2);
  });
  it("turns a bool on when its value is a separate argument", () => {
    const parsed = parse(["--enable_model_warmup", "false"]);
    expect(parsed.bool("enable_model_warmup")).toBe(true);
    expect(parsed.unknown.map((argument) => argument.text)).toEqual(["false"]);
  });
  it.each([
    // value, 2.10, 2.13, 2.17 ("bad" or the value)
    ["=true", true, true, true],
    ["", true, true, true],
    ["=false", false, false, false],
    ["=TRUE", "=TRUE", true, true],
    ["=False", "=False", false, false],
    ["=1", "=1", "=1", true],
    ["=0", "=0", "=0", false],
    ["=yes", "=yes", "=yes", "yes"],
    ["=", "=", "=", ""],
    ["=t", "=t", "=t", "t"],
    ["_parameters_file=x", "_parameters_file=x", "_parameters_file=x", undefined],
    [" =true", " =true", " =true", undefined],
  ])("reads --enable_batching%s by version", (suffix, ...expected) => {
    ["2.10.0", "2.13.0", "2.17.1"].forEach((version, index) => {
      const parsed = parse([`--enable_batching${suffix}`], version);
      const want = expected[index];
      if (typeof want === "boolean") expect(parsed.bool("enable_batching")).toBe(want);
      else if (want === undefined) expect(parsed.unknown).toHaveLength(1);
      else expect(parsed.bad.map((value) => value.text)).toEqual([want]);
    });
  });
  it.each<[string, number | undefined]>([
    ["8500", 8500],
    [" 8500", 8500],
    ["+8500", 8500],
    ["-1", -1],
    ["010", 10],
    ["4294967304", 8],
    ["2147483648", -2147483648],
    ["99999999999999999999", -1],
    ["-99999999999999999999", 0],
    ["0x10", undefined],
    ["8500 ", undefined],
    ["1e3", undefined],
    ["", undefined],
    ["8500,", undefined],
    ["- 1", undefined],
  ])("reads --port=%s as the C library does", (text, want) => {
    const parsed = parse([`--port=${text}`]);
    if (want === undefined) {
      expect(parsed.action).toBe("usage");
      expect(parsed.bad[0]?.log).toBe(`Couldn't interpret value ${text} for flag port.`);
    } else expect(parsed.int("port")).toBe(want);
  });
  it.each<[string, number | undefined]>([
    ["0.5", 0.5],
    ["5.", 5],
    [".5", 0.5],
    ["1e3", 1000],
    ["0x1p3", 8],
    ["0x.8", 0.5],
    ["inf", Number.POSITIVE_INFINITY],
    ["-inf", Number.NEGATIVE_INFINITY],
    ["nan", Number.NaN],
    ["50%", undefined],
    ["0,5", undefined],
    ["", undefined],
    [".", undefined],
    ["1e", undefined],
  ])("reads --per_process_gpu_memory_fraction=%s", (text, want) => {
    const parsed = parse([`--per_process_gpu_memory_fraction=${text}`]);
    if (want === undefined) expect(parsed.bad).toHaveLength(1);
    else expect(parsed.float("per_process_gpu_memory_fraction")).toBe(want);
  });
  it("keeps int64 values whole", () => {
    expect(parse(["--load_retry_interval_micros=9007199254740993"]).int64("load_retry_interval_micros")).toBe(
      9007199254740993n,
    );
    expect(parse([]).int64("load_retry_interval_micros")).toBe(60_000_000n);
  });
  it("stops at --", () => {
    const parsed = parse(["--port=1", "--", "--port=2"]);
    expect(parsed.int("port")).toBe(1);
    expect(parsed.unknown).toEqual([
      { index: 1, text: "--", afterDoubleDash: true },
      { index: 2, text: "--port=2", afterDoubleDash: true },
    ]);
  });
  it("shows the usage only where --help is the first unknown argument", () => {
    expect(parse(["--port=1", "--help"]).action).toBe("usage");
    for (const argv of [["--foo", "--help"], ["-h"], ["-help"], ["--help=true"], ["--", "--help"]]) {
      expect(parse(argv).action).toBe("start");
    }
  });
  it("shows the version after parsing", () => {
    expect(parse(["--version"]).action).toBe("version");
    expect(parse(["--version", "--foo"]).action).toBe("version");
    expect(parse(["--version", "--port=abc"]).action).toBe("usage");
    expect(parse(["--version=false"]).action).toBe("start");
  });
  it("does not know a flag before its release nor after its removal", () => {
    expect(parse(["--grpc_max_threads=2"], "2.4.0").unknown).toHaveLength(1);
    expect(parse(["--use_tflite_model=true"], "2.2.0").bool("use_tflite_model")).toBe(true);
    expect(parse(["--use_tflite_model=true"], "2.3.0").unknown).toHaveLength(1);
  });
  it("computes defaults from the CPUs", () => {
    expect(parse([]).int("rest_api_num_threads")).toBe(8);
    expect(parse([]).int("num_tflite_pools")).toBe(2);
  });
  it("accounts for every argument once, on any input", () => {
    const name = fc.constantFrom(...flagTable.map((flag) => flag.name));
    const argument = fc.oneof(
      fc.string(),
      fc.tuple(name, fc.string()).map(([flag, value]) => `--${flag}${value}`),
      fc.tuple(name, fc.string()).map(([flag, value]) => `--${flag}=${value}`),
    );
    fc.assert(
      fc.property(fc.array(argument), fc.constantFrom(...supportedVersions), (argv, version) => {
        const parsed = parseServerFlags(argv, version);
        const seen = [...parsed.settings, ...parsed.unknown, ...parsed.bad].map((item) => item.index);
        expect(seen.sort((a, b) => a - b)).toEqual(argv.map((_, index) => index));
      }),
    );
  });
});
