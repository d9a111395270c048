import { compareVersions, type FlagSpec, neverFlags, supportedVersions } from "@servable/server-flags";
import { code, pageStart, prose, sentence, table } from "../markdown.ts";
import type { Page } from "./page.ts";

const GROUPS: Readonly<Record<FlagSpec["group"], string>> = {
  network: "Ports and network",
  models: "Models",
  loading: "Loading and polling",
  runtime: "Runtime",
};

const UNITS: Readonly<Record<NonNullable<FlagSpec["unit"]>, string>> = {
  ms: "milliseconds",
  us: "microseconds",
  s: "seconds",
  threads: "threads",
};

/** The flag table of `tensorflow_model_server`, with the releases that know each flag. */
export function serverFlagsPage(flags: readonly FlagSpec[]): Page {
  const oldest = supportedVersions[0] ?? "";
  const newest = supportedVersions.at(-1) ?? "";
  const sections = Object.entries(GROUPS).map(([group, title]) => {
    const rows = flags
      .filter((flag) => flag.group === group)
      .map((flag) => [
        code(`--${flag.name}`),
        type(flag),
        defaultText(flag),
        since(flag, oldest),
        prose(sentence(flag.help)),
      ]);
    return `## ${title}\n\n${table(["flag", "type", "default", "releases", "what it does"], rows)}`;
  });
  const markdown = `${pageStart("Flags of tensorflow_model_server")}
# Flags of tensorflow_model_server

The ${flags.length} flags that releases ${oldest} to ${newest} of TensorFlow Serving register. ${code("servable check -- FLAGS")} parses an
argument vector exactly as the binary of a given release does (${code("--server-version")}), and this table is what it parses by.

## How the server reads its arguments

- Only ${code("--name=value")} sets a value. In ${code("--port 8500")} the flag has no value and ${code("8500")} is an argument of its own.
- Names have underscores. ${code("--rest-api-port=8501")} is an unknown argument.
- An unknown argument is reported in one line, together with the usage text; then **the server starts without it**.
- Where a flag is given twice, the last one wins.
- A value that cannot be read as the flag's type ends the process.

${sections.join("\n\n")}

## Names that no release has

These appear in forum answers and in the sources, but ${code("tensorflow_model_server")} does not take them.

${neverTable()}
`;
  return { path: "reference/server-flags.md", markdown };
}

function neverTable(): string {
  return table(
    ["flag", "why"],
    Object.entries(neverFlags).map(([name, why]) => [code(`--${name}`), prose(sentence(why))]),
  );
}

function type(flag: FlagSpec): string {
  const unit = flag.unit === undefined ? "" : `, ${UNITS[flag.unit]}`;
  return `${flag.type}${unit}`;
}

function defaultText(flag: FlagSpec): string {
  if (typeof flag.default === "object") return `${flag.default.perCpu} × CPUs`;
  if (flag.default === "") return "empty";
  return code(String(flag.default));
}

function since(flag: FlagSpec, oldest: string): string {
  const from = compareVersions(flag.since, oldest as FlagSpec["since"]) <= 0 ? "all" : `from ${flag.since}`;
  return flag.until === undefined ? from : `${from === "all" ? "" : `${from}, `}before ${flag.until}`;
}
