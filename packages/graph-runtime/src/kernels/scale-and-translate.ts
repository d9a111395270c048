import { unimplemented } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate } from "../value.ts";
import { imageSize, pixels } from "./image-resize.ts";

type SampleKernel = { readonly radius: number; readonly at: (x: number) => number };

function sampleKernel(name: string): SampleKernel {
  const lanczos = (radius: number): SampleKernel => ({
    radius,
    at: (given) => {
      const x = Math.abs(given);
      if (x > radius) return 0;
      if (x <= 1e-3) return 1;
      return (
        (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * Math.PI * x * x)
      );
    },
  });
  switch (name) {
    case "lanczos1":
      return lanczos(1);
    case "lanczos3":
      return lanczos(3);
    case "lanczos5":
      return lanczos(5);
    case "gaussian":
      return { radius: 1.5, at: (x) => (Math.abs(x) >= 1.5 ? 0 : Math.exp((-x * x) / (2 * 0.5 * 0.5))) };
    case "box":
      return { radius: 1, at: (x) => (Math.abs(x) < 0.5 ? 1 : Math.abs(x) === 0.5 ? 0.5 : 0) };
    case "triangle":
      return { radius: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) };
    case "keyscubic":
      return {
        radius: 2,
        at: (given) => {
          const x = Math.abs(given);
          if (x >= 2) return 0;
          return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1;
        },
      };
    case "mitchellcubic":
      return {
        radius: 2,
        at: (given) => {
          const x = Math.abs(given);
          if (x >= 2) return 0;
          return x >= 1 ? (((-7 / 18) * x + 2) * x - 10 / 3) * x + 16 / 9 : ((7 / 6) * x - 2) * x * x + 8 / 9;
        },
      };
    default:
      throw unimplemented(`resampling kernel ${name} is not supported`, ["ScaleAndTranslate"]);
  }
}

/** Spans and weights along one dimension, as ScaleAndTranslate computes them. */
function spans(
  from: number,
  to: number,
  scale: number,
  translate: number,
  antialias: boolean,
  kernel: SampleKernel,
) {
  // Each step in float32, as the op does it: which taps count can hang on the last bit.
  const inverse = Math.fround(1 / scale);
  const shift = Math.fround(inverse * translate);
  const kernelScale = antialias ? Math.max(inverse, 1) : 1;
  const perScale = Math.fround(1 / kernelScale);
  return Array.from({ length: to }, (_, i) => {
    const at = Math.fround(Math.fround((i + 0.5) * inverse) - shift);
    if (at < 0 || at > from) return { start: 0, weights: [] as number[] };
    const first = Math.max(0, Math.ceil(at - kernel.radius * kernelScale - 0.5));
    const last = Math.min(from - 1, Math.floor(at + kernel.radius * kernelScale - 0.5));
    const weights: number[] = [];
    let sum = 0;
    for (let k = first; k <= last; k++) {
      const weight = kernel.at(Math.fround(Math.fround(k + 0.5 - at) * perScale));
      weights.push(weight);
      sum += weight;
    }
    return {
      start: first,
      weights: Math.abs(sum) >= 1.1754943508222875e-35 ? weights.map((v) => v / sum) : weights,
    };
  });
}

const scaleAndTranslate: KernelFactory = (node) => {
  const kernel = sampleKernel(node.attrs.string("kernel_type"));
  const antialias = node.attrs.bool("antialias");
  return ([images, size, scaleValue, translation]) => {
    const [n, h, w, c, height, width] = imageSize(images!, size!);
    const scale = scaleValue!.data as Float32Array;
    const move = translation!.data as Float32Array;
    const rows = spans(h, height, scale[0]!, move[0]!, antialias, kernel);
    const columns = spans(w, width, scale[1]!, move[1]!, antialias, kernel);
    const source = pixels(images!);
    const middle = new Float32Array(height * w * c);
    const shape = [n, height, width, c];
    const data = allocate("DT_FLOAT", shape) as Float32Array;
    for (let b = 0; b < n; b++) {
      middle.fill(0);
      for (const [y, row] of rows.entries()) {
        for (const [k, weight] of row.weights.entries()) {
          const at = (b * h + row.start + k) * w * c;
          for (let i = 0; i < w * c; i++) middle[y * w * c + i]! += source[at + i]! * weight;
        }
      }
      for (let y = 0; y < height; y++) {
        for (const [x, column] of columns.entries()) {
          const out = ((b * height + y) * width + x) * c;
          for (const [k, weight] of column.weights.entries()) {
            const at = (y * w + column.start + k) * c;
            for (let i = 0; i < c; i++) data[out + i]! += middle[at + i]! * weight;
          }
        }
      }
    }
    return { dtype: "DT_FLOAT", shape, data };
  };
};

export const scaleAndTranslateKernels: KernelTable = {
  ScaleAndTranslate: scaleAndTranslate,
};
