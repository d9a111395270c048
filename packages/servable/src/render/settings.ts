import type { Origin, OriginKind, Origins } from "@servable/config-schema";
import { type Paint, printable } from "@servable/diagnostics/render";

const KINDS: Readonly<Record<OriginKind, string>> = {
  written: "written in the spec",
  profile: "from the profile",
  default: "chosen by servable",
  "tfs-default": "left to TensorFlow Serving",
};

const shownValue = ({ kind, value }: Origin): string =>
  kind === "tfs-default" && typeof value === "string" ? value : (JSON.stringify(value) ?? "");

/** Every setting with its value and where that comes from, for people: one line each, the reason below it. */
export function settingsText(origins: Origins, paint: Paint): string {
  const rows = [...origins.values()];
  const width = Math.min(44, Math.max(...rows.map(({ path }) => path.length)));
  return rows
    .map((origin) => {
      const { path, kind, reason } = origin;
      const chosen = kind === "tfs-default" ? paint.dim : kind === "default" ? paint.cyan : paint.green;
      const line = `${printable(path).padEnd(width)}  ${printable(shownValue(origin))}  ${chosen(`(${KINDS[kind]})`)}`;
      return reason === undefined
        ? `${line}\n`
        : `${line}\n${" ".repeat(width)}  ${paint.dim(printable(reason))}\n`;
    })
    .join("");
}

/** The same as data, in the order of the resolved spec. */
export const settingsJson = (origins: Origins): object => ({
  settings: [...origins.values()].map(({ path, kind, value, reason }) => ({
    path,
    value,
    origin: kind,
    ...(reason === undefined ? {} : { reason }),
  })),
});
