import { CleanVersions } from "./clean-version.ts";

/** What a worker is started with. */
export interface CleanWork {
  /** Version directories, with NUL between: one string is handed over faster than ten thousand. */
  readonly paths: string;
  readonly shared: SharedArrayBuffer;
}

/** Versions that a thread takes at a time. */
const BLOCK = 16;

const NOT_CLEAN = 1;
const CLEAN = 2;

/** A list of versions that several threads go through together. Shared memory: place of the next one, then verdicts. */
export class SharedVersions {
  readonly #paths: readonly string[];
  readonly #next: Int32Array;
  readonly #verdicts: Uint8Array;
  readonly #scanner = new CleanVersions();

  constructor(paths: readonly string[], shared: SharedArrayBuffer) {
    this.#paths = paths;
    this.#next = new Int32Array(shared, 0, 1);
    this.#verdicts = new Uint8Array(shared, 4, paths.length);
  }

  static memoryFor(paths: readonly string[]): SharedArrayBuffer {
    return new SharedArrayBuffer(4 + paths.length);
  }

  /** Judges the next few versions that nobody has taken; false when there are none left. */
  takeSome(): boolean {
    const from = Atomics.add(this.#next, 0, BLOCK);
    const to = Math.min(this.#paths.length, from + BLOCK);
    for (let index = from; index < to; index++) this.#judge(index);
    return to < this.#paths.length;
  }

  #judge(index: number): number {
    const verdict = this.#scanner.isClean(this.#paths[index]!) ? CLEAN : NOT_CLEAN;
    Atomics.store(this.#verdicts, index, verdict);
    return verdict;
  }

  /** Whether a version was judged by now. */
  isJudged(index: number): boolean {
    return Atomics.load(this.#verdicts, index) !== 0;
  }

  /** Whether a version is clean; judges it where no thread has come to that, or one died of it. */
  isClean(index: number): boolean {
    return (Atomics.load(this.#verdicts, index) || this.#judge(index)) === CLEAN;
  }
}
