import { DTYPE_FACTS, dtypeOf } from "@servable/tensors";
import { wasm } from "../generated/plain-files-wasm.ts";
import { wasmExports } from "../wasm-exports.ts";

/** Reads up to `length` bytes at `position` into the start of the buffer; returns how many there were, 0 past the end. */
export type ReadAt = (position: number, length: number) => number;

/** A place in the module's memory, or a size. */
interface Global {
  readonly value: number;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly window: Global;
  readonly WINDOW: Global;
  readonly index: Global;
  readonly MAX_INDEX: Global;
  readonly widths: Global;
  readonly DTYPES: Global;
  readonly ends: Global;
  readonly MAX_SHARDS: Global;
  readonly assetNames: Global;
  readonly MAX_NAMES: Global;
  makeTables(): void;
  assetBytes(): number;
  readIndex(length: number): number;
  readOutline(): number;
}

/** What a usual saved_model.pb says of the other files. */
export interface Outline {
  readonly restores: boolean;
  /** File names; ASCII. */
  readonly assets: readonly string[];
}

const RESTORES: Outline = { restores: true, assets: [] };
const RESTORES_NOTHING: Outline = { restores: false, assets: [] };

const OF_ANY_SIZE = 255;

/**
 * Whether saved_model.pb and variables.index are of the plain kind that nearly every export has (wasm/plain-files.ts says
 * which it is). Anything else is not to say that a file is wrong: the rules look closely, then.
 *
 * @throws where there is no WebAssembly
 */
export class PlainFiles {
  /** Room for what {@link outline} reads. */
  readonly window: Uint8Array;
  /** Room for variables.index. */
  readonly index: Uint8Array;
  /** Where the last tensor of each shard ends, after {@link shardsOfIndex}. */
  readonly ends: Float64Array;
  readonly #assetNames: Uint8Array;
  readonly #exports: Exports;
  #readAt: ReadAt = () => 0;

  constructor() {
    const all = wasmExports<Exports>(wasm, {
      "saved-model-outline.ts": {
        readAt: (position: number, length: number) => this.#readAt(position, length),
      },
    });
    this.#exports = all;
    const { buffer } = all.memory;
    this.window = new Uint8Array(buffer, all.window.value, all.WINDOW.value);
    this.index = new Uint8Array(buffer, all.index.value, all.MAX_INDEX.value);
    this.ends = new Float64Array(buffer, all.ends.value, all.MAX_SHARDS.value);
    this.#assetNames = new Uint8Array(buffer, all.assetNames.value, all.MAX_NAMES.value);
    const widthOf = new Uint8Array(buffer, all.widths.value, all.DTYPES.value);
    for (let number = 0; number < widthOf.length; number++) {
      const dtype = dtypeOf(number);
      if (dtype !== undefined)
        widthOf[number] = dtype === "DT_STRING" ? OF_ANY_SIZE : DTYPE_FACTS[dtype].width;
    }
    all.makeTables();
  }

  /** Looks at a saved_model.pb, read into {@link window} bit by bit; undefined where it is unusual. */
  outline(readAt: ReadAt): Outline | undefined {
    this.#readAt = readAt;
    const verdict = this.#exports.readOutline();
    if (verdict === 0) return undefined;
    const restores = verdict === 2;
    const bytes = this.#exports.assetBytes();
    if (bytes === 0) return restores ? RESTORES : RESTORES_NOTHING;
    const names = String.fromCharCode(...this.#assetNames.subarray(0, bytes - 1)).split("\0");
    return { restores, assets: names };
  }

  /** Shards of the variables.index in the first bytes of {@link index}, or 0 where it is unusual. */
  shardsOfIndex(length: number): number {
    return this.#exports.readIndex(length);
  }
}
