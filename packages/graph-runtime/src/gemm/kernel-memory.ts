import { fusedModule, simdModule } from "../generated/gemm-module.ts";
import type { Epilogue } from "./operands.ts";

/** What the module exports. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  gemm(...args: number[]): void;
  im2col(...args: number[]): void;
  depthwise(...args: number[]): void;
  maxPool(...args: number[]): void;
  avgPool(...args: number[]): void;
  sigmoid(...args: number[]): void;
}

// The parts of WebAssembly that are used; its types come with the DOM library, which is not for Node.
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
}

const PAGE = 65536;
const RESERVED = 64;

let compiled: object | undefined | null;

/** Compiles the best module that the engine takes; null where WebAssembly SIMD is missing. */
function compiledModule(api: WebAssemblyApi | undefined): object | null {
  if (compiled !== undefined) return compiled;
  compiled = null;
  if (api && process.env["SERVABLE_PLAIN_KERNELS"] !== "1") {
    for (const text of [fusedModule, simdModule]) {
      const bytes = Buffer.from(text, "base64");
      if (!api.validate(bytes)) continue;
      compiled = new api.Module(bytes);
      break;
    }
  }
  return compiled;
}

export const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/**
 * An instance of the module with its memory. What is kept stays at the start for the life of this object; temporary blocks
 * lie behind it until the next are asked for.
 */
export class KernelMemory {
  readonly kernels: Kernels;
  /** All of memory; another array when memory has grown. */
  floats: Float32Array;
  /** End of what stays: temporary blocks begin here. */
  #kept = RESERVED;

  /** @returns null where WebAssembly SIMD is missing */
  static open(): KernelMemory | null {
    const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
    const module = compiledModule(api);
    return module && api ? new KernelMemory(new api.Instance(module).exports as Kernels) : null;
  }

  private constructor(kernels: Kernels) {
    this.kernels = kernels;
    this.floats = new Float32Array(kernels.memory.buffer);
  }

  /** Makes sure that `end` bytes exist. @returns false if memory has an end */
  #reserve(end: number): boolean {
    const { kernels } = this;
    const have = kernels.memory.buffer.byteLength;
    if (end > 2 ** 32 - PAGE) return false;
    if (end > have) {
      try {
        kernels.memory.grow(Math.ceil((Math.min(end * 1.1, 2 ** 32 - PAGE) - have) / PAGE));
      } catch {
        try {
          kernels.memory.grow(Math.ceil((end - have) / PAGE));
        } catch {
          return false;
        }
      }
      this.floats = new Float32Array(kernels.memory.buffer);
    }
    return true;
  }

  /** The offset of so many bytes that stay, or undefined where memory ends. */
  keep(bytes: number): number | undefined {
    if (!this.#reserve(this.#kept + bytes)) return undefined;
    const offset = this.#kept;
    this.#kept = roundUp(offset + bytes, 64);
    return offset;
  }

  /** Temporary blocks of these byte sizes, or undefined where memory ends. */
  blocks(sizes: readonly number[]): number[] | undefined {
    let at = this.#kept;
    const offsets = sizes.map((size) => {
      const offset = at;
      at = roundUp(at + size, 64);
      return offset;
    });
    return this.#reserve(at) ? offsets : undefined;
  }

  /** Scales, then shifts, of so many columns. */
  writeEpilogue(offset: number, columns: number, epilogue: Epilogue): void {
    const scale = this.floats.subarray(offset / 4, offset / 4 + columns);
    const shift = this.floats.subarray(offset / 4 + columns, offset / 4 + 2 * columns);
    scale.fill(1);
    shift.fill(0);
    if (epilogue.scale) scale.set(epilogue.scale);
    if (epilogue.shift) shift.set(epilogue.shift);
  }

  /** Copies pixels in, with zeros after each one's channels if `pitch` asks for them. */
  writePixels(
    source: Float32Array,
    first: number,
    pixels: number,
    channels: number,
    pitch: number,
    to: number,
  ): void {
    const target = this.floats;
    let at = to / 4;
    let from = first * channels;
    if (pitch === channels) {
      target.set(source.subarray(from, from + pixels * channels), at);
      return;
    }
    for (let p = 0; p < pixels; p++) {
      for (let c = 0; c < channels; c++) target[at + c] = source[from + c]!;
      for (let c = channels; c < pitch; c++) target[at + c] = 0;
      at += pitch;
      from += channels;
    }
  }

  /** Copies rows of `n` numbers out, which lie `pitch` apart in memory and `outPitch` apart in `out`. */
  readRows(
    from: number,
    rows: number,
    n: number,
    pitch: number,
    out: Float32Array,
    outFrom: number,
    outPitch: number,
  ): void {
    const at = from / 4;
    if (pitch === n && outPitch === n) {
      out.set(this.floats.subarray(at, at + rows * n), outFrom);
      return;
    }
    const source = this.floats;
    if (n < 64) {
      // A view a row costs more than so few numbers.
      for (let r = 0; r < rows; r++) {
        const from = at + r * pitch;
        const to = outFrom + r * outPitch;
        for (let c = 0; c < n; c++) out[to + c] = source[from + c]!;
      }
      return;
    }
    for (let r = 0; r < rows; r++)
      out.set(source.subarray(at + r * pitch, at + r * pitch + n), outFrom + r * outPitch);
  }
}
