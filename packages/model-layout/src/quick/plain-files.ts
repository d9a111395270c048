import { DTYPE_FACTS, dtypeOf } from "@servable/tensors";
import { wasm } from "../generated/plain-files-wasm.ts";

/** Reads up to `length` bytes at `position` into the start of the buffer; returns how many there were, 0 past the end. */
export type ReadAt = (position: number, length: number) => number;

/** What is used of the global, whose types come only with those of a browser. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly window: { readonly value: number };
  readonly index: { readonly value: number };
  readonly widths: { readonly value: number };
  readonly ends: { readonly value: number };
  readonly assetNames: { readonly value: number };
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

const WINDOW = 8192;
const MAX_INDEX = 1 << 16;
const MAX_SHARDS = 256;
const MAX_NAMES = 4096;
const DTYPES = 64;
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
    const code = Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), {
      "saved-model-outline.ts": {
        readAt: (position: number, length: number) => this.#readAt(position, length),
      },
    });
    this.#exports = exports as Exports;
    const { memory, window, index, widths, ends, assetNames, makeTables } = this.#exports;
    this.window = new Uint8Array(memory.buffer, window.value, WINDOW);
    this.index = new Uint8Array(memory.buffer, index.value, MAX_INDEX);
    this.ends = new Float64Array(memory.buffer, ends.value, MAX_SHARDS);
    this.#assetNames = new Uint8Array(memory.buffer, assetNames.value, MAX_NAMES);
    const widthOf = new Uint8Array(memory.buffer, widths.value, DTYPES);
    for (let number = 0; number < DTYPES; number++) {
      const dtype = dtypeOf(number);
      if (dtype !== undefined)
        widthOf[number] = dtype === "DT_STRING" ? OF_ANY_SIZE : DTYPE_FACTS[dtype].width;
    }
    makeTables();
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
