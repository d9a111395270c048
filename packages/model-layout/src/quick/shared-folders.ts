import { CleanScanner } from "./clean-scanner.ts";

/** What the folders of a list are: base paths, or version directories. */
export type CleanKind = "base-path" | "version";

/** What a worker is started with. */
export interface CleanWork {
  readonly kind: CleanKind;
  /** Folders, with NUL between: one string is handed over faster than ten thousand. */
  readonly paths: string;
  readonly shared: SharedArrayBuffer;
}

/** Folders that a thread takes at a time. */
const BLOCK: Readonly<Record<CleanKind, number>> = { "base-path": 1, version: 8 };
/** Another thread may be at it; after so long this one does it itself. */
const WAIT_MS = 100;

const NOT_CLEAN = -1;
const LARGE = -2;

/**
 * A list of folders that several threads go through together. Shared memory, in 32-bit words: place of the next folder,
 * then for each 0, or how many clean versions it holds, or -1 where the rules must look, or -2 for a base path with so
 * many versions that they are better judged one by one.
 */
export class SharedFolders {
  readonly #kind: CleanKind;
  readonly #paths: readonly string[];
  readonly #memory: Int32Array;
  readonly #scanner = new CleanScanner();

  constructor(kind: CleanKind, paths: readonly string[], shared: SharedArrayBuffer) {
    this.#kind = kind;
    this.#paths = paths;
    this.#memory = new Int32Array(shared);
  }

  static memoryFor(paths: readonly string[]): SharedArrayBuffer {
    return new SharedArrayBuffer(4 * (1 + paths.length));
  }

  /** Judges the next few folders that nobody has taken; false when there are none left. */
  takeSome(): boolean {
    const block = BLOCK[this.#kind];
    const from = Atomics.add(this.#memory, 0, block);
    const to = Math.min(this.#paths.length, from + block);
    for (let index = from; index < to; index++) this.#judge(index);
    return to < this.#paths.length;
  }

  #judge(index: number): number {
    const path = this.#paths[index]!;
    const found =
      this.#kind === "version" ? +this.#scanner.isCleanVersion(path) : this.#scanner.cleanVersionsIn(path);
    const verdict = found === undefined ? LARGE : found === 0 ? NOT_CLEAN : found;
    Atomics.store(this.#memory, 1 + index, verdict);
    Atomics.notify(this.#memory, 1 + index);
    return verdict;
  }

  /** Whether a folder was judged by now. */
  isJudged(index: number): boolean {
    return Atomics.load(this.#memory, 1 + index) !== 0;
  }

  /**
   * Clean versions in a folder, 0 where the rules must look, undefined for a large base path. Judges it where no thread
   * has come to that, or one died of it.
   */
  cleanVersions(index: number): number | undefined {
    const isTaken = index < Atomics.load(this.#memory, 0);
    if (isTaken) Atomics.wait(this.#memory, 1 + index, 0, WAIT_MS);
    const verdict = Atomics.load(this.#memory, 1 + index) || this.#judge(index);
    return verdict === LARGE ? undefined : Math.max(0, verdict);
  }
}
