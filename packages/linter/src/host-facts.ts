import { readFileSync, statSync } from "node:fs";
import type { HostFacts, Permissions } from "./api.ts";

/** What can be learnt about this machine without asking a program. Never throws. */
export function hostFacts(): HostFacts {
  const cpuFeatures = featuresOf(read("/proc/cpuinfo"));
  return {
    architecture: process.arch,
    permissions,
    ...(cpuFeatures === undefined ? {} : { cpuFeatures }),
  };
}

/** The `flags` line of /proc/cpuinfo; undefined where there is none (other systems, other processors). */
export function featuresOf(cpuinfo: string): ReadonlySet<string> | undefined {
  const line = /^flags\s*:\s*(.+)$/m.exec(cpuinfo)?.[1];
  return line === undefined ? undefined : new Set(line.trim().split(/\s+/));
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function permissions(path: string): Permissions | undefined {
  try {
    const { mode, uid, gid } = statSync(path);
    return { mode: mode & 0o777, uid, gid };
  } catch {
    return undefined;
  }
}
