import { describe, expect, it } from "vitest";
import { ansiToHtml } from "../scripts/ansi-to-html.ts";
import { code, fenced, prose, sentence, table } from "../scripts/markdown.ts";
import { terminal } from "../scripts/pages/rules.ts";

describe("prose", () => {
  it.each([
    ["a <b> & c", "a &lt;b> &amp; c"],
    ["`model_config_list { … }` and {{ x }}", "`model_config_list { … }` and &#123;&#123; x }}"],
    ["max_batch_size and *all* of [these]", "max_batch_size and \\*all\\* of \\[these\\]"],
    ["see https://example.com/a_b_c.", "see <https://example.com/a_b_c>."],
    ["at http://localhost:8501, or http://HOST:1", "at `http://localhost:8501`, or `http://HOST:1`"],
    ["a lone ` tick", "a lone ` tick"],
  ])("%j", (text, expected) => {
    expect(prose(text)).toBe(expected);
  });
});

describe("code and fences", () => {
  it("survive backticks inside", () => {
    expect(code("a `b` c")).toBe("``a `b` c``");
    expect(code("`x")).toBe("`` `x ``");
    expect(fenced("```\ntext\n```\n")).toBe("````\n```\ntext\n```\n````");
  });
});

describe("table", () => {
  it("keeps one row a line and escapes pipes", () => {
    expect(table(["a", "b"], [["`x|y`", "two\nlines"]])).toBe(
      "| a | b |\n| --- | --- |\n| `x\\|y` | two lines |",
    );
  });
});

describe("sentence", () => {
  it.each([
    ["the server exits", "The server exits."],
    ["`x` must be set", "`x` must be set."],
    ["max_batch_size is 3", "max_batch_size is 3."],
    ["server-side batching", "Server-side batching."],
    ["Done!", "Done!"],
  ])("%j", (text, expected) => {
    expect(sentence(text)).toBe(expected);
  });
});

describe("ansiToHtml", () => {
  it("makes one span a run and escapes all text", () => {
    expect(ansiToHtml('\u001b[1ma<b>\u001b[22m \u001b[31m"x"\u001b[39m')).toBe(
      '<span class="bold">a&lt;b&gt;</span> <span class="red">&quot;x&quot;</span>',
    );
  });

  it("nests and resets", () => {
    expect(ansiToHtml("\u001b[31;1mx\u001b[0my")).toBe('<span class="red bold">x</span>y');
  });
});

it("terminal output is one line of HTML, so that a blank line in it cannot end the block", () => {
  expect(terminal("a", "x\n\n<b>")).toBe('<TerminalOutput title="a" html="x&#10;&#10;&lt;b>" />');
});
