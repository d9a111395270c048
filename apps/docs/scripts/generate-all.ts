import { specJsonSchema } from "@servable/config-schema";
import { symptoms } from "@servable/linter/registry";
import { flagTable } from "@servable/server-flags";
import { smokeChecks } from "@servable/smoke-client";
import { homeData } from "./home.ts";
import { commandPages, commandSidebar } from "./pages/commands.ts";
import type { Page } from "./pages/page.ts";
import { rulePages, ruleSidebar } from "./pages/rules.ts";
import { serverFlagsPage } from "./pages/server-flags.ts";
import { smokeChecksPage } from "./pages/smoke-checks.ts";
import { type JsonSchema, specPage } from "./pages/spec.ts";
import { symptomsPage } from "./pages/symptoms.ts";
import { allRules, exampleOutput } from "./rule-examples.ts";
import { allCommands } from "./servable-cli.ts";
import { transcripts } from "./transcripts.ts";

const SPEC_EXAMPLE = `server:
  version: 2.17.1
models:
  - name: resnet
    path: models/resnet
batching:
  maxBatchSize: 16
  batchTimeoutMicros: 2000
`;

export interface GeneratedSite {
  readonly pages: readonly Page[];
  /** For the theme and for includes, by path below `.generated/`. */
  readonly data: ReadonlyMap<string, string>;
  /** Bad examples of rules, and how many of them could be run for their output. */
  readonly examples: { readonly shown: number; readonly all: number };
}

/** Every generated page, and data for the theme by file name below `.generated/`. */
export async function generateAll(): Promise<GeneratedSite> {
  const rules = await allRules();
  const commands = await allCommands();
  const outputs = new Map<object, string | undefined>();
  for (const rule of rules) {
    for (const example of rule.examples?.bad ?? []) outputs.set(example, await exampleOutput(rule, example));
  }
  const pages = [
    ...commandPages(commands),
    ...rulePages(rules, (_, example) => outputs.get(example)),
    specPage(specJsonSchema() as JsonSchema, SPEC_EXAMPLE),
    serverFlagsPage(flagTable),
    smokeChecksPage(smokeChecks),
    symptomsPage(symptoms, rules),
  ];
  const data = new Map([
    ["servable.schema.json", `${JSON.stringify(specJsonSchema(), null, 2)}\n`],
    ["home.json", JSON.stringify(await homeData(rules.length), null, 2)],
    [
      "sidebar.json",
      JSON.stringify({ commands: commandSidebar(commands), rules: ruleSidebar(rules) }, null, 2),
    ],
  ]);
  for (const [name, snippet] of await transcripts()) data.set(`transcripts/${name}.md`, snippet);
  const shown = [...outputs.values()].filter((output) => output !== undefined).length;
  return { pages, data, examples: { shown, all: outputs.size } };
}
