import { code, pageStart, prose, sentence, table } from "../markdown.ts";
import type { Page } from "./page.ts";

/** The checks of `servable smoke`, each with what it proves. */
export function smokeChecksPage(
  checks: readonly { readonly id: string; readonly title: string; readonly proves: string }[],
): Page {
  const rows = checks.map((check) => [
    code(check.id),
    prose(sentence(check.title)),
    prose(sentence(check.proves)),
  ]);
  const markdown = `${pageStart("Smoke checks")}
# Smoke checks

What ${code("servable smoke")} and ${code("servable verify")} ask a server, in this order. Each is made for every model, version and transport
that it applies to, and is reported as pass, fail or skip; a skip says why. [What the smoke test
proves](../explanation/what-smoke-proves.md) explains how to read the whole.

${table(["check", "what it does", "what it proves"], rows)}
`;
  return { path: "reference/smoke-checks.md", markdown };
}
