import { applyFixes, type Diagnostic, LineIndex, nearest, sortDiagnostics } from "@servable/diagnostics";
import {
  printable,
  type Report,
  renderGithub,
  renderJson,
  renderJunit,
  renderPretty,
  renderSarif,
  xmlText,
} from "@servable/diagnostics/render";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const text = 'a: 1\nb: "𝒳" wrong\n\tc: 3\n';
const diagnostic: Diagnostic = {
  rule: "batching/example",
  severity: "error",
  message: "b is wrong",
  help: "the server refuses it; remove it",
  file: "conf/batching.txt",
  span: { start: text.indexOf("wrong"), end: text.indexOf("wrong") + 5 },
  fix: {
    title: "remove it",
    safety: "safe",
    edits: [{ start: text.indexOf(" wrong"), end: text.indexOf("\n\t"), newText: "" }],
  },
};
const report = (diagnostics: readonly Diagnostic[]): Report => ({
  diagnostics,
  sources: new Map([["conf/batching.txt", text]]),
  summary: { files: 1, models: 0, versions: 0, errors: diagnostics.length, warnings: 0, durationMs: 12 },
});

describe("pretty", () => {
  it("shows the place with carets under it", () => {
    expect(renderPretty(report([diagnostic]))).toMatchInlineSnapshot(`
      "conf/batching.txt:2:8: error: b is wrong  [batching/example]
        2 | b: "𝒳" wrong
          |        ^^^^^
        help: the server refuses it; remove it
        fix:  remove it (servable check --fix)

      1 error, 0 warnings in 1 file
      "
    `);
  });
  it("keeps tabs so that carets stay below", () => {
    const span = { start: text.indexOf("3"), end: text.indexOf("3") + 1 };
    expect(renderPretty(report([{ ...diagnostic, span }]))).toContain("  3 | \tc: 3\n    | \t   ^");
  });
  it("lets no control character through", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (message) => {
        const out = renderPretty(report([{ ...diagnostic, message, file: message }]));
        expect(out.replaceAll("\n", "").replaceAll("\t", "")).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/,
        );
      }),
    );
    expect(printable("a\u001b[31m\nb")).toBe("a\\u001b[31m\\nb");
  });
});

describe("json", () => {
  it("is the contract's shape with code point columns", () => {
    expect(JSON.parse(renderJson(report([diagnostic])))).toEqual({
      version: 1,
      diagnostics: [
        {
          rule: "batching/example",
          severity: "error",
          message: "b is wrong",
          help: "the server refuses it; remove it",
          file: "conf/batching.txt",
          line: 2,
          column: 8,
          endLine: 2,
          endColumn: 13,
          docs: "rules/batching/example",
          fixable: true,
        },
      ],
      summary: { files: 1, models: 0, versions: 0, errors: 1, warnings: 0, durationMs: 12 },
    });
  });
});

describe("github", () => {
  it("escapes data and properties", () => {
    const out = renderGithub(report([{ ...diagnostic, file: "a,b:c.txt", message: "50%\nmore", help: "x" }]));
    expect(out).toBe("::error file=a%2Cb%3Ac.txt,title=batching/example::50%25%0Amore%0Ax\n");
  });
  it("names no file for flags", () => {
    const { span: _, ...flag } = { ...diagnostic, file: "<flags>", message: "m", help: "h" };
    expect(renderGithub(report([flag]))).toBe("::error title=batching/example::m%0Ah\n");
  });
});

describe("junit", () => {
  it("is well-formed whatever the texts hold", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (message) => {
        const xml = renderJunit(report([{ ...diagnostic, message, help: message }]));
        expect(xml.match(/<(testsuite|testcase|failure)[ >]/g)?.length).toBe(3);
        expect(xmlText(message)).not.toMatch(/[<>"']/);
      }),
    );
  });
  it("has a passing case when nothing is wrong", () => {
    expect(renderJunit(report([]))).toContain('<testcase name="no problems"');
  });
});

describe("sarif", () => {
  it("gives regions in code points and relative URIs", () => {
    const sarif = JSON.parse(
      renderSarif(report([{ ...diagnostic, file: "a b/ü.txt" }]), { version: "1.0.0", rules: [] }),
    );
    const [result] = sarif.runs[0].results;
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe("a%20b/%C3%BC.txt");
    expect(sarif.runs[0].columnKind).toBe("unicodeCodePoints");
  });
});

describe("fixes", () => {
  it("applies edits and leaves clashing ones for the next pass", () => {
    expect(applyFixes(text, [diagnostic, diagnostic])).toEqual({
      text: 'a: 1\nb: "𝒳"\n\tc: 3\n',
      applied: 1,
    });
  });
});

describe("order", () => {
  it("is by file, position, rule, and drops repeats", () => {
    const other = { ...diagnostic, rule: "a/first" };
    const { span: _, ...folder } = diagnostic;
    expect(
      sortDiagnostics([diagnostic, other, diagnostic, folder]).map(({ rule, span }) => [rule, span?.start]),
    ).toEqual([
      ["batching/example", undefined],
      ["a/first", diagnostic.span?.start],
      ["batching/example", diagnostic.span?.start],
    ]);
  });
});

describe("LineIndex", () => {
  it("agrees with counting code points", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "\n", "\r\n", "😀", "é", "\t") }),
        fc.nat(60),
        (sample, at) => {
          const offset = Math.min(at, sample.length);
          if (/[\ud800-\udbff]$/.test(sample.slice(0, offset))) return;
          const before = sample.slice(0, offset).split("\n");
          expect(new LineIndex(sample).position(offset)).toEqual({
            line: before.length,
            column: [...(before.at(-1) ?? "")].length + 1,
          });
        },
      ),
    );
  });
});

describe("nearest", () => {
  it.each([
    ["max_batchsize", "max_batch_size"],
    ["rest-api-port", "rest_api_port"],
    ["modle_name", "model_name"],
  ])("%s → %s", (name, wanted) => {
    expect(nearest(name, ["max_batch_size", "rest_api_port", "model_name", "port"])).toBe(wanted);
  });
  it("says nothing when nothing is near", () => {
    expect(nearest("xyzzy", ["max_batch_size", "port"])).toBeUndefined();
  });
});
