/** Arithmetic and wording of the test summary, apart from running anything. */

/** Reasons that name something which CI installs: there, such a skip is a failure of the set-up. */
const MISSING_TOOL =
  /\b(not (?:installed|found|present|available|on (?:the )?PATH)|missing|needs|without)\b/i;

/**
 * In CI, a test skipped for want of a tool, or without saying why, proves nothing and is counted as failed.
 * Elsewhere the counts stay as they are.
 */
export function countingSkips(part, { ci }) {
  if (!ci) return part;
  const failing = part.skips.filter((skip) => skip.reason === null || MISSING_TOOL.test(skip.reason));
  return {
    ...part,
    skips: part.skips.filter((skip) => !failing.includes(skip)),
    failures: [
      ...part.failures,
      ...failing.map((skip) => ({
        project: skip.project,
        file: skip.file,
        name: `${skip.name} (skipped in CI: ${skip.reason ?? "no reason given"})`,
      })),
    ],
    skipsAsFailures: failing.length,
  };
}

/** Sums of one part. */
export function totals(part) {
  const sum = { passed: 0, failed: part.extraFailed ?? 0, skipped: 0 };
  for (const counts of Object.values(part.projects)) {
    sum.passed += counts.passed;
    sum.failed += counts.failed;
    sum.skipped += counts.skipped;
  }
  const moved = part.skipsAsFailures ?? 0;
  return { passed: sum.passed, failed: sum.failed + moved, skipped: sum.skipped - moved };
}

/** The one line that other programs read. */
export function summaryLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** One line a reason and file, with the number of tests. */
export function describeSkips(skips) {
  const groups = new Map();
  for (const skip of skips) {
    const key = `${skip.reason ?? "no reason given"} (${skip.file})`;
    groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => `skipped ${count}: ${key}`);
}
