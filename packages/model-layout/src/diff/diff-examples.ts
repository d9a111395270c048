import { readGraph } from "../graph/graph-def.ts";
import { GraphIndex } from "../graph/graph-index.ts";
import { signatureNodes } from "../graph/signature-nodes.ts";
import type { MetaGraph } from "../saved-model/open-saved-model.ts";
import type { Signature } from "../saved-model/signature.ts";
import { type ParsedFeature, parsedExample } from "../warmup/parsed-example.ts";
import { LARGE_GRAPH } from "./diff-contents.ts";
import { isHidden } from "./diff-signatures.ts";
import type { VersionChange } from "./version-change.ts";

type Features = ReadonlyMap<string, ParsedFeature>;

const takesText = ({ inputs }: Signature): boolean =>
  [...inputs.values()].some(({ dtype }) => dtype === "DT_STRING");

const typeOf = ({ dtype, count }: ParsedFeature): string =>
  count === 1 ? dtype : `${count} values of ${dtype}`;

/** What changes in the Examples that clients send: the signature only says that they are strings. */
export function* diffExamples(a: MetaGraph, b: MetaGraph): Generator<VersionChange> {
  if (Math.max(a.graphBytes, b.graphBytes) > LARGE_GRAPH) return;
  const graphs = new Map<MetaGraph, GraphIndex>();
  const featuresOf = (meta: MetaGraph, signature: Signature): readonly Features[] | undefined => {
    const graph = graphs.get(meta) ?? new GraphIndex(readGraph(meta.graphDef()));
    graphs.set(meta, graph);
    const example = parsedExample(graph, signatureNodes(graph, signature));
    return example === undefined ? undefined : [example.features, example.lists ?? new Map()];
  };
  for (const [name, signature] of a.signatures) {
    const now = b.signatures.get(name);
    if (isHidden(name) || now === undefined || !takesText(signature) || !takesText(now)) continue;
    const before = featuresOf(a, signature);
    const after = featuresOf(b, now);
    if (before === undefined || after === undefined) continue;
    yield* diffFeatures(name, "feature", before[0]!, after[0]!);
    yield* diffFeatures(name, "feature list", before[1]!, after[1]!);
  }
}

function* diffFeatures(
  signature: string,
  what: string,
  before: Features,
  after: Features,
): Generator<VersionChange> {
  const change = (effect: VersionChange["effect"], name: string, message: string): VersionChange => ({
    effect,
    area: "signature",
    subject: `${signature}, ${what} ${JSON.stringify(name)}`,
    message,
  });
  for (const [name, old] of before) {
    const now = after.get(name);
    if (now === undefined) yield change("note", name, "is no longer read from Examples");
    else if (typeOf(old) !== typeOf(now))
      yield change("breaks-clients", name, `was ${typeOf(old)} and is ${typeOf(now)}`);
    else if (!old.isRequired && now.isRequired)
      yield change("breaks-clients", name, "has no default any more: Examples without it are refused");
    else if (old.isRequired && !now.isRequired) yield change("note", name, "may be left out now");
  }
  for (const [name, now] of after) {
    if (before.has(name)) continue;
    yield now.isRequired
      ? change("breaks-clients", name, `is new (${typeOf(now)}): Examples without it are refused`)
      : change("note", name, `is new (${typeOf(now)}), and may be left out`);
  }
}
