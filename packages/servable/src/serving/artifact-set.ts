import { readFileSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { ResolvedSpec } from "@servable/config-schema";
import { type Artifact, generateArtifacts, hostArtifacts, neededFiles } from "@servable/deploy-gen";
import { UserError } from "@servable/diagnostics";
import type { Context } from "../cli/context.ts";
import { reasonOf } from "../cli/read-input.ts";

const posix = (path: string): string => path.split(sep).join("/");

/** Where a spec lies and where its artifacts go. */
export interface Places {
  /** As shown in the headers of the artifacts. */
  readonly shown: string;
  /** Absolute folder of the spec. */
  readonly folder: string;
  /** Absolute output folder. */
  readonly outDir: string;
}

const by = (context: Context, places: Places) => ({
  tool: { name: "servable", version: context.version },
  // The header must not depend on the working folder.
  specFile: posix(places.shown).split("/").at(-1) ?? places.shown,
});

/** Reads the files that the spec names and makes its artifacts; nothing is written. @throws UserError */
export function artifactsOf(context: Context, resolved: ResolvedSpec, places: Places): Artifact[] {
  const files = new Map<string, string>();
  for (const { path, purpose } of neededFiles(resolved)) {
    try {
      files.set(path, readFileSync(resolve(places.folder, path), "utf8"));
    } catch (error) {
      throw new UserError("cannot-read", `cannot read ${path}, the ${purpose}: ${reasonOf(error)}`, {
        hint: "the path is relative to the folder of the spec",
        cause: error,
      });
    }
  }
  const up = posix(relative(places.outDir, places.folder));
  return generateArtifacts(resolved, {
    ...by(context, places),
    specFolderFromOut: up === "" ? "." : up,
    files,
  });
}

/** What a server on this machine needs beside the artifacts. */
export function hostFilesOf(context: Context, resolved: ResolvedSpec, places: Places): Artifact[] {
  return hostArtifacts(resolved, { ...by(context, places), specFolder: places.folder });
}
