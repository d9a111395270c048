/** Inputs for the fuzz of the whole linter: the examples of all rules, mutated by bytes, characters, words and lines. */
import { rules } from "@servable/linter/registry";
import type { Random } from "@servable/test-fixtures/random";
import { signs } from "@servable/test-fixtures/signs";

export type SeedKind = "flags" | "yaml" | "script" | "text";

export interface Seed {
  readonly kind: SeedKind;
  readonly file: string;
  readonly text: string;
  /** All files of the example, this one too. */
  readonly files: Readonly<Record<string, string>>;
}

const kindOf = (file: string): SeedKind =>
  file === "<flags>"
    ? "flags"
    : /\.(ya?ml|json)$/.test(file)
      ? "yaml"
      : /\.(sh|bash|bat|cmd|ps1)$|Dockerfile/.test(file)
        ? "script"
        : "text";

/** Every text file of the examples of all rules. */
export const seeds: readonly Seed[] = rules.flatMap(({ examples }) =>
  [...(examples?.bad ?? []), ...(examples?.good ?? [])].flatMap(({ files }) =>
    Object.entries(files).map(([file, text]) => ({ kind: kindOf(file), file, text, files })),
  ),
);

/** Everything that some grammar of the linter gives a meaning to. */
const pieces: readonly string[] = [
  ...signs,
  "- ",
  "\\\n",
  "$(",
  "${X}",
  "${X:-",
  "\r\n",
  "\t",
  " ",
  "  ",
  "    ",
  "\u2028",
  "\ud800",
  "\udc80",
  "\udcff",
  "-1",
  "007",
  "0x1f",
  "1e9",
  ".inf",
  "NaN",
  "9223372036854775808",
  "99999999999999999999999",
  "1_000",
  "yes",
  "---\n",
  "...\n",
  "&a ",
  "*a",
  "<<: *a",
  "!!binary ",
  "!!merge ",
  "? ",
  ": ",
  "|\n",
  ">-\n",
  "[[",
  "{{",
  "%YAML 1.2\n",
  "a: &x [*x]",
  "__proto__",
  "constructor",
  "toString",
  "<<EOF\n",
  "EOF\n",
  "&&",
  "||",
  "docker run ",
  "tensorflow/serving",
  "--port=",
  "--rest_api_port=",
  "--model_config_file=",
  "-e ",
  "-v ",
  "--mount type=bind,source=",
  "for x in",
  "done",
  "$((",
  "if [ ",
  "fi",
  "# servable-disable-next-line ",
  "# servable-disable ",
  "-- reason",
  "# proto-message: ",
  "model_config_list",
  "max_batch_size",
  "name",
  "value",
  "batching",
  "profiles",
  "models",
  "path",
];

function once(random: Random, text: string, other: string): string {
  const at = random.below(text.length + 1);
  const length = Math.min(text.length - at, random.pick([1, 1, 1, 2, 5, 20, 100]));
  const head = text.slice(0, at);
  const rest = text.slice(at + length);
  switch (random.below(10)) {
    case 0:
      return head + rest;
    case 1:
      return head + text.slice(at, at + length) + text.slice(at);
    case 2:
      return head + String.fromCharCode(random.below(random.pick([128, 256, 65536]))) + text.slice(at);
    case 3:
    case 4:
      return head + random.pick(pieces) + text.slice(at);
    case 5:
      return head + random.pick(pieces) + rest;
    case 6: {
      const from = random.below(other.length + 1);
      return head + other.slice(from, from + random.below(60)) + rest;
    }
    case 7: {
      const lines = text.split("\n");
      const line = random.below(lines.length);
      const moved = lines.splice(line, 1 + random.below(3));
      lines.splice(random.below(lines.length + 1), 0, ...moved, ...(random.chance(0.5) ? moved : []));
      return lines.join("\n");
    }
    case 8: {
      const lines = text.split("\n");
      const line = random.below(lines.length);
      const blanks = " ".repeat(random.below(6));
      lines[line] = random.chance(0.5)
        ? blanks + (lines[line] ?? "")
        : blanks + (lines[line] ?? "").trimStart();
      return lines.join("\n");
    }
    default:
      return text.replace(/\d+|\b\w+\b/g, (word) => (random.chance(0.03) ? random.pick(pieces) : word));
  }
}

/** A text changed at one to four places; now and then noise, or another text's middle. */
export function mutated(random: Random, text: string, other: string): string {
  if (random.chance(0.05)) {
    let noise = "";
    for (let left = random.below(60); left > 0; left--)
      noise += random.chance(0.6) ? random.pick(pieces) : String.fromCharCode(random.below(256));
    return noise;
  }
  let changed = text;
  for (let times = random.pick([1, 1, 2, 3, 4]); times > 0; times--) changed = once(random, changed, other);
  return changed.slice(0, 20_000);
}
