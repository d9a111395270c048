import { fusedModule, simdModule } from "../generated/gemm-module.ts";
import type { ConvGeometry } from "./geometry.ts";
import { plainDepthwise, plainGemm, plainIm2col, plainPool } from "./plain.ts";

/** A matrix [k, n] laid out for the product kernel, in panels of eight columns. */
export interface PackedMatrix {
  readonly k: number;
  readonly n: number;
  readonly panels: number;
  /** Byte offset in the module's memory; -1 if `data` holds it (plain JavaScript). */
  readonly offset: number;
  readonly data: Float32Array | undefined;
}

/** What is done to each column of a product: `min(max(x · scale + shift, low), high)`. */
export interface Epilogue {
  readonly scale?: Float32Array | undefined;
  readonly shift?: Float32Array | undefined;
  readonly low?: number;
  readonly high?: number;
}

interface Kernels {
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

const PANEL = 8;
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

const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to;

/**
 * float32 products, convolutions and pooling. Packed matrices stay in the module's memory for the life of this object;
 * inputs and outputs are copied in and out.
 */
export class Gemm {
  #kernels: Kernels | null | undefined;
  /** End of what stays: temporary blocks begin here. */
  #kept = RESERVED;
  #floats = new Float32Array(0);
  readonly #packed = new WeakMap<Float32Array, Map<string, PackedMatrix>>();

  #load(): Kernels | null {
    if (this.#kernels !== undefined) return this.#kernels;
    const api = (globalThis as { WebAssembly?: WebAssemblyApi }).WebAssembly;
    const module = compiledModule(api);
    this.#kernels = module && api ? (new api.Instance(module).exports as Kernels) : null;
    if (this.#kernels) this.#floats = new Float32Array(this.#kernels.memory.buffer);
    return this.#kernels;
  }

  /** Makes sure that `end` bytes exist. @returns false if memory has an end */
  #reserve(kernels: Kernels, end: number): boolean {
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
      this.#floats = new Float32Array(kernels.memory.buffer);
    }
    return true;
  }

  /**
   * Lays a matrix out for `multiply`. With `keep`, it stays in the module's memory and is found again by its array:
   * for weights. Without, it lasts until the next call.
   */
  pack(
    source: Float32Array,
    from: number,
    k: number,
    n: number,
    transposed: boolean,
    keep: boolean,
  ): PackedMatrix {
    const key = `${from} ${k} ${n} ${transposed}`;
    const known = this.#packed.get(source)?.get(key);
    if (known) return known;
    const kernels = this.#load();
    const panels = Math.ceil(n / PANEL);
    const bytes = panels * k * PANEL * 4;
    let packed: PackedMatrix;
    if (kernels && keep && this.#reserve(kernels, this.#kept + bytes)) {
      packed = { k, n, panels, offset: this.#kept, data: undefined };
      this.#kept = roundUp(this.#kept + bytes, 64);
      fillPanels(this.#floats, packed.offset / 4, source, from, k, n, transposed);
    } else {
      const data = new Float32Array(panels * k * PANEL);
      fillPanels(data, 0, source, from, k, n, transposed);
      packed = { k, n, panels, offset: -1, data };
    }
    if (keep) {
      let map = this.#packed.get(source);
      if (!map) {
        map = new Map();
        this.#packed.set(source, map);
      }
      map.set(key, packed);
    }
    return packed;
  }

  /** Temporary blocks of these byte sizes, or undefined where memory ends. */
  #blocks(kernels: Kernels, sizes: readonly number[]): number[] | undefined {
    let at = this.#kept;
    const offsets = sizes.map((size) => {
      const offset = at;
      at = roundUp(at + size, 64);
      return offset;
    });
    return this.#reserve(kernels, at) ? offsets : undefined;
  }

  #writeEpilogue(offset: number, columns: number, epilogue: Epilogue): void {
    const scale = this.#floats.subarray(offset / 4, offset / 4 + columns);
    const shift = this.#floats.subarray(offset / 4 + columns, offset / 4 + 2 * columns);
    scale.fill(1);
    shift.fill(0);
    if (epilogue.scale) scale.set(epilogue.scale);
    if (epilogue.shift) shift.set(epilogue.shift);
  }

  #writeMatrix(b: PackedMatrix, at: number): number {
    if (b.offset >= 0) return b.offset;
    this.#floats.set(b.data!, at / 4);
    return at;
  }

  /** out[m, n] = A[m, k] · B, each row of A and out contiguous. */
  multiply(
    a: Float32Array,
    aFrom: number,
    m: number,
    b: PackedMatrix,
    out: Float32Array,
    outFrom: number,
    epilogue: Epilogue = {},
  ): void {
    const { k, n, panels } = b;
    if (m === 0 || n === 0) return;
    const kernels = this.#load();
    const columns = panels * PANEL;
    const blocks =
      kernels &&
      this.#blocks(kernels, [b.offset < 0 ? b.data!.byteLength : 0, columns * 8, m * k * 4, m * columns * 4]);
    if (!kernels || !blocks) {
      plainGemm(a, aFrom, m, b, this.#view(b), out, outFrom, epilogue);
      return;
    }
    const [forB, forEpilogue, forA, forC] = blocks as [number, number, number, number];
    const matrix = this.#writeMatrix(b, forB);
    this.#writeEpilogue(forEpilogue, columns, epilogue);
    this.#floats.set(a.subarray(aFrom, aFrom + m * k), forA / 4);
    this.#product(kernels, forA, matrix, forC, m, k, panels, forEpilogue, epilogue);
    this.#readRows(forC, m, n, columns, out, outFrom, n);
  }

  #product(
    kernels: Kernels,
    a: number,
    b: number,
    c: number,
    m: number,
    k: number,
    panels: number,
    forEpilogue: number,
    { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }: Epilogue,
  ): void {
    const columns = panels * PANEL;
    // Rows that stay in the second-level cache while all columns pass by.
    const block = Math.max(4, Math.min(512, Math.floor(131072 / (k * 4)) & ~3));
    kernels.gemm(
      a,
      b,
      c,
      m,
      k,
      panels,
      k * 4,
      columns * 4,
      forEpilogue,
      forEpilogue + columns * 4,
      low,
      high,
      block,
    );
  }

  #readRows(
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
      out.set(this.#floats.subarray(at, at + rows * n), outFrom);
      return;
    }
    const source = this.#floats;
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

  #view(b: PackedMatrix): Float32Array {
    return b.data ?? this.#floats.subarray(b.offset / 4, b.offset / 4 + b.panels * b.k * PANEL);
  }

  /**
   * NHWC convolution of one group of channels: `channelFrom` of the input's, `columnFrom` of the output's.
   * `b` is the filter as [kh·kw·channels, outputs].
   */
  convolve(
    input: Float32Array,
    g: ConvGeometry,
    channelFrom: number,
    b: PackedMatrix,
    out: Float32Array,
    outChannels: number,
    columnFrom: number,
    epilogue: Epilogue,
  ): void {
    const kernels = this.#load();
    const { k, n, panels } = b;
    const pixels = g.batch * g.outHeight * g.outWidth;
    if (pixels === 0 || n === 0) return;
    const direct =
      g.kernelHeight === 1 &&
      g.kernelWidth === 1 &&
      g.strideHeight === 1 &&
      g.strideWidth === 1 &&
      g.padTop === 0 &&
      g.padLeft === 0 &&
      g.outHeight === g.height &&
      g.outWidth === g.width &&
      g.groupChannels === g.channels;
    const columns = panels * PANEL;
    const perImage = g.height * g.width * g.channels;
    const chunk = direct
      ? pixels
      : Math.max(16, Math.min(pixels, Math.floor(1048576 / Math.max(1, k * 4)) & ~3));
    // One image at a time, so that memory does not grow with the batch.
    const rowsPerImage = g.outHeight * g.outWidth;
    const blocks =
      kernels &&
      this.#blocks(kernels, [
        b.offset < 0 ? b.data!.byteLength : 0,
        columns * 8,
        perImage * 4,
        direct ? 0 : Math.min(chunk, rowsPerImage) * k * 4,
        rowsPerImage * columns * 4,
      ]);
    if (!kernels || !blocks) {
      const rows = new Float32Array(k * rowsPerImage);
      const part = new Float32Array(rowsPerImage * n);
      for (let image = 0; image < g.batch; image++) {
        plainIm2col(input, image, g, channelFrom, rows);
        plainGemm(rows, 0, rowsPerImage, b, this.#view(b), part, 0, epilogue);
        for (let r = 0; r < rowsPerImage; r++) {
          out.set(part.subarray(r * n, r * n + n), (image * rowsPerImage + r) * outChannels + columnFrom);
        }
      }
      return;
    }
    const [forB, forEpilogue, forInput, forRows, forC] = blocks as [number, number, number, number, number];
    const matrix = this.#writeMatrix(b, forB);
    this.#writeEpilogue(forEpilogue, columns, epilogue);
    for (let image = 0; image < g.batch; image++) {
      this.#floats.set(input.subarray(image * perImage, (image + 1) * perImage), forInput / 4);
      if (direct)
        this.#product(kernels, forInput, matrix, forC, rowsPerImage, k, panels, forEpilogue, epilogue);
      else {
        for (let row = 0; row < rowsPerImage; row += chunk) {
          const rows = Math.min(chunk, rowsPerImage - row);
          kernels.im2col(
            forInput + channelFrom * 4,
            forRows,
            row,
            rows,
            g.height,
            g.width,
            g.channels,
            g.groupChannels,
            g.kernelHeight,
            g.kernelWidth,
            g.strideHeight,
            g.strideWidth,
            g.dilationHeight,
            g.dilationWidth,
            g.padTop,
            g.padLeft,
            g.outHeight,
            g.outWidth,
          );
          this.#product(
            kernels,
            forRows,
            matrix,
            forC + row * columns * 4,
            rows,
            k,
            panels,
            forEpilogue,
            epilogue,
          );
        }
      }
      this.#readRows(
        forC,
        rowsPerImage,
        n,
        columns,
        out,
        image * rowsPerImage * outChannels + columnFrom,
        outChannels,
      );
    }
  }

  /** Arguments that all sliding windows share. */
  #windowArguments(g: ConvGeometry): number[] {
    return [
      g.height,
      g.width,
      g.channels,
      g.kernelHeight,
      g.kernelWidth,
      g.strideHeight,
      g.strideWidth,
      g.dilationHeight,
      g.dilationWidth,
      g.padTop,
      g.padLeft,
      g.outHeight,
      g.outWidth,
    ];
  }

  /** Depthwise convolution with one filter a channel; `filter` is [kh, kw, channels]. */
  depthwise(
    input: Float32Array,
    given: ConvGeometry,
    filter: Float32Array,
    out: Float32Array,
    epilogue: Epilogue,
  ): void {
    const kernels = this.#load();
    // The kernel takes channels four at a time, so others are padded.
    const g = { ...given, channels: roundUp(given.channels, 4) };
    const pixels = g.height * g.width;
    const outPixels = g.outHeight * g.outWidth;
    if (outPixels * given.channels === 0) return;
    const taps = g.kernelHeight * g.kernelWidth;
    const blocks =
      kernels &&
      this.#blocks(kernels, [
        taps * g.channels * 4,
        g.channels * 8,
        pixels * g.channels * 4,
        outPixels * g.channels * 4,
      ]);
    if (!kernels || !blocks) {
      plainDepthwise(input, given, filter, 1, out, epilogue);
      return;
    }
    const [forFilter, forEpilogue, forInput, forOutput] = blocks as [number, number, number, number];
    this.#writePixels(filter, 0, taps, given.channels, g.channels, forFilter);
    this.#writeEpilogue(forEpilogue, g.channels, epilogue);
    const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = epilogue;
    for (let image = 0; image < g.batch; image++) {
      this.#writePixels(input, image * pixels, pixels, given.channels, g.channels, forInput);
      kernels.depthwise(
        forInput,
        forFilter,
        forOutput,
        1,
        ...this.#windowArguments(g),
        forEpilogue,
        forEpilogue + g.channels * 4,
        low,
        high,
      );
      this.#readRows(
        forOutput,
        outPixels,
        given.channels,
        g.channels,
        out,
        image * outPixels * given.channels,
        given.channels,
      );
    }
  }

  /** Copies pixels in, with zeros after each one's channels if `pitch` asks for them. */
  #writePixels(
    source: Float32Array,
    first: number,
    pixels: number,
    channels: number,
    pitch: number,
    to: number,
  ): void {
    const target = this.#floats;
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

  /** 1 / (1 + e^-x) of each element, or x times that. */
  sigmoid(input: Float32Array, out: Float32Array, swish: boolean): void {
    const kernels = this.#load();
    const part = Math.min(input.length, 1 << 16);
    const blocks = kernels && this.#blocks(kernels, [roundUp(part * 4, 16)]);
    if (!kernels || !blocks) {
      for (let i = 0; i < out.length; i++) {
        const s = 1 / (1 + Math.exp(-input[i]!));
        out[i] = swish ? s * input[i]! : s;
      }
      return;
    }
    const at = blocks[0]!;
    for (let from = 0; from < input.length; from += part) {
      const count = Math.min(part, input.length - from);
      this.#floats.set(input.subarray(from, from + count), at / 4);
      kernels.sigmoid(at, at, Math.ceil(count / 4), swish ? 1 : 0);
      out.set(this.#floats.subarray(at / 4, at / 4 + count), from);
    }
  }

  /** Maximum or mean of each window, padding left out. */
  pool(input: Float32Array, given: ConvGeometry, kind: "max" | "avg", out: Float32Array): void {
    const kernels = this.#load();
    const g = { ...given, channels: roundUp(given.channels, 4) };
    const pixels = g.height * g.width;
    const outPixels = g.outHeight * g.outWidth;
    if (outPixels * given.channels === 0) return;
    const blocks = kernels && this.#blocks(kernels, [pixels * g.channels * 4, outPixels * g.channels * 4]);
    if (!kernels || !blocks) {
      plainPool(input, given, kind, out);
      return;
    }
    const [forInput, forOutput] = blocks as [number, number];
    const run = kind === "max" ? kernels.maxPool : kernels.avgPool;
    for (let image = 0; image < g.batch; image++) {
      this.#writePixels(input, image * pixels, pixels, given.channels, g.channels, forInput);
      run(forInput, 0, forOutput, 1, ...this.#windowArguments(g));
      this.#readRows(
        forOutput,
        outPixels,
        given.channels,
        g.channels,
        out,
        image * outPixels * given.channels,
        given.channels,
      );
    }
  }
}

function fillPanels(
  target: Float32Array,
  at: number,
  source: Float32Array,
  from: number,
  k: number,
  n: number,
  transposed: boolean,
): void {
  const panels = Math.ceil(n / PANEL);
  for (let p = 0; p < panels; p++) {
    const first = p * PANEL;
    const width = Math.min(PANEL, n - first);
    let out = at + p * k * PANEL;
    if (width === PANEL && !transposed) {
      for (let i = 0, at = from + first; i < k; i++, out += PANEL, at += n) {
        target[out] = source[at]!;
        target[out + 1] = source[at + 1]!;
        target[out + 2] = source[at + 2]!;
        target[out + 3] = source[at + 3]!;
        target[out + 4] = source[at + 4]!;
        target[out + 5] = source[at + 5]!;
        target[out + 6] = source[at + 6]!;
        target[out + 7] = source[at + 7]!;
      }
      continue;
    }
    for (let i = 0; i < k; i++, out += PANEL) {
      const base = transposed ? from + first * k + i : from + i * n + first;
      const step = transposed ? k : 1;
      for (let j = 0; j < width; j++) target[out + j] = source[base + j * step]!;
      for (let j = width; j < PANEL; j++) target[out + j] = 0;
    }
  }
}
