import type { Context } from "../cli/context.ts";
import { humanBytes } from "../render/inspection.ts";

/** A line on the terminal that says how far a long check is; nothing where stderr is no terminal. */
export interface Progress {
  bytes(count: number): void;
  version(path: string): void;
  end(): void;
}

const SILENT: Progress = { bytes: () => {}, version: () => {}, end: () => {} };
const INTERVAL_MS = 100;

export function checkProgress(context: Context): Progress {
  if (!context.errIsTerminal) return SILENT;
  let bytes = 0;
  let versions = 0;
  let shownAt = performance.now();
  let shown = false;
  const show = (): void => {
    const now = performance.now();
    if (now - shownAt < INTERVAL_MS) return;
    shownAt = now;
    shown = true;
    context.err(
      `\r\u001b[K${versions} version${versions === 1 ? "" : "s"} checked${bytes > 0 ? `, ${humanBytes(bytes)} of checksums` : ""}`,
    );
  };
  return {
    bytes: (count) => {
      bytes += count;
      show();
    },
    version: () => {
      versions++;
      show();
    },
    end: () => {
      if (shown) context.err("\r\u001b[K");
    },
  };
}
