import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checkProgress } from "../../src/check/progress.ts";
import type { Context } from "../../src/cli/context.ts";

describe("the line that says how far a check is", () => {
  let now = 0;
  let said = "";
  beforeEach(() => {
    said = "";
    vi.spyOn(performance, "now").mockImplementation(() => now);
  });
  afterEach(() => vi.restoreAllMocks());
  const on = (errIsTerminal: boolean): ReturnType<typeof checkProgress> =>
    checkProgress({ errIsTerminal, err: (text: string) => (said += text) } as Partial<Context> as Context);
  const CLEAR = "\r\u001b[K";

  it("is a bar of bytes where their number is known, and goes away", () => {
    const progress = on(true);
    progress.total(2, 4096);
    progress.bytes(1024);
    expect(said, "too early").toBe("");
    now += 100;
    progress.bytes(1024);
    expect(said).toBe(`${CLEAR}[============>           ]  50 %  0 of 2 versions, 2.0 KiB of 4.0 KiB`);
    now += 100;
    progress.bytes(9999);
    expect(said.split(CLEAR).at(-1)).toBe(
      "[========================] 100 %  0 of 2 versions, 4.0 KiB of 4.0 KiB",
    );
    progress.end();
    expect(said.endsWith(CLEAR)).toBe(true);
    const before = said;
    progress.end();
    expect(said).toBe(before);
  });

  it("is a bar of versions else, and a number where nothing is known", () => {
    const versions = on(true);
    versions.total(3, 0);
    now += 100;
    versions.versions(1);
    expect(said).toBe(`${CLEAR}[========>               ]  33 %  1 of 3 versions`);
    said = "";
    const bytes = on(true);
    now += 100;
    bytes.bytes(2048);
    expect(said).toBe(`${CLEAR}2.0 KiB`);
    said = "";
    const searching = on(true);
    now += 100;
    searching.versions(40);
    expect(said).toBe(`${CLEAR}40 versions`);
  });

  it("never takes more than one line of the terminal", () => {
    const columns = Object.getOwnPropertyDescriptor(process.stderr, "columns");
    Object.defineProperty(process.stderr, "columns", { value: 30, configurable: true });
    const progress = on(true);
    progress.total(10_000, 1e12);
    now += 100;
    progress.bytes(5);
    expect(said.length).toBe(CLEAR.length + 29);
    if (columns === undefined) Reflect.deleteProperty(process.stderr, "columns");
    else Object.defineProperty(process.stderr, "columns", columns);
  });

  it("is silent where stderr is no terminal, and after a short check", () => {
    const elsewhere = on(false);
    now += 1000;
    elsewhere.total(9, 9);
    elsewhere.bytes(9);
    elsewhere.versions(1);
    elsewhere.end();
    const short = on(true);
    short.total(1, 1);
    short.bytes(1);
    short.end();
    expect(said).toBe("");
  });
});
