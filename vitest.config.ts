import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;
const packages = readdirSync(join(root, "packages")).filter((name) =>
  existsSync(join(root, "packages", name, "package.json")),
);

/** What has tests beside the packages: the repository's own scripts, and the docs. */
const workspaceFolders = [
  { name: "repository", folder: "scripts" },
  { name: "docs", folder: "apps/docs" },
  { name: "bench", folder: "bench" },
];

/**
 * One project a package, run from its sources (condition `@servable/source`), and one `<name>:corpus` for the
 * suites that read the corpora outside the repository (`*.corpus.test.ts`), so that they are counted apart.
 */
export default defineConfig({
  resolve: { conditions: ["@servable/source", "node", "module", "import", "default"] },
  ssr: { resolve: { conditions: ["@servable/source", "node", "module", "import", "default"] } },
  test: {
    testTimeout: 30_000,
    projects: [
      ...workspaceFolders.map(({ name, folder }) => ({
        extends: true as const,
        test: { name, root: join(root, folder), include: ["test/**/*.test.ts"] },
      })),
      ...packages.flatMap((name) => [
        {
          extends: true as const,
          test: {
            name,
            root: join(root, "packages", name),
            include: ["test/**/*.test.ts"],
            exclude: ["test/**/*.corpus.test.ts"],
          },
        },
        {
          extends: true as const,
          test: {
            name: `${name}:corpus`,
            root: join(root, "packages", name),
            include: ["test/**/*.corpus.test.ts"],
            testTimeout: 120_000,
          },
        },
      ]),
    ],
  },
});
