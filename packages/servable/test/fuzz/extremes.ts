/** Inputs that are long or deep: the time for each must grow with its length only. */
import { feedAs, type Target } from "./targets.ts";

export interface Extreme {
  readonly name: string;
  readonly target: Target;
  readonly file: string;
  /** An input of about so many characters. */
  make(size: number): string;
}

const fill = (piece: string, size: number): string =>
  piece.repeat(Math.max(1, Math.ceil(size / piece.length)));

/** Nested `open`, then as many `close`. */
const nest =
  (open: string, close = "", inside = "") =>
  (size: number): string => {
    const depth = Math.max(1, Math.floor(size / (open.length + close.length)));
    return open.repeat(depth) + inside + close.repeat(depth);
  };

const repeated =
  (piece: string, before = "", after = "") =>
  (size: number): string =>
    before + fill(piece, size) + after;

const texts: Readonly<Record<string, (size: number) => string>> = {
  braces: nest("{"),
  "closing braces": nest("}"),
  "unknown blocks": nest("a{", "}"),
  "unknown blocks, one a line": nest("a {\n", "}\n"),
  "unknown blocks never closed": nest("a {\n"),
  "known blocks": nest("model_config_list{config{", "}}"),
  "Any in Any": nest("[type.googleapis.com/google.protobuf.Any]{", "}"),
  brackets: nest("["),
  lists: nest("a:[", "]"),
  "lists in a list": (size: number) => `a: ${nest("[", "]")(size)}`,
  "lists in a list never closed": (size: number) => `a: ${nest("[")(size)}`,
  "lists of blocks": nest("a:[{", "}]"),
  angles: nest("a<", ">"),
  "crossed brackets": nest("a{b:[", "}]"),
  "one string": repeated("x", 'name: "', '"'),
  "one string never closed": repeated("x", 'name: "'),
  "one string of blanks never closed": repeated(" ", 'name: "'),
  "one string of braces never closed": repeated(" }", 'name: "'),
  "one string of fields never closed": repeated(" a: ", 'name: "'),
  "one string of escapes": repeated("\\n", 'name: "', '"'),
  "one string of wrong escapes": repeated("\\q", 'name: "', '"'),
  quotes: repeated('"'),
  "quotes and letters": repeated('"a'),
  "quotes after letters": repeated('a" '),
  "lines with a quote": repeated('name: "a\n'),
  "lines with a lost quote": repeated('name: a"\n'),
  "shifted quotes": repeated('name: "a name: "b" '),
  literals: repeated('"a" ', "name: "),
  blanks: repeated(" "),
  "line breaks": repeated("\n"),
  "carriage returns": repeated("\r\n"),
  comments: repeated("# a\n"),
  "one comment": repeated("# a "),
  suppressions: repeated("# servable-disable-next-line a/b -- c\n"),
  "one name": repeated("a"),
  "one number": repeated("9", "max_batch_size { value: ", " }"),
  "one fraction": repeated("9", "per_process_gpu_memory_fraction: 0."),
  names: repeated("a "),
  "names without colon, one a line": repeated("name\n"),
  hyphens: repeated("a-"),
  points: repeated("a."),
  signs: repeated("= "),
  colons: repeated("a: : "),
  commas: repeated(","),
  separated: repeated("a: 1, "),
  "numbers with commas": repeated("1,", "a: "),
  minus: repeated("- "),
  "type URLs not closed": repeated("[a/"),
  "foreign letters": repeated("é"),
  "foreign blanks": repeated("\u00a0"),
  "control characters": repeated("\x01"),
  NUL: repeated("\0"),
  "astral characters": repeated("😀", 'name: "', '"'),
  "conflict markers": repeated("<<<<<<< a\n"),
  models: repeated(
    'config { name: "a" base_path: "/a" model_platform: "tensorflow" }\n',
    "model_config_list {\n",
    "}\n",
  ),
  "models with labels": repeated(
    "version_labels { key: 'a' value: 1 }\n",
    "model_config_list { config {\n",
    "}}\n",
  ),
  "allowed sizes": repeated("allowed_batch_sizes: 8\n"),
  "PEM lines": repeated('"MIID\\n"\n', 'server_cert: "-----BEGIN CERTIFICATE-----\\n"\n'),
  "PEM beginnings": repeated("-----BEGIN A-----", 'server_cert: "', '"'),
  "PEM without quotes": repeated("-----BEGIN A-----\n"),
  "misspelt names": repeated("max_batch_sise { value: 1 }\n"),
};

const yaml: Readonly<Record<string, (size: number) => string>> = {
  "flow lists": nest("[", "]"),
  "flow lists never closed": nest("["),
  "flow maps": nest("{a: ", "}"),
  "flow maps never closed": nest("{a: "),
  items: nest("- "),
  "question marks": nest("? "),
  "one string": repeated("x", 'models: "', '"'),
  "one string never closed": repeated("x", 'models: "'),
  "one line": repeated("x ", "models: "),
  lines: repeated("a\n", "models: |\n "),
  keys: (size) => Array.from({ length: Math.ceil(size / 10) }, (_, index) => `k${index}: 1\n`).join(""),
  "the same key": repeated("models: []\n"),
  models: repeated("  - name: a\n    path: ./a\n", "version: 1\nmodels:\n"),
  comments: repeated("# a\n"),
  anchors: repeated("- &a a\n"),
  aliases: repeated("- *a\n", "models: &a []\nx:\n"),
  "merge keys": repeated("  <<: *a\n", "a: &a {b: 1}\nc:\n"),
  tags: repeated("!a "),
  documents: repeated("---\na: 1\n"),
  tabs: repeated("\t"),
  colons: repeated(": "),
  pipes: repeated("a: |\n"),
  folded: repeated(">\n"),
  words: repeated("servable "),
};

const scripts: Readonly<Record<string, (size: number) => string>> = {
  substitutions: nest("$(", ")"),
  "substitutions never closed": nest("$("),
  expansions: nest("${a:-", "}"),
  "expansions never closed": nest("${a:-"),
  subshells: nest("( ", ")"),
  backticks: repeated("`"),
  quotes: repeated('"'),
  "one quote never closed": repeated("x", '"'),
  apostrophes: repeated("'a"),
  "continued lines": repeated("\\\n", "docker run tensorflow/serving "),
  arguments: repeated("--model_name=a ", "docker run tensorflow/serving "),
  "unknown flags": repeated("--model_nmae=a ", "docker run tensorflow/serving "),
  "docker options": repeated("-e A=b ", "docker run ", " tensorflow/serving"),
  mounts: repeated("-v /a:/b ", "docker run ", " tensorflow/serving"),
  "one argument": repeated("x", "docker run tensorflow/serving --model_name="),
  commands: repeated("docker run tensorflow/serving\n"),
  servers: repeated("tensorflow_model_server --port=1 && "),
  pipes: repeated("a | "),
  "here documents": repeated("cat <<EOF\n", "docker run tensorflow/serving\n"),
  variables: repeated("A=$A\n", "A=a\n", "docker run tensorflow/serving --model_name=$A"),
  functions: repeated("a() { b; }\n", "docker run tensorflow/serving\n"),
  loops: nest("for a in b; do ", "; done", "docker run tensorflow/serving"),
  conditions: nest("if a; then ", "; fi", "docker run tensorflow/serving"),
  comments: repeated("# docker run tensorflow/serving\n"),
};

const argv: Readonly<Record<string, (size: number) => string>> = {
  "one unknown flag": repeated("x", "--"),
  "one value": repeated("x", "--model_name="),
  "one number": repeated("9", "--port="),
  "one path": repeated("/a", "--model_base_path="),
  flags: repeated("--port=1\n"),
  "unknown flags": repeated("--prot=1\n"),
  words: repeated("a\n"),
  "batch parameters": repeated("x", "--model_config_file="),
};

const each = (
  target: Target,
  file: string,
  inputs: Readonly<Record<string, (size: number) => string>>,
): Extreme[] => Object.entries(inputs).map(([name, make]) => ({ name, target, file, make }));

export const extremes: readonly Extreme[] = [
  ...["models.config", "batching_parameters.txt", "ssl.config", "platform.config"].flatMap((file) =>
    each("text", file, texts),
  ),
  ...each("fmt", "models.config", texts),
  ...each("lsp", "models.config", texts),
  ...each("spec", "servable.yaml", yaml),
  ...each("lsp", "servable.yaml", yaml),
  ...each("manifest", "compose.yaml", yaml).map((one) => ({
    ...one,
    make: (size: number) => `# tensorflow/serving\n${one.make(size)}`,
  })),
  ...each("manifest", "run.sh", scripts).map((one) => ({
    ...one,
    make: (size: number) => `# tensorflow/serving\n${one.make(size)}`,
  })),
  ...each("start", "<flags>", argv),
  ...each("explain", "log", { ...scripts, ...texts }),
];

/** CPU milliseconds of one extreme at a size. */
export function cost({ target, file, make }: Extreme, size: number): number {
  const text = make(size);
  const started = process.cpuUsage();
  feedAs(target, text, file);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}
