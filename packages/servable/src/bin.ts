#!/usr/bin/env node
declare const SERVABLE_VERSION: string;

// Asked for so often, by scripts and people, that it loads nothing else; not even the module that has the version.
if (process.argv.length === 3 && process.argv[2] === "--version")
  process.stdout.write(`${SERVABLE_VERSION}\n`);
else await (await import("./run.ts")).run();
