import { type Paint, printable } from "@servable/diagnostics/render";
import type { InspectReport, InspectSignature, InspectTensor, InspectVersion } from "@servable/model-layout";
import { humanBytes } from "./human-bytes.ts";

const MAX_VARIABLES = 12;
/** What stands beside a name, at most but for odd shapes, and the least that is left of a name. */
const BESIDE_NAME = 40;
const LEAST_NAME = 20;
/** How TensorFlow 2 ends the key of each variable. */
const VALUE = /\/\.ATTRIBUTES\/VARIABLE_VALUE$/;
const OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";
/** Pseudo-signatures: nobody can call them. */
const isHidden = (name: string): boolean => name.startsWith("__saved_model_");

const shapeText = (shape: readonly (number | string)[] | null): string =>
  shape === null ? "any shape" : `[${shape.map((size) => (Number(size) === -1 ? "?" : size)).join(", ")}]`;

const dtypeText = (dtype: string): string => dtype.replace(/^DT_/, "").toLowerCase();

/** Columns that a text takes on a terminal: East Asian wide characters take two. */
function width(text: string): number {
  let columns = 0;
  for (const character of text)
    columns +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u.test(
        character,
      )
        ? 2
        : 1;
  return columns;
}

const padded = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - width(text)));

/** How it is shown. */
interface Look {
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly columns: number;
}

/** A name as it may be shown, cut in its middle where it is too long for a line. */
function shownName(name: string, { columns }: Look): string {
  const characters = [...printable(name)];
  const most = Math.max(LEAST_NAME, columns - BESIDE_NAME);
  if (characters.length <= most) return characters.join("");
  const half = (most - 1) / 2;
  return `${characters.slice(0, Math.floor(half)).join("")}…${characters.slice(-Math.ceil(half)).join("")}`;
}

/** Dtype and shape, and what it is where it is no plain tensor. */
function tensorText({ kind, typeSpecClass, dtype, shape }: InspectTensor): string {
  const type = `${dtypeText(dtype)} ${shapeText(shape)}`;
  if (kind === "coo_sparse") return `sparse ${type}`;
  if (kind === "tensor") return type;
  // Its parts have dtypes and shapes, not the whole.
  const made = typeSpecClass === undefined ? "" : ` ${printable(typeSpecClass)}`;
  return `composite${made}${dtype === "DT_INVALID" ? "" : ` ${type}`}`;
}

function* signatureLines(name: string, signature: InspectSignature, look: Look): Generator<string> {
  const { paint } = look;
  yield `      ${paint.green(printable(name))}  ${paint.dim(printable(signature.method) || "(no method)")}`;
  const rows = (way: string, tensors: Readonly<Record<string, InspectTensor>>) =>
    Object.entries(tensors).map(([alias, info]) => ({ way, alias, name: shownName(alias, look), info }));
  const all = [...rows("in ", signature.inputs), ...rows("out", signature.outputs)];
  const columns = Math.max(0, ...all.map((row) => width(row.name)));
  for (const row of all) {
    const optional =
      row.way === "in " && Object.hasOwn(signature.defaults ?? {}, row.alias)
        ? paint.dim("  has a default")
        : "";
    yield `        ${paint.dim(row.way)} ${padded(row.name, columns)}  ${tensorText(row.info)}${optional}`;
  }
}

function* variableLines({ variables }: InspectVersion, look: Look): Generator<string> {
  const { paint } = look;
  // Slices are shown as the variable that they belong to.
  const shown = variables.filter(({ key }) => key !== undefined && key !== OBJECT_GRAPH);
  if (shown.length === 0) return;
  const total = variables.reduce(
    (sum, { key, size, slices }) => sum + (slices === undefined && key !== OBJECT_GRAPH ? Number(size) : 0),
    0,
  );
  yield `    ${shown.length} variable${shown.length === 1 ? "" : "s"}, ${humanBytes(total)}`;
  const bytesOf = ({ size, slices, shape, dtype }: (typeof shown)[number]): number =>
    slices === undefined ? Number(size) : sizeOfSliced(variables, shape, dtype);
  const largest = shown
    .map((variable) => ({ variable, bytes: bytesOf(variable) }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MAX_VARIABLES)
    .map(({ variable, bytes }) => ({
      name: shownName((variable.key ?? "").replace(VALUE, ""), look),
      type: `${dtypeText(variable.dtype)} ${shapeText(variable.shape)}`,
      size: humanBytes(bytes),
      parts: variable.slices === undefined ? "" : `  in ${variable.slices.length} slices`,
    }));
  const columns = Math.max(...largest.map(({ name }) => width(name)));
  const types = Math.max(...largest.map(({ type }) => type.length));
  for (const { name, type, size, parts } of largest)
    yield `      ${padded(name, columns)}  ${type.padEnd(types)}  ${paint.dim(size + parts)}`;
  if (shown.length > MAX_VARIABLES) yield paint.dim(`      and ${shown.length - MAX_VARIABLES} smaller ones`);
}

/** Bytes of a partitioned variable, whose own entry has none: elements by the width that its slices show. */
function sizeOfSliced(
  variables: InspectVersion["variables"],
  shape: readonly number[] | null,
  dtype: string,
): number {
  const slice = variables.find(
    (each) => each.keyHex !== undefined && each.dtype === dtype && Number(each.size) > 0,
  );
  const elements = (sizes: readonly number[] | null): number =>
    (sizes ?? []).reduce((all, size) => all * size, 1);
  return slice === undefined
    ? 0
    : elements(shape) * (Number(slice.size) / Math.max(1, elements(slice.shape)));
}

function* versionLines(version: InspectVersion, look: Look): Generator<string> {
  const { paint } = look;
  const made =
    version.tensorflowVersion === null ? "" : `, TensorFlow ${printable(version.tensorflowVersion)}`;
  const format =
    version.format === null
      ? ", no SavedModel"
      : version.format === "export.meta"
        ? ", an old Session Bundle"
        : version.format === "saved_model.pb"
          ? ""
          : `, ${version.format}`;
  const name =
    version.version === null
      ? "not in a version directory"
      : `version ${paint.cyan(String(version.version))}`;
  yield `  ${name}  ${humanBytes(version.sizeBytes)}${made}${format}`;
  for (const graph of version.metaGraphs) {
    yield `    tags ${graph.tags.map((text) => printable(text)).join(", ") || "(none)"}`;
    const signatures = Object.entries(graph.signatures).filter(([key]) => !isHidden(key));
    if (signatures.length === 0) yield paint.dim("      no signatures");
    for (const [key, signature] of signatures) yield* signatureLines(key, signature, look);
  }
  if (version.tflite !== null) {
    yield "    TensorFlow Lite";
    for (const [key, signature] of Object.entries(version.tflite.signatures))
      yield* signatureLines(key, signature, look);
    if (Object.keys(version.tflite.signatures).length === 0) {
      for (const [way, list] of [
        ["in ", version.tflite.inputs],
        ["out", version.tflite.outputs],
      ] as const)
        for (const tensor of list)
          yield `        ${paint.dim(way)} ${shownName(tensor.name, look)}  ${dtypeText(tensor.dtype)} ${shapeText(tensor.shape)}`;
    }
  }
  yield* variableLines(version, look);
  const { assets } = version;
  if (assets.length > 0) yield `    assets ${assets.map((text) => printable(text)).join(", ")}`;
  if (version.warmup !== null) yield `    warm-up records ${version.warmup.records}`;
}

/**
 * A tree of models, versions, signatures and the largest variables.
 * @param columns of the terminal; without one names are whole, for whoever searches them
 */
export function renderInspection(report: InspectReport, paint: Paint, columns = Infinity): string {
  const lines: string[] = [];
  for (const model of report.models) {
    lines.push(`${paint.bold(printable(model.name))}  ${paint.dim(printable(model.path))}`);
    if (model.versions.length === 0)
      lines.push(
        paint.dim(model.problem === undefined ? "  no versions" : `  can't be listed: ${model.problem}`),
      );
    for (const version of model.versions) lines.push(...versionLines(version, { paint, columns }));
  }
  return `${lines.join("\n")}\n`;
}
