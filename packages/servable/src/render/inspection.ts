import { type Paint, printable } from "@servable/diagnostics/render";
import type { InspectReport } from "@servable/model-layout";
import { humanBytes } from "./human-bytes.ts";

const shapeText = (shape: readonly (number | string)[] | null): string =>
  shape === null ? "any shape" : `[${shape.map((size) => (Number(size) === -1 ? "?" : size)).join(", ")}]`;

const dtypeText = (dtype: string): string => dtype.replace(/^DT_/, "").toLowerCase();

const MAX_VARIABLES = 12;

/** A tree of models, versions, signatures and the largest variables. */
export function renderInspection(report: InspectReport, paint: Paint): string {
  const lines: string[] = [];
  for (const model of report.models) {
    lines.push(`${paint.bold(printable(model.name))}  ${paint.dim(printable(model.path))}`);
    for (const version of model.versions) {
      const made =
        version.tensorflowVersion === null ? "" : `, TensorFlow ${printable(version.tensorflowVersion)}`;
      lines.push(
        `  ${version.version === null ? "not in a version directory" : `version ${paint.cyan(String(version.version))}`}  ${humanBytes(version.sizeBytes)}${made}`,
      );
      for (const graph of version.metaGraphs) {
        lines.push(`    tags ${graph.tags.map((text) => printable(text)).join(", ") || "(none)"}`);
        for (const [name, signature] of Object.entries(graph.signatures)) {
          lines.push(`      ${paint.green(printable(name))}  ${paint.dim(printable(signature.method))}`);
          const rows = [
            ...Object.entries(signature.inputs).map(([alias, info]) => ["in ", alias, info] as const),
            ...Object.entries(signature.outputs).map(([alias, info]) => ["out", alias, info] as const),
          ];
          const width = Math.max(0, ...rows.map(([, alias]) => alias.length));
          for (const [way, alias, info] of rows) {
            lines.push(
              `        ${paint.dim(way)} ${printable(alias.padEnd(width))}  ${dtypeText(info.dtype)} ${shapeText(info.shape)}`,
            );
          }
        }
      }
      const { variables } = version;
      if (variables.length > 0) {
        const total = variables.reduce((sum, { size }) => sum + Number(size), 0);
        lines.push(
          `    ${variables.length} variable${variables.length === 1 ? "" : "s"}, ${humanBytes(total)}`,
        );
        const largest = [...variables]
          .sort((a, b) => Number(b.size) - Number(a.size))
          .slice(0, MAX_VARIABLES);
        for (const variable of largest) {
          const key = variable.key ?? `0x${variable.keyHex ?? ""}`;
          lines.push(
            `      ${printable(key)}  ${dtypeText(variable.dtype)} ${shapeText(variable.shape)}  ${paint.dim(humanBytes(variable.size))}`,
          );
        }
        if (variables.length > MAX_VARIABLES)
          lines.push(paint.dim(`      and ${variables.length - MAX_VARIABLES} smaller ones`));
      }
      if (version.assets.length > 0)
        lines.push(`    assets ${version.assets.map((text) => printable(text)).join(", ")}`);
      if (version.warmup !== null) lines.push(`    warm-up records ${version.warmup.records}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
