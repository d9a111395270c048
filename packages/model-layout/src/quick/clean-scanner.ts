import { closeSync, constants, lstatSync, openSync, readdirSync, readSync } from "node:fs";
import { isPlainVersionName } from "../discovery/version-name.ts";
import { shardName } from "../variables/shard-name.ts";
import { WARMUP_NAME } from "../warmup/warmup-file.ts";
import { type Outline, PlainFiles, type ReadAt } from "./plain-files.ts";

const ONLY_SHARD = shardName(0, 1);

/** Links are left to the rules, and nothing waits for a FIFO's writer (neither flag is on Windows). */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** Base paths with more versions than this are shared among threads. */
const MOST_VERSIONS = 256;

/**
 * Tells in the fewest system calls that a version directory, or a base path with all its versions, is of the plain kind
 * in which no rule of level `quick` finds anything: usual names, a sound outline and index, data files of exactly the
 * right sizes. Otherwise the rules must look, no more. A repository of ten thousand versions is checked mostly by this.
 */
export class CleanScanner {
  #files: PlainFiles | undefined;
  #descriptor = -1;
  readonly #readSavedModel: ReadAt = (position, length) =>
    readSync(this.#descriptor, this.#plain.window, 0, length, position);

  /** Made when it is first needed, inside of the calls that catch where that can't be. */
  get #plain(): PlainFiles {
    this.#files ??= new PlainFiles();
    return this.#files;
  }

  isCleanVersion(path: string): boolean {
    try {
      return this.#isClean(path);
    } catch {
      return false; // the rules say why
    }
  }

  /** How many versions a base path has, if there is nothing else in it and each is clean; else 0. Undefined if they are many. */
  cleanVersionsIn(basePath: string): number | undefined {
    try {
      // Reading them tells whether they are folders.
      const names = readdirSync(basePath);
      if (names.length > MOST_VERSIONS) return undefined;
      for (const name of names)
        if (!isPlainVersionName(name) || !this.#isClean(`${basePath}/${name}`)) return 0;
      return names.length;
    } catch {
      return 0;
    }
  }

  #isClean(path: string): boolean {
    let savedModel = false;
    let variables = false;
    let assets = false;
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      switch (entry.name) {
        case "saved_model.pb":
          if (!entry.isFile()) return false;
          savedModel = true;
          break;
        case "fingerprint.pb":
        case "keras_metadata.pb":
          if (!entry.isFile()) return false;
          break;
        case "variables":
          if (!entry.isDirectory()) return false;
          variables = true;
          break;
        case "assets":
          if (!entry.isDirectory()) return false;
          assets = true;
          break;
        case "assets.extra":
          if (!entry.isDirectory() || !holdsOnlyWarmup(`${path}/assets.extra`)) return false;
          break;
        case "debug":
          if (!entry.isDirectory()) return false;
          break;
        default:
          return false;
      }
    }
    if (!savedModel) return false;
    const outline = this.#outline(`${path}/saved_model.pb`);
    if (outline === undefined || (outline.restores && !variables)) return false;
    if (assets ? !assetsAreClean(`${path}/assets`, outline.assets) : outline.assets.length > 0) return false;
    return !variables || this.#variablesAreClean(`${path}/variables`);
  }

  #outline(path: string): Outline | undefined {
    this.#descriptor = openSync(path, FLAGS);
    try {
      return this.#plain.outline(this.#readSavedModel);
    } finally {
      closeSync(this.#descriptor);
    }
  }

  #variablesAreClean(path: string): boolean {
    let data = 0;
    let index = false;
    for (const name of readdirSync(path)) {
      if (name === "variables.index") index = true;
      else if (name === ONLY_SHARD || /^variables\.data-\d{5}-of-\d{5}$/.test(name)) data++;
      else return false;
    }
    if (!index) return false;
    const shards = this.#shardsOf(`${path}/variables.index`);
    if (shards === 0 || shards !== data) return false;
    for (let shard = 0; shard < shards; shard++) {
      const name = shards === 1 ? ONLY_SHARD : shardName(shard, shards);
      const stats = lstatSync(`${path}/${name}`);
      if (!stats.isFile() || stats.size !== this.#plain.ends[shard]) return false;
    }
    return true;
  }

  #shardsOf(path: string): number {
    const { index } = this.#plain;
    const descriptor = openSync(path, FLAGS);
    try {
      return this.#plain.shardsOfIndex(readSync(descriptor, index, 0, index.length, 0));
    } finally {
      closeSync(descriptor);
    }
  }
}

function holdsOnlyWarmup(path: string): boolean {
  return readdirSync(path, { withFileTypes: true }).every(
    (entry) => entry.name === WARMUP_NAME && entry.isFile(),
  );
}

/** Whether each asset is there, and nothing beside them that is special or meant for another folder. */
function assetsAreClean(path: string, assets: readonly string[]): boolean {
  const files = new Set<string>();
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isFile()) files.add(entry.name);
    else if (!entry.isDirectory()) return false;
    if (/warm/i.test(entry.name)) return false;
  }
  return assets.every((name) => files.has(name));
}
