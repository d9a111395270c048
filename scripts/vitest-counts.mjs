import { writeFileSync } from "node:fs";
import { relative } from "node:path";

/**
 * Vitest reporter that writes what `scripts/test.mjs` sums up, as JSON, to the file named by `SERVABLE_TEST_COUNTS`.
 * Vitest's own JSON reporter drops the note of `ctx.skip(note)`, and a skip has to say why.
 */
export default class CountsReporter {
  #running = new Set();

  onTestModuleStart(testModule) {
    this.#note(() => this.#running.add(relative(process.cwd(), testModule.moduleId)));
  }

  onTestModuleEnd(testModule) {
    this.#note(() => this.#running.delete(relative(process.cwd(), testModule.moduleId)));
  }

  /** Keeps the list of files under way on disk: a test that never yields can only be stopped with the whole run. */
  #note(change) {
    change();
    const out = process.env.SERVABLE_TEST_COUNTS;
    if (out !== undefined) writeFileSync(`${out}.running`, JSON.stringify([...this.#running]));
  }

  onTestRunEnd(testModules, unhandledErrors) {
    const projects = {};
    const skips = [];
    const failures = [];
    const files = [];
    const cwd = process.cwd();
    for (const testModule of testModules) {
      const project = testModule.project.name;
      projects[project] ??= { passed: 0, failed: 0, skipped: 0 };
      const counts = projects[project];
      const file = relative(cwd, testModule.moduleId);
      files.push({ file, project, durationMs: Math.round(testModule.diagnostic().duration) });
      let collected = 0;
      for (const test of testModule.children.allTests()) {
        collected++;
        const { state, note } = test.result();
        if (state === "passed") counts.passed++;
        else if (state === "failed") {
          counts.failed++;
          failures.push({ project, file, name: test.fullName });
        } else {
          counts.skipped++;
          skips.push({
            project,
            file,
            name: test.fullName,
            reason: note ?? reasonInTitle(test.fullName) ?? null,
          });
        }
      }
      // A file that could not be imported, or a hook that failed, has errors of its own and perhaps no tests.
      const broken = testModule.errors().length > 0 || (collected === 0 && testModule.state() === "failed");
      if (broken) {
        counts.failed++;
        failures.push({
          project,
          file,
          name: `(file) ${testModule.errors()[0]?.message ?? "could not be run"}`,
        });
      }
    }
    const out = process.env.SERVABLE_TEST_COUNTS;
    if (out === undefined) return;
    writeFileSync(
      out,
      JSON.stringify({
        projects,
        skips,
        failures,
        files,
        unhandledErrors: unhandledErrors.map((error) => error.message),
      }),
    );
  }
}

/** Suites skipped as a whole (`describe.skipIf`) carry no note: their title may end in "(skipped: reason)". */
function reasonInTitle(title) {
  return /\((?:skipped|needs)[: ]([^)]*)\)/.exec(title)?.[0].slice(1, -1);
}
