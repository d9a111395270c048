import { closeSync, constants, openSync, readdirSync, readSync, statSync } from "node:fs";
import { shardName } from "../variables/shard-name.ts";
import { IndexScanner } from "./clean-index.ts";
import { OutlineScanner } from "./clean-outline.ts";

/** Indices beyond this size go the long way. */
const INDEX_LIMIT = 1 << 16;

const ONLY_SHARD = shardName(0, 1);

const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Tells in the fewest system calls that a version directory is of the plain kind in which no rule of level `quick` finds
 * anything: usual names, a sound outline and index, data files of exactly the right sizes. False means only that the
 * rules must look. A repository of ten thousand versions is checked mostly by this.
 */
export class CleanVersions {
  readonly #index = new IndexScanner();
  readonly #outline = new OutlineScanner();
  readonly #buffer = new Uint8Array(INDEX_LIMIT);

  isClean(path: string): boolean {
    try {
      return this.#isClean(path);
    } catch {
      return false; // the rules say why
    }
  }

  #isClean(path: string): boolean {
    let savedModel = false;
    let variables = false;
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
        case "debug":
          // An empty assets folder is usual; what is in it is looked at by the rules.
          if (!entry.isDirectory() || (entry.name === "assets" && readdirSync(`${path}/assets`).length > 0))
            return false;
          break;
        default:
          return false;
      }
    }
    if (!savedModel) return false;
    const outline = this.#readOutline(`${path}/saved_model.pb`);
    if (outline === undefined || (outline.restores && !variables)) return false;
    if (!variables) return true;
    return this.#variablesAreClean(`${path}/variables`);
  }

  #readOutline(path: string): { readonly restores: boolean } | undefined {
    const { buffer } = this.#outline;
    const descriptor = openSync(path, FLAGS);
    try {
      return this.#outline.scan((position, length) => readSync(descriptor, buffer, 0, length, position));
    } finally {
      closeSync(descriptor);
    }
  }

  #variablesAreClean(path: string): boolean {
    let data = 0;
    let index = false;
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (!entry.isFile()) return false;
      const { name } = entry;
      if (name === "variables.index") index = true;
      else if (name === ONLY_SHARD || /^variables\.data-\d{5}-of-\d{5}$/.test(name)) data++;
      else return false;
    }
    if (!index) return false;
    const descriptor = openSync(`${path}/variables.index`, FLAGS);
    let length: number;
    try {
      length = readSync(descriptor, this.#buffer, 0, INDEX_LIMIT, 0);
    } finally {
      closeSync(descriptor);
    }
    if (length >= INDEX_LIMIT) return false;
    const extent = this.#index.scan(this.#buffer, length);
    if (extent === undefined || extent.shards !== data) return false;
    for (let shard = 0; shard < extent.shards; shard++) {
      const name = extent.shards === 1 ? ONLY_SHARD : shardName(shard, extent.shards);
      if (statSync(`${path}/${name}`).size !== extent.ends[shard]) return false;
    }
    return true;
  }
}
