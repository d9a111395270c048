import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

function repositoryRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "turbo.json"))) return folder;
    if (dirname(folder) === folder) throw new Error("turbo.json not found above the tests");
  }
}

/** The root of the checkout. */
export const root: string = repositoryRoot();

/** A file or folder of the fixtures that the repository carries (`fixtures/`). */
export function fixture(...path: string[]): string {
  return join(root, "fixtures", ...path);
}

const shared = resolve(process.env["SERVABLE_SHARED"] ?? join(root, "..", "shared"));

/** Whether the corpora outside the repository are present (`../shared`, or `SERVABLE_SHARED`). */
export const hasShared: boolean = existsSync(join(shared, "fixtures"));

/** A file or folder of the corpora outside the repository. Only `*.corpus.test.ts` may ask for one. */
export function sharedFixture(...path: string[]): string {
  return join(shared, "fixtures", ...path);
}
