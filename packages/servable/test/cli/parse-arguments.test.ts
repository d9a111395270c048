import { describe, expect, it } from "vitest";
import { defineCommand } from "../../src/cli/command.ts";
import { parseArguments } from "../../src/cli/parse-arguments.ts";

const command = defineCommand({
  name: "try",
  summary: "",
  description: "",
  positionals: [{ name: "PATH", help: "a path" }],
  options: [
    { name: "format", value: "F", choices: ["pretty", "json"], help: "" },
    { name: "out", value: "DIR", help: "" },
    { name: "image", value: "I", repeatable: true, help: "" },
    { name: "yes", short: "y", help: "" },
  ],
  passthrough: "TFS_FLAGS",
  examples: [],
  run: async () => 0,
});

describe("parseArguments", () => {
  it("reads values, switches, positionals and what follows --", () => {
    const args = parseArguments(command, [
      "a b",
      "--format=json",
      "--out",
      "-",
      "-y",
      "--image",
      "x",
      "--image=y=z",
      "--",
      "--port=1",
    ]);
    expect(args.positionals).toEqual(["a b"]);
    expect([args.get("format"), args.get("out"), args.has("yes"), args.all("image")]).toEqual([
      "json",
      "-",
      true,
      ["x", "y=z"],
    ]);
    expect(args.passthrough).toEqual(["--port=1"]);
  });
  it("takes what follows -- for names where there is no other command line to hand on", () => {
    const { passthrough: _, ...plain } = command;
    const named = parseArguments(plain, ["--yes", "--", "-odd"]);
    expect(named).toMatchObject({ positionals: ["-odd"], passthrough: undefined });
    expect(() => parseArguments(plain, ["--", "--yes", "b"])).toThrow('unexpected argument "b"');
  });
  it.each([
    [["--fromat", "json"], "unknown option --fromat, did you mean --format?"],
    [["--format", "jsn"], '--format cannot be "jsn", did you mean "json"?'],
    [["--out"], "--out wants a value: --out DIR"],
    [["--out", "--yes"], "--out wants a value: --out DIR"],
    [["--yes=1"], "--yes takes no value"],
    [["a", "b"], 'unexpected argument "b"'],
    [["--out=a", "--out=b"], "--out is given twice"],
  ])("%j: %s", (argv, message) => {
    expect(() => parseArguments(command, argv)).toThrow(message);
  });
});
