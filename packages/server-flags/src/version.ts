/** A TensorFlow Serving version such as `2.17.1`, `2.17` or `2.5.0-rc0`; an image suffix (`-gpu`) is allowed. */
export type TfsVersion = string;

/** The version whose behaviour was recorded, and the one assumed where nothing else is known. */
export const defaultVersion: TfsVersion = "2.17.1";

/** One release of every minor version that the flag table covers, oldest first (2.5.0 was never tagged final). */
export const supportedVersions: readonly TfsVersion[] = [
  "1.13.0",
  "1.14.0",
  "1.15.0",
  "2.0.0",
  "2.1.0",
  "2.2.0",
  "2.3.0",
  "2.4.0",
  "2.5.1",
  "2.6.0",
  "2.7.0",
  "2.8.0",
  "2.9.0",
  "2.10.0",
  "2.11.0",
  "2.12.1",
  "2.13.0",
  "2.14.1",
  "2.15.1",
  "2.16.1",
  "2.17.1",
  "2.18.0",
  "2.19.1",
  "2.20.0",
];

interface Parts {
  readonly numbers: readonly [number, number, number];
  /** Number of the release candidate, or undefined for a final release. */
  readonly candidate: number | undefined;
}

function parts(version: TfsVersion): Parts | undefined {
  const match = /^v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?(?:-?rc(\d{1,6}))?(?:-[a-z][\w.-]*)?$/.exec(
    version,
  );
  if (match === null) return undefined;
  const number = (index: number): number => Number(match[index] ?? 0);
  return {
    numbers: [number(1), number(2), number(3)],
    candidate: match[4] === undefined ? undefined : Number(match[4]),
  };
}

/** Whether the text is a version number that {@link compareVersions} understands (`latest`, `nightly` are not). */
export function isVersion(text: string): boolean {
  return parts(text) !== undefined;
}

/**
 * Order of two versions: negative, zero or positive. Missing parts count as 0, image suffixes (`-gpu`) not at all, a
 * release candidate sorts before its release. A text that is no version (`latest`) sorts after all versions.
 */
export function compareVersions(a: TfsVersion, b: TfsVersion): number {
  const left = parts(a);
  const right = parts(b);
  if (left === undefined || right === undefined) {
    return (left === undefined ? 1 : 0) - (right === undefined ? 1 : 0);
  }
  for (const index of [0, 1, 2] as const) {
    const difference = left.numbers[index] - right.numbers[index];
    if (difference !== 0) return difference;
  }
  if (left.candidate === right.candidate) return 0;
  return (left.candidate ?? Number.POSITIVE_INFINITY) - (right.candidate ?? Number.POSITIVE_INFINITY);
}

/** Whether `version` is `since` or later and, where given, before `until`. */
export function versionWithin(version: TfsVersion, since?: TfsVersion, until?: TfsVersion): boolean {
  return (
    (since === undefined || compareVersions(version, since) >= 0) &&
    (until === undefined || compareVersions(version, until) < 0)
  );
}
