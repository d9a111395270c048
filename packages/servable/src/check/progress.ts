import type { Context } from "../cli/context.ts";
import { interruptible } from "../cli/interruptible.ts";
import { humanBytes } from "../render/human-bytes.ts";

/** A line on the terminal that says how far something long is; nothing where stderr is no terminal. */
export interface Progress {
  /** How much there is to do in all, where that is known: then the line is a bar. */
  total(versions: number, bytes: number): void;
  /** So many bytes more. */
  bytes(count: number): void;
  /** So many versions more. */
  versions(count: number): void;
  /**
   * Does the work and takes the line away, also where Ctrl-C ends the work.
   * @throws Interrupted (exit code 130), and what the work throws
   */
  during<Result>(work: () => Result): Result;
  /** Takes the line away. */
  end(): void;
}

const SILENT: Progress = {
  total: () => {},
  bytes: () => {},
  versions: () => {},
  during: (work) => work(),
  end: () => {},
};
const INTERVAL_MS = 100;
const BAR = 24;
const CLEAR = "\r\u001b[K";

/** `[=====>      ]  45 %`; `part` from 0 to 1. */
function bar(part: number): string {
  const filled = Math.floor(part * BAR);
  const head = filled < BAR ? ">" : "";
  return `[${`${"=".repeat(filled)}${head}`.padEnd(BAR)}] ${String(Math.floor(part * 100)).padStart(3)} %`;
}

export function checkProgress(context: Context): Progress {
  if (!context.errIsTerminal) return SILENT;
  let allVersions = 0;
  let allBytes = 0;
  let bytes = 0;
  let versions = 0;
  let shownAt = performance.now();
  let shown = false;
  const line = (): string => {
    const ofBytes = allBytes > 0 ? `${humanBytes(Math.min(bytes, allBytes))} of ${humanBytes(allBytes)}` : "";
    const ofVersions = allVersions > 1 ? `${versions} of ${allVersions} versions` : "";
    const said = [ofVersions, ofBytes].filter((each) => each !== "").join(", ");
    if (said === "") return bytes > 0 ? humanBytes(bytes) : versions > 1 ? `${versions} versions` : "";
    return `${bar(Math.min(1, allBytes > 0 ? bytes / allBytes : versions / allVersions))}  ${said}`;
  };
  const show = (): void => {
    const now = performance.now();
    if (now - shownAt < INTERVAL_MS) return;
    shownAt = now;
    shown = true;
    // A line that wrapped could not be taken away.
    context.err(CLEAR + line().slice(0, (process.stderr.columns || 80) - 1));
  };
  const end = (): void => {
    if (shown) context.err(CLEAR);
    shown = false;
  };
  return {
    total: (moreVersions, moreBytes) => {
      allVersions += moreVersions;
      allBytes += moreBytes;
    },
    bytes: (count) => {
      bytes += count;
      show();
    },
    versions: (count) => {
      versions += count;
      show();
    },
    during: (work) => {
      try {
        return interruptible(work);
      } finally {
        end();
      }
    },
    end,
  };
}
