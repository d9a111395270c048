import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesiseWarmup, writeWarmup } from "@servable/model-layout";
import { fixture } from "@servable/test-fixtures";
import { afterEach, expect, it, vi } from "vitest";

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const block = (language: string): string =>
  new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, "m").exec(readme)?.[1] ?? "";

const folder = mkdtempSync(join(tmpdir(), "readme-"));
const argv = process.argv;
afterEach(() => {
  process.argv = argv;
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

it("the README shows the program beside this test, and what it prints", async () => {
  expect(block("ts")).toBe(readFileSync(join(import.meta.dirname, "readme-example.ts"), "utf8"));
  const path = join(folder, "mlp");
  cpSync(fixture("models", "keras_mlp_export"), path, { recursive: true });
  writeWarmup(join(path, "1"), synthesiseWarmup(join(path, "1"), { signatures: ["serving_default"] }));
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((line: string) => void printed.push(`${line}\n`));
  process.argv = [...argv.slice(0, 2), folder];
  await import("./readme-example.ts");
  expect(printed.join("")).toBe(block("text"));
});
