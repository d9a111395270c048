import type { ConvGeometry } from "./geometry.ts";
import { KernelMemory, type Kernels, roundUp } from "./kernel-memory.ts";
import { type Epilogue, fillPanels, PANEL, type PackedMatrix } from "./operands.ts";
import { plainDepthwise, plainGemm, plainIm2col, plainPool } from "./plain.ts";

/**
 * float32 products, convolutions and pooling. Packed matrices stay in the module's memory for the life of this object;
 * inputs and outputs are copied in and out.
 */
export class Gemm {
  #memory: KernelMemory | null | undefined;
  readonly #packed = new WeakMap<Float32Array, Map<string, PackedMatrix>>();

  #load(): KernelMemory | null {
    if (this.#memory === undefined) this.#memory = KernelMemory.open();
    return this.#memory;
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
    const memory = this.#load();
    const panels = Math.ceil(n / PANEL);
    const bytes = panels * k * PANEL * 4;
    let packed: PackedMatrix;
    const offset = keep ? memory?.keep(bytes) : undefined;
    if (memory && offset !== undefined) {
      packed = { k, n, panels, offset, data: undefined };
      fillPanels(memory.floats, offset / 4, source, from, k, n, transposed);
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

  #writeMatrix(memory: KernelMemory, b: PackedMatrix, at: number): number {
    if (b.offset >= 0) return b.offset;
    memory.floats.set(b.data!, at / 4);
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
    const memory = this.#load();
    const columns = panels * PANEL;
    const blocks = memory?.blocks([
      b.offset < 0 ? b.data!.byteLength : 0,
      columns * 8,
      m * k * 4,
      m * columns * 4,
    ]);
    if (!memory || !blocks) {
      plainGemm(a, aFrom, m, b, this.#view(b), out, outFrom, epilogue);
      return;
    }
    const [forB, forEpilogue, forA, forC] = blocks as [number, number, number, number];
    const matrix = this.#writeMatrix(memory, b, forB);
    memory.writeEpilogue(forEpilogue, columns, epilogue);
    memory.floats.set(a.subarray(aFrom, aFrom + m * k), forA / 4);
    this.#product(memory.kernels, forA, matrix, forC, m, k, panels, forEpilogue, epilogue);
    memory.readRows(forC, m, n, columns, out, outFrom, n);
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

  #view(b: PackedMatrix): Float32Array {
    return b.data ?? this.#load()!.floats.subarray(b.offset / 4, b.offset / 4 + b.panels * b.k * PANEL);
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
    const memory = this.#load();
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
    const blocks = memory?.blocks([
      b.offset < 0 ? b.data!.byteLength : 0,
      columns * 8,
      perImage * 4,
      direct ? 0 : Math.min(chunk, rowsPerImage) * k * 4,
      rowsPerImage * columns * 4,
    ]);
    if (!memory || !blocks) {
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
    const matrix = this.#writeMatrix(memory, b, forB);
    memory.writeEpilogue(forEpilogue, columns, epilogue);
    for (let image = 0; image < g.batch; image++) {
      memory.floats.set(input.subarray(image * perImage, (image + 1) * perImage), forInput / 4);
      if (direct)
        this.#product(memory.kernels, forInput, matrix, forC, rowsPerImage, k, panels, forEpilogue, epilogue);
      else {
        for (let row = 0; row < rowsPerImage; row += chunk) {
          const rows = Math.min(chunk, rowsPerImage - row);
          memory.kernels.im2col(
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
            memory.kernels,
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
      memory.readRows(
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
    const memory = this.#load();
    // The kernel takes channels four at a time, so others are padded.
    const g = { ...given, channels: roundUp(given.channels, 4) };
    const pixels = g.height * g.width;
    const outPixels = g.outHeight * g.outWidth;
    if (outPixels * given.channels === 0) return;
    const taps = g.kernelHeight * g.kernelWidth;
    const blocks = memory?.blocks([
      taps * g.channels * 4,
      g.channels * 8,
      pixels * g.channels * 4,
      outPixels * g.channels * 4,
    ]);
    if (!memory || !blocks) {
      plainDepthwise(input, given, filter, 1, out, epilogue);
      return;
    }
    const [forFilter, forEpilogue, forInput, forOutput] = blocks as [number, number, number, number];
    memory.writePixels(filter, 0, taps, given.channels, g.channels, forFilter);
    memory.writeEpilogue(forEpilogue, g.channels, epilogue);
    const { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY } = epilogue;
    for (let image = 0; image < g.batch; image++) {
      memory.writePixels(input, image * pixels, pixels, given.channels, g.channels, forInput);
      memory.kernels.depthwise(
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
      memory.readRows(
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

  /** 1 / (1 + e^-x) of each element, or x times that. */
  sigmoid(input: Float32Array, out: Float32Array, swish: boolean): void {
    const memory = this.#load();
    const part = Math.min(input.length, 1 << 16);
    const blocks = memory?.blocks([roundUp(part * 4, 16)]);
    if (!memory || !blocks) {
      for (let i = 0; i < out.length; i++) {
        const s = 1 / (1 + Math.exp(-input[i]!));
        out[i] = swish ? s * input[i]! : s;
      }
      return;
    }
    const at = blocks[0]!;
    for (let from = 0; from < input.length; from += part) {
      const count = Math.min(part, input.length - from);
      memory.floats.set(input.subarray(from, from + count), at / 4);
      memory.kernels.sigmoid(at, at, Math.ceil(count / 4), swish ? 1 : 0);
      out.set(memory.floats.subarray(at / 4, at / 4 + count), from);
    }
  }

  /** Maximum or mean of each window, padding left out. */
  pool(input: Float32Array, given: ConvGeometry, kind: "max" | "avg", out: Float32Array): void {
    const memory = this.#load();
    const g = { ...given, channels: roundUp(given.channels, 4) };
    const pixels = g.height * g.width;
    const outPixels = g.outHeight * g.outWidth;
    if (outPixels * given.channels === 0) return;
    const blocks = memory?.blocks([pixels * g.channels * 4, outPixels * g.channels * 4]);
    if (!memory || !blocks) {
      plainPool(input, given, kind, out);
      return;
    }
    const [forInput, forOutput] = blocks as [number, number];
    const run = kind === "max" ? memory.kernels.maxPool : memory.kernels.avgPool;
    for (let image = 0; image < g.batch; image++) {
      memory.writePixels(input, image * pixels, pixels, given.channels, g.channels, forInput);
      run(forInput, 0, forOutput, 1, ...this.#windowArguments(g));
      memory.readRows(
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
