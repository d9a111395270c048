import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix, resolve } from "node:path";
import { symptoms } from "@servable/linter/registry";
import { beforeAll, describe, expect, it } from "vitest";
import { type GeneratedSite, generateAll } from "../scripts/generate-all.ts";
import { allRules } from "../scripts/rule-examples.ts";
import { allCommands } from "../scripts/servable-cli.ts";

const site = resolve(import.meta.dirname, "..");
const HANDWRITTEN = ["tutorial", "how-to", "explanation", "reference"];

let generated: GeneratedSite;
let texts: Map<string, string>;

beforeAll(async () => {
  generated = await generateAll();
  texts = new Map(generated.pages.map((page) => [page.path, page.markdown]));
  for (const folder of HANDWRITTEN) {
    for (const name of readdirSync(join(site, folder))) {
      const path = `${folder}/${name}`;
      if (name.endsWith(".md") && !texts.has(path)) texts.set(path, readFileSync(join(site, path), "utf8"));
    }
  }
}, 180_000);

describe("generated pages", () => {
  it("has one for each command", async () => {
    for (const command of await allCommands()) {
      const text = texts.get(`reference/commands/${command.name}.md`);
      expect(text, command.name).toContain(`# servable ${command.name}`);
      for (const option of command.options) expect(text).toContain(`--${option.name}`);
      expect(command.examples.length, `examples of ${command.name}`).toBeGreaterThan(0);
    }
  });

  it("has one for each rule, where its diagnostics point", async () => {
    const rules = await allRules();
    expect(rules.length).toBeGreaterThan(50);
    for (const rule of rules) expect(texts.get(`rules/${rule.id}.md`), rule.id).toContain(`# ${rule.id}`);
    expect(new Set(rules.map((rule) => rule.id)).size).toBe(rules.length);
  });

  it("shows the real output of most bad examples", () => {
    const { shown, all } = generated.examples;
    expect(all).toBeGreaterThan(0);
    expect(shown / all).toBeGreaterThan(0.5);
  });

  it("names only symptoms that exist, each once", async () => {
    const known = new Set(symptoms.map((symptom) => symptom.row));
    expect([...known]).toEqual(Array.from({ length: 79 }, (_, index) => index + 1));
    for (const rule of await allRules()) {
      for (const row of rule.symptoms ?? []) expect(known.has(row), `${rule.id}: symptom ${row}`).toBe(true);
    }
  });

  it("home page shows a finding for each marked line", () => {
    const home = JSON.parse(generated.data.get("home.json") ?? "{}") as Record<string, string | number>;
    expect(home["problems"]).toBe(3);
    expect(String(home["beforeHtml"]).match(/class="line bad"/g)).toHaveLength(3);
  });
});

it("links of all pages lead to a page, and to a heading or anchor that is there", () => {
  const broken: string[] = [];
  for (const [path, text] of texts) {
    const prose = text.replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, "").replace(/``[^`]*``|`[^`\n]*`/g, "");
    for (const match of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      const link = match[1] ?? "";
      if (/^[a-z]+:/.test(link)) continue;
      // A file that is offered for download, made by the generators.
      if (/^\/[^#]+\.(?!md\b)[a-z]+$/.test(link)) {
        if (!generated.data.has(link.slice(1))) broken.push(`${path}: ${link}`);
        continue;
      }
      const [target = "", anchor] = link.split("#");
      const page = target === "" ? path : resolvePage(path, target);
      const found =
        texts.get(page) ??
        (existsSync(join(site, page)) ? readFileSync(join(site, page), "utf8") : undefined);
      if (found === undefined) broken.push(`${path}: ${link}`);
      else if (anchor !== undefined && !anchorsOf(found).has(anchor))
        broken.push(`${path}: ${link} (no such anchor)`);
    }
  }
  expect(broken).toEqual([]);
});

it("handwritten pages and the README name only rules that exist", async () => {
  const rules = new Set((await allRules()).map((rule) => rule.id));
  const areas = new Set([...rules].map((id) => id.split("/")[0] ?? ""));
  const named = new RegExp(
    `(?<![\\w./-])(?:${[...areas].join("|")})/[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?![\\w/])`,
    "g",
  );
  const root = resolve(site, "../..");
  const pages = [
    ...texts,
    ...["README.md", "CONTRIBUTING.md"].map(
      (name) => [name, readFileSync(join(root, name), "utf8")] as const,
    ),
  ];
  let seen = 0;
  for (const [path, text] of pages) {
    for (const [id] of text.matchAll(named)) {
      seen += 1;
      expect(rules.has(id), `${path}: ${id}`).toBe(true);
    }
  }
  expect(seen).toBeGreaterThan(rules.size);
});

it("includes of the tutorial are generated", () => {
  const tutorial = texts.get("tutorial/first-server.md") ?? "";
  const names = [...tutorial.matchAll(/@include: \.\.\/\.generated\/(\S+?)\s*-->/g)].map(
    (match) => match[1] ?? "",
  );
  expect(names.length).toBeGreaterThan(4);
  for (const name of names) expect(generated.data.has(name), name).toBe(true);
});

function resolvePage(from: string, target: string): string {
  const path = target.startsWith("/")
    ? target.slice(1)
    : posix.normalize(posix.join(posix.dirname(from), target));
  if (path === "" || path.endsWith("/")) return `${path}index.md`;
  return path.endsWith(".md") ? path : `${path}.md`;
}

function anchorsOf(text: string): Set<string> {
  const anchors = new Set(
    [...text.matchAll(/\bid="([^"]+)"|\{#([^}]+)\}/g)].map((match) => match[1] ?? match[2] ?? ""),
  );
  for (const [, heading = ""] of text.matchAll(/^#{1,6} (.+)$/gm)) {
    anchors.add(
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .trim()
        .replace(/\s+/g, "-"),
    );
  }
  return anchors;
}
