#!/usr/bin/env node
import { writeSync } from "node:fs";

declare const SERVABLE_VERSION: string;

// Asked for so often, by scripts and people, that it loads nothing else; not even the module that has the version.
function printedVersion(): boolean {
  try {
    return writeSync(1, `${SERVABLE_VERSION}\n`) > 0;
  } catch {
    return false;
  }
}

const asked = process.argv.length === 3 && process.argv[2] === "--version";
if (!asked || !printedVersion()) void import("./run.ts").then(({ run }) => run());
