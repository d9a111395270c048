import { exampleCircumstances, type RuleExample, type RuleMeta } from "@servable/diagnostics";
import { code, fenced, pageStart, prose, sentence, table } from "../markdown.ts";
import type { Page, SidebarItem } from "./page.ts";
import { symptomAnchor } from "./symptoms.ts";

/** What `servable check` prints for a bad example, as HTML of a terminal; undefined where it cannot be run alone. */
export type ExampleOutput = (rule: RuleMeta, example: RuleExample) => string | undefined;

const EFFECTS: Readonly<Record<RuleMeta["effect"], string>> = {
  fatal: "the server exits or aborts",
  hangs: "the server never opens its ports",
  "load-fails": "a version does not load",
  "request-fails": "the start is fine, requests fail",
  silent: "the server goes on without a word",
  degrades: "slower or dearer than meant",
  security: "open where it should be closed",
};

/** Reader's names for the first part of a rule id. */
const AREAS: Readonly<Record<string, string>> = {
  "text-proto": "Text protos",
  flags: "Server flags",
  batching: "Batching",
  "model-config": "Model server config",
  monitoring: "Monitoring",
  tls: "TLS",
  ssl: "TLS",
  layout: "Model folders",
  "saved-model": "SavedModels",
  variables: "Variables",
  spec: "The spec",
  docker: "Docker",
};

export function rulePages(rules: readonly RuleMeta[], output: ExampleOutput): Page[] {
  const sorted = [...rules].sort((a, b) => (a.id < b.id ? -1 : 1));
  return [indexPage(sorted), ...sorted.map((rule) => rulePage(rule, output))];
}

export function ruleSidebar(rules: readonly RuleMeta[]): SidebarItem[] {
  return [...byArea(rules)].map(([area, members]) => ({
    text: areaTitle(area),
    collapsed: true,
    items: members.map((rule) => ({ text: rule.id.slice(area.length + 1), link: `/rules/${rule.id}` })),
  }));
}

function indexPage(rules: readonly RuleMeta[]): Page {
  const sections = [...byArea(rules)].map(([area, members]) => {
    const rows = members.map((rule) => [
      `[${code(rule.id)}](./${rule.id}.md)`,
      badges(rule),
      prose(sentence(rule.summary)),
    ]);
    return `## ${areaTitle(area)}\n\n${table(["rule", "kind", "what must hold"], rows)}`;
  });
  const errors = rules.filter((rule) => rule.severity === "error").length;
  const markdown = `${pageStart("Rules", { outline: [2, 2] })}
# Rules

${rules.length} rules, ${errors} of them errors. An **error** means that the server will not do what the file says; a **warning** means that it
will, but that this is very likely not what was meant. The badge beside it tells what the server does about the mistake.

Look one up in the terminal with ${code("servable explain RULE")}, or paste a log line instead of the name. All of them as data:
${code("servable rules --format json")}.

${sections.join("\n\n")}
`;
  return { path: "rules/index.md", markdown };
}

function rulePage(rule: RuleMeta, output: ExampleOutput): Page {
  const parts = [
    pageStart(rule.id, { description: rule.summary }),
    `# ${rule.id}\n\n${badges(rule)}`,
    prose(sentence(rule.summary)),
    `**What the server does:** ${EFFECTS[rule.effect]}.${versions(rule)}`,
    `## Why\n\n${prose(sentence(rule.why))}`,
    `## How to mend it\n\n${prose(sentence(rule.mend))}`,
  ];
  if (rule.fixable === true) parts.push(`${code("servable check --fix")} does it for you.`);
  const bad = rule.examples?.bad ?? [];
  const good = rule.examples?.good ?? [];
  if (bad.length > 0) {
    parts.push(bad.length === 1 ? "## Wrong" : "## Wrong, in several ways");
    for (const example of bad) {
      parts.push(exampleFiles(example));
      const html = output(rule, example);
      if (html !== undefined) parts.push(terminal("servable check", html));
    }
  }
  if (good.length > 0) {
    parts.push("## Right");
    for (const example of good) parts.push(exampleFiles(example));
  }
  if ((rule.logTexts ?? []).length > 0) {
    parts.push("## What you may see", "Texts that a server or a client prints for this mistake:");
    for (const text of rule.logTexts ?? []) parts.push(fenced(text, "text"));
  }
  if ((rule.symptoms ?? []).length > 0) {
    const links = (rule.symptoms ?? []).map(
      (row) => `[${row}](/reference/symptoms.md#${symptomAnchor(row)})`,
    );
    parts.push(`Symptoms: ${links.join(", ")}.`);
  }
  parts.push(`## Source\n\n${rule.evidence.map((each) => `- ${prose(each)}`).join("\n")}`);
  parts.push(
    `## Silencing it\n\nA comment on the line before, with a reason:\n\n${fenced(
      `# servable-disable-next-line ${rule.id} -- why it does not apply here`,
      "text",
    )}`,
  );
  return { path: `rules/${rule.id}.md`, markdown: `${parts.join("\n\n")}\n` };
}

/** One line of markdown: the newlines of the output travel as entities, since a blank line would end the HTML block. */
export function terminal(title: string, html: string): string {
  const attribute = html
    .replace(/&/g, "&amp;")
    .replace(/"/g, "&quot;")
    .replace(/</g, "&lt;")
    .replace(/\n/g, "&#10;");
  return `<TerminalOutput title="${title.replace(/&/g, "&amp;").replace(/"/g, "&quot;")}" html="${attribute}" />`;
}

function exampleFiles(example: RuleExample): string {
  const about = [example.title, ...exampleCircumstances(example)].filter((text) => text !== undefined);
  const parts = about.length === 0 ? [] : [prose(sentence(about.join("; ")))];
  for (const [name, text] of Object.entries(example.files)) {
    const shown = name === "<flags>" ? "flags" : name;
    parts.push(fenced(text, `${language(name)} [${shown}]`));
  }
  return parts.join("\n\n");
}

function language(name: string): string {
  if (name === "<flags>" || name.endsWith(".sh")) return "sh";
  if (/\.ya?ml$/.test(name)) return "yaml";
  if (name.endsWith(".json")) return "json";
  return "txtpb";
}

function badges(rule: RuleMeta): string {
  const spans = [
    `<span class="sv-badge ${rule.severity}">${rule.severity}</span>`,
    `<span class="sv-badge effect">${rule.effect}</span>`,
  ];
  if (rule.fixable === true) spans.push('<span class="sv-badge fixable">--fix</span>');
  return spans.join(" ");
}

function versions(rule: RuleMeta): string {
  if (rule.since !== undefined && rule.until !== undefined)
    return ` From ${rule.since}, until before ${rule.until}.`;
  if (rule.since !== undefined) return ` From TensorFlow Serving ${rule.since}.`;
  if (rule.until !== undefined) return ` In TensorFlow Serving before ${rule.until}.`;
  return "";
}

function byArea(rules: readonly RuleMeta[]): Map<string, RuleMeta[]> {
  const areas = new Map<string, RuleMeta[]>();
  for (const rule of [...rules].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const area = rule.id.split("/")[0] ?? "";
    areas.set(area, [...(areas.get(area) ?? []), rule]);
  }
  return areas;
}

function areaTitle(area: string): string {
  const known = AREAS[area];
  if (known !== undefined) return known;
  const words = area.replace(/-/g, " ");
  return `${words[0]?.toUpperCase() ?? ""}${words.slice(1)}`;
}
