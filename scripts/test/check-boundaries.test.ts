import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf } from "../boundaries/imports-of.mjs";
import { readAllowed } from "../boundaries/read-workspace.mjs";
import { cyclesOf, findViolations } from "../boundaries/violations.mjs";
import { checkBoundaries } from "../check-boundaries.mjs";

const TABLE = `
| package | what it holds | may import |
|---|---|---|
| \`base\` | x | nothing |
| \`middle\` | x | \`base\` |
| \`app\` | x | \`base\`, \`middle\` |
`;

interface FakeFile {
  path: string;
  imports: { specifier: string; typeOnly: boolean; lazy?: boolean }[];
}

function workspace(middle: FakeFile[], manifest: Record<string, unknown> = {}) {
  const make = (shortName: string, files: FakeFile[], extra: Record<string, unknown> = {}) => ({
    folder: `packages/${shortName}`,
    shortName,
    manifest: { name: `@x/${shortName}`, exports: { ".": "./src/index.ts" }, ...extra },
    references: shortName === "middle" ? ["packages/base"] : [],
    files: files.map((file) => ({ ...file, inSource: file.path.includes("/src/") })),
  });
  return {
    packages: [
      make("base", []),
      make("middle", middle, { dependencies: { "@x/base": "1" }, ...manifest }),
      make("app", []),
    ],
    rootReferences: ["packages/base", "packages/middle", "packages/app"],
    allowed: readAllowed(TABLE),
    exists: () => true,
  };
}

const imports = (specifier: string, typeOnly = false) => [{ specifier, typeOnly }];

describe("readAllowed", () => {
  it("reads the table, with its shorthands", () => {
    const allowed = readAllowed(`${TABLE}| \`cli\`, \`other\` | x | everything |\n`);
    expect(allowed.get("base")).toEqual(new Set());
    expect(allowed.get("app")).toEqual(new Set(["base", "middle"]));
    expect(allowed.get("other")).toBe("everything");
  });
});

describe("importsOf", () => {
  it.each([
    ['import { a } from "x";', [{ specifier: "x", typeOnly: false }]],
    ['import type { A } from "x";', [{ specifier: "x", typeOnly: true }]],
    ['import { type A, type B } from "x";', [{ specifier: "x", typeOnly: true }]],
    ['import {\n  a,\n  type B,\n} from "./y.ts";', [{ specifier: "./y.ts", typeOnly: false }]],
    [
      'export * from "x";\nexport type { A } from "y";',
      [
        { specifier: "x", typeOnly: false },
        { specifier: "y", typeOnly: true },
      ],
    ],
    ['import "x";', [{ specifier: "x", typeOnly: false }]],
    ['const a = await import("x");', [{ specifier: "x", typeOnly: false, lazy: true }]],
    ['let a: import("x").Name;', [{ specifier: "x", typeOnly: true, lazy: true }]],
    ['// import { a } from "x";\n/* import "y"; */', []],
    ['const text = "http://example.com"; // import "z"', []],
  ])("%j", (text, expected) => {
    expect(importsOf(text)).toEqual(expected);
  });
});

describe("findViolations", () => {
  it("accepts what the table allows", () => {
    expect(
      findViolations(workspace([{ path: "packages/middle/src/a.ts", imports: imports("@x/base") }])),
    ).toEqual([]);
  });

  it.each([
    ["against the table", "@x/app", "middle may not import app"],
    ["a deep import", "@x/base/src/index.ts", "is not among the exports of @x/base"],
    ["a path out of the package", "../../base/src/index.ts", "leaves packages/middle"],
    ["a path out of src", "../test/help.ts", "leaves packages/middle/src"],
  ])("reports %s", (_, specifier, expected) => {
    const found = findViolations(
      workspace([{ path: "packages/middle/src/a.ts", imports: imports(specifier) }]),
    );
    expect(found.join("\n")).toContain(expected);
  });

  it("reports an undeclared import and a missing reference", () => {
    const given = workspace([{ path: "packages/middle/src/a.ts", imports: imports("@x/base") }], {
      dependencies: {},
    });
    (given.packages[1] as { references: string[] }).references = [];
    expect(findViolations(given)).toEqual([
      "packages/middle/src/a.ts: imports @x/base, which packages/middle/package.json lacks in dependencies",
      "packages/middle/tsconfig.json: no reference to packages/base, imported by packages/middle/src/a.ts",
    ]);
  });

  it("reports files in a circle of values, not of types", () => {
    const a = "packages/middle/src/a.ts";
    const b = "packages/middle/src/b.ts";
    const circle = (typeOnly: boolean) =>
      findViolations(
        workspace([
          { path: a, imports: imports("./b.ts") },
          { path: b, imports: imports("./a.ts", typeOnly) },
        ]),
      );
    expect(circle(false)).toEqual([`files in a circle: ${a} -> ${b} -> ${a}`]);
    expect(circle(true)).toEqual([]);
  });

  it("finds cycles of any length", () => {
    const edges = new Map([
      ["a", new Set(["b"])],
      ["b", new Set(["c"])],
      ["c", new Set(["a", "d"])],
      ["d", new Set<string>()],
    ]);
    expect(cyclesOf(edges)).toEqual([["a", "b", "c", "a"]]);
  });
});

it("this repository keeps its boundaries", () => {
  expect(checkBoundaries(resolve(import.meta.dirname, "..", ".."))).toEqual([]);
});
