import { Document, isMap, type Node, type Pair, type Scalar } from "yaml";

/** One tensor of a signature, as the SavedModel declares it. */
export interface DraftTensor {
  readonly name: string;
  /** Such as `DT_FLOAT` or `float32`. */
  readonly dtype: string;
  /** -1 for an unknown dimension; undefined or null for unknown rank. */
  readonly shape?: readonly (number | bigint)[] | null | undefined;
}

export interface DraftSignature {
  readonly name: string;
  readonly inputs: readonly DraftTensor[];
  readonly outputs: readonly DraftTensor[];
}

export interface DraftModel {
  readonly name: string;
  /** Base path, relative to the spec's folder or absolute. */
  readonly path?: string;
  readonly uri?: string;
  /** Shown in a comment. */
  readonly signatures?: readonly DraftSignature[];
  /** Versions on disk, shown in a comment. */
  readonly versions?: readonly string[];
  readonly versionPolicy?:
    | "all"
    | "latest"
    | { readonly latest: number }
    | { readonly specific: readonly (string | number)[] };
  readonly labels?: Readonly<Record<string, string | number>>;
}

/** What `init` knows: facts of the models and the answers of the user. Only what is given is written. */
export interface SpecDraft {
  readonly models: readonly DraftModel[];
  readonly tfsVersion?: string;
  readonly image?: string;
  readonly grpcPort?: number;
  /** false: no REST. */
  readonly restPort?: number | false;
  readonly cores?: number;
  readonly memoryMiB?: number;
  readonly gpus?: "all" | number;
  /** true for the defaults, or values of the `batching` section. */
  readonly batching?: boolean | Readonly<Record<string, unknown>>;
  readonly monitoring?: boolean;
  /** Further top-level sections, as in the spec. */
  readonly sections?: Readonly<Record<string, unknown>>;
  /** URL or path of the JSON Schema, for editors. */
  readonly schema?: string;
}

/** One line without control characters, for a comment. */
function oneLine(text: string): string {
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

function tensorText(tensor: DraftTensor): string {
  const shape = tensor.shape;
  const dimensions =
    shape === undefined || shape === null
      ? "of any shape"
      : `[${shape.map((size) => (Number(size) < 0 ? "?" : String(size))).join(", ")}]`;
  return `${oneLine(tensor.name)} ${tensor.dtype.replace(/^DT_/, "").toLowerCase()} ${dimensions}`;
}

const MAX_LISTED = 6;

function listed(tensors: readonly DraftTensor[]): string {
  const shown = tensors.slice(0, MAX_LISTED).map(tensorText);
  return tensors.length > MAX_LISTED
    ? [...shown, `${tensors.length - MAX_LISTED} more`].join(", ")
    : shown.join(", ");
}

function modelComment(model: DraftModel): string | undefined {
  const lines: string[] = [];
  if (model.versions !== undefined && model.versions.length > 0) {
    const many =
      model.versions.length > MAX_LISTED ? ["…", ...model.versions.slice(-MAX_LISTED)] : model.versions;
    lines.push(` versions on disk: ${many.map(oneLine).join(", ")}`);
  }
  for (const signature of (model.signatures ?? []).slice(0, MAX_LISTED)) {
    lines.push(` ${oneLine(signature.name)}: ${listed(signature.inputs)} -> ${listed(signature.outputs)}`);
  }
  return lines.length === 0 ? undefined : lines.join("\n");
}

const sectionComments: Readonly<Record<string, string>> = {
  server: " decides the image tag, and which flags and fields exist",
  ports: " ports on this host; in the container they are 8500 and 8501",
  batching: " requests are run in batches: more throughput, for some latency at light load",
  resources: " limits of the container; thread counts follow from cores",
};

const hints = [
  " More keys: parallelism, loading, warmup, monitoring, tls, grpc, rest, runtime, environment, docker, compose,",
  " kubernetes, build, smoke, and profiles that are laid over all of this.",
].join("\n");

/**
 * The short commented `servable.yaml` that `init` writes. Reading it back gives what the draft says; values that are not
 * in the draft are left to their defaults.
 */
export function renderSpec(draft: SpecDraft): string {
  const ports =
    draft.grpcPort === undefined && draft.restPort === undefined
      ? undefined
      : { grpc: draft.grpcPort, rest: draft.restPort };
  const server =
    draft.tfsVersion === undefined && draft.image === undefined
      ? undefined
      : { version: draft.tfsVersion, image: draft.image };
  const resources =
    draft.cores === undefined && draft.memoryMiB === undefined && draft.gpus === undefined
      ? undefined
      : { cores: draft.cores, memoryMiB: draft.memoryMiB, gpus: draft.gpus };
  const data = {
    server,
    models: draft.models.map((model) => ({
      name: model.name,
      path: model.path,
      uri: model.uri,
      versionPolicy: model.versionPolicy,
      labels: model.labels,
    })),
    ports,
    batching: draft.batching === false ? undefined : draft.batching,
    resources,
    monitoring: draft.monitoring === true ? true : undefined,
    ...draft.sections,
  };
  const document = new Document(data, { aliasDuplicateObjects: false, keepUndefined: false });
  const head =
    draft.schema === undefined ? [] : [` yaml-language-server: $schema=${oneLineUrl(draft.schema)}`];
  document.commentBefore = [
    ...head,
    " A TensorFlow Serving deployment. `servable generate` makes every file and flag from it,",
    " `servable verify` starts it and proves it.",
  ].join("\n");
  const { contents } = document;
  if (isMap(contents)) {
    contents.items.forEach((pair: Pair, index) => {
      const key = pair.key as Scalar;
      key.spaceBefore = index > 0;
      const comment = sectionComments[String(key.value)];
      if (comment !== undefined) key.commentBefore = comment;
    });
    const models = contents.get("models", true) as unknown as { readonly items: readonly Node[] };
    draft.models.forEach((model, index) => {
      const comment = modelComment(model);
      const node = models.items[index];
      if (comment !== undefined && node !== undefined) node.commentBefore = comment;
    });
  }
  document.comment = hints;
  return document.toString({ lineWidth: 0, indentSeq: true });
}

function oneLineUrl(text: string): string {
  return text.replace(/\s+/g, "%20");
}
