import { randomBytes } from "node:crypto";
import { lstatSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";

const ABANDONED_MS = 24 * 3600 * 1000;
const HIDDEN = /^\.(?:publishing|removing)-([A-Za-z0-9_]+)-(\d+)-[0-9a-f]{12}$/;

let known: string | undefined;

/** The machine, and on Linux the container: process numbers of another one say nothing here. */
function owner(): string {
  if (known !== undefined) return known;
  let container = "";
  try {
    container = /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0] ?? "";
  } catch {
    // no Linux
  }
  known = `${hostname().replace(/[^A-Za-z0-9]/g, "_") || "host"}_${container}`;
  return known;
}

/** A name that no server takes for a version, and that tells whose it is. */
export function hiddenName(purpose: "publishing" | "removing"): string {
  return `.${purpose}-${owner()}-${process.pid}-${randomBytes(6).toString("hex")}`;
}

/**
 * Removes what publishers left behind that no longer run: those of this machine by their process, all others when a
 * day has passed without a change.
 */
export function sweep(basePath: string): void {
  for (const name of readdirSync(basePath)) {
    const [, whose, pid] = HIDDEN.exec(name) ?? [];
    if (whose === undefined) continue;
    const path = join(basePath, name);
    const gone = whose === owner() && !isAlive(Number(pid));
    if (!gone && !(Date.now() - lastChange(path) > ABANDONED_MS)) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else's: it takes space, and hinders nobody.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** The latest change in a tree, in ms since 1970; now where that can't be seen. */
function lastChange(path: string): number {
  try {
    const status = lstatSync(path);
    let latest = Math.max(status.mtimeMs, status.ctimeMs);
    if (status.isDirectory())
      for (const name of readdirSync(path)) latest = Math.max(latest, lastChange(join(path, name)));
    return latest;
  } catch {
    return Date.now();
  }
}
