import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type DefaultTheme, defineConfig } from "vitepress";
import { textProtoGrammar } from "./text-proto-grammar.ts";

const generated = join(import.meta.dirname, "..", ".generated", "sidebar.json");

/** Written by scripts/generate.ts, which every build runs first. */
interface GeneratedSidebar {
  readonly commands: DefaultTheme.SidebarItem[];
  readonly rules: DefaultTheme.SidebarItem[];
}

const sidebar: GeneratedSidebar = existsSync(generated)
  ? (JSON.parse(readFileSync(generated, "utf8")) as GeneratedSidebar)
  : { commands: [], rules: [] };

/** Where the site is mounted: `/` by default, `DOCS_BASE=/servable/` for a sub-path. */
const base = process.env["DOCS_BASE"] ?? "/";

export default defineConfig({
  lang: "en",
  title: "servable",
  titleTemplate: ":title · servable",
  description: "TensorFlow Serving deployments made correct, fast and proven, from one typed spec",
  base,
  srcExclude: ["README.md", "scripts/**", "test/**", ".generated/**"],
  lastUpdated: false,
  head: [
    ["link", { rel: "icon", type: "image/svg+xml", href: `${base}logo.svg` }],
    ["meta", { name: "theme-color", content: "#0d6b5c" }],
  ],
  markdown: {
    theme: { light: "github-light-default", dark: "github-dark-default" },
    languages: [textProtoGrammar],
  },
  themeConfig: {
    logo: "/logo.svg",
    search: { provider: "local" },
    outline: { level: [2, 3] },
    nav: [
      { text: "Tutorial", link: "/tutorial/first-server", activeMatch: "^/tutorial/" },
      { text: "How-to", link: "/how-to/", activeMatch: "^/how-to/" },
      { text: "Reference", link: "/reference/", activeMatch: "^/reference/" },
      { text: "Rules", link: "/rules/", activeMatch: "^/rules/" },
      { text: "Explanation", link: "/explanation/", activeMatch: "^/explanation/" },
    ],
    sidebar: {
      "/rules/": [{ text: "All rules", link: "/rules/" }, ...sidebar.rules],
      "/": [
        {
          text: "Tutorial",
          items: [{ text: "From exported model to proven server", link: "/tutorial/first-server" }],
        },
        {
          text: "How-to guides",
          items: [
            { text: "Overview", link: "/how-to/" },
            { text: "Check in pre-commit", link: "/how-to/pre-commit" },
            { text: "Check in CI", link: "/how-to/ci" },
            { text: "Check while you type", link: "/how-to/editors" },
            { text: "Run in Docker", link: "/how-to/docker" },
            { text: "Verify a running server", link: "/how-to/verify" },
            { text: "Find the cause of a log line", link: "/how-to/explain-a-log-line" },
            { text: "Inspect and check models", link: "/how-to/inspect-and-check-models" },
            { text: "Publish a version safely", link: "/how-to/publish-a-version" },
          ],
        },
        {
          text: "Reference",
          items: [
            { text: "Overview", link: "/reference/" },
            { text: "Commands", collapsed: true, items: sidebar.commands },
            { text: "The spec: servable.yaml", link: "/reference/spec" },
            { text: "Artifacts", link: "/reference/artifacts" },
            { text: "Rules", link: "/rules/" },
            { text: "Symptoms", link: "/reference/symptoms" },
            { text: "Smoke checks", link: "/reference/smoke-checks" },
            { text: "Flags of tensorflow_model_server", link: "/reference/server-flags" },
            { text: "JSON output", link: "/reference/json-output" },
            { text: "Exit codes", link: "/reference/exit-codes" },
          ],
        },
        {
          text: "Explanation",
          items: [
            { text: "Overview", link: "/explanation/" },
            { text: "What a version directory is", link: "/explanation/version-directories" },
            { text: "How batching works", link: "/explanation/batching" },
            { text: "What the smoke test proves", link: "/explanation/what-smoke-proves" },
            { text: "How the embedded server differs", link: "/explanation/embedded-server" },
          ],
        },
      ],
    },
    docFooter: { prev: "Previous", next: "Next" },
    footer: {
      message:
        "Apache-2.0. TensorFlow Serving is a project of the TensorFlow authors; servable is independent of it.",
    },
  },
});
