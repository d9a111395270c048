// Packages import only what ARCHITECTURE.md's table allows, only through `exports`, declared, and never in circles.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { readWorkspace } from "./boundaries/read-workspace.mjs";
import { findViolations } from "./boundaries/violations.mjs";

/** All violations of the repository at `root`, as "file: what" lines; empty when the boundaries hold. */
export function checkBoundaries(root) {
  return findViolations(readWorkspace(root));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const violations = checkBoundaries(resolve(import.meta.dirname, ".."));
  for (const violation of violations) console.error(violation);
  if (violations.length === 0) console.log("boundaries hold");
  else console.error(`\n${violations.length} violation${violations.length === 1 ? "" : "s"}`);
  process.exitCode = violations.length > 0 ? 1 : 0;
}
