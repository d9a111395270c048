import type { OptionSpec } from "../cli/command.ts";

export const SMOKE_FORMAT_CHOICES: OptionSpec = {
  name: "format",
  value: "FORMAT",
  choices: ["pretty", "json", "junit", "html"],
  default: "pretty",
  help: "what to print",
};

export const SMOKE_SELECTION: readonly OptionSpec[] = [
  {
    name: "only",
    value: "ID",
    repeatable: true,
    help: "only checks whose id begins with this, such as `predict/`",
  },
  { name: "stateful", help: "also send requests that may change a model's state" },
];
