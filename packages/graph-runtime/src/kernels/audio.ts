import { GraphError, invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, scalarInt, strings, type Value } from "../value.ts";
import { fourierOf } from "./fourier.ts";
import { latin } from "./text-bytes.ts";

/** Walks a RIFF file as TensorFlow's reader does, with its words for what is missing. */
class WavReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  text(length: number): string {
    if (this.left < length) throw invalid("Data too short when trying to read string");
    this.at += length;
    return latin(this.#bytes.subarray(this.at - length, this.at));
  }

  expect(text: string): void {
    const found = this.text(text.length);
    if (found !== text) throw invalid(`Header mismatch: Expected ${text} but found ${found}`);
  }

  number(width: 2 | 4): number {
    if (this.left < width) throw invalid("Data too short when trying to read string");
    this.at += width;
    return width === 2 ? this.#view.getUint16(this.at - 2, true) : this.#view.getUint32(this.at - 4, true);
  }

  sample(index: number): number {
    return this.#view.getInt16(this.at + 2 * index, true);
  }
}

interface Sound {
  readonly samples: Float32Array;
  readonly channels: number;
  readonly rate: number;
}

/** Chunks that may stand before the format. */
const SKIPPED = new Set(["JUNK", "bext", "iXML", "qlty", "mext", "levl", "link", "axml"]);

function readWav(bytes: Uint8Array): Sound {
  const wav = new WavReader(bytes);
  wav.expect("RIFF");
  wav.number(4);
  wav.expect("WAVE");
  for (let field = wav.text(4); field !== "fmt "; field = wav.text(4)) {
    if (!SKIPPED.has(field)) throw invalid(`Unexpected field ${field}`);
    wav.text(wav.number(4));
  }
  const formatSize = wav.number(4);
  if (formatSize !== 16 && formatSize !== 18 && formatSize !== 40) {
    throw invalid(`Bad format chunk size for WAV: Expected 16, 18, or 40, but got${formatSize}`);
  }
  const format = wav.number(2);
  if (format !== 1 && format !== 0xfffe) {
    throw invalid(`Bad audio format for WAV: Expected 1 (PCM), but got${format}`);
  }
  const channels = wav.number(2);
  const rate = wav.number(4);
  const bytesPerSecond = wav.number(4);
  const bytesPerFrame = wav.number(2);
  const bits = wav.number(2);
  if (bits !== 16) throw invalid(`Can only read 16-bit WAV files, but received ${bits}`);
  if (bytesPerFrame !== channels * 2) {
    throw invalid(`Bad bytes per sample in WAV header: Expected ${channels * 2} but got ${bytesPerFrame}`);
  }
  if (bytesPerSecond !== bytesPerFrame * rate) {
    throw invalid(
      `Bad bytes per second in WAV header: Expected ${bytesPerFrame * rate} but got ${bytesPerSecond} (sample_rate=${rate}, bytes_per_sample=${bytesPerFrame})`,
    );
  }
  wav.text(formatSize - 16);
  while (wav.left > 0) {
    const name = wav.text(4);
    const size = wav.number(4);
    if (name !== "data") {
      wav.text(Math.min(size, wav.left));
      continue;
    }
    if (size > wav.left) throw invalid("Data too short when trying to read string");
    const count = Math.floor(size / bytesPerFrame) * channels;
    const samples = new Float32Array(count);
    for (let i = 0; i < count; i++) samples[i] = wav.sample(i) / 32768;
    return { samples, channels, rate };
  }
  throw new GraphError("OUT_OF_RANGE", "No data chunk found in WAV");
}

const decodeWav: KernelFactory = (node) => {
  const wantedChannels = node.attrs.int("desired_channels");
  const wantedSamples = node.attrs.int("desired_samples");
  return ([contents]) => {
    const sound = readWav(strings(contents!)[0]!);
    const frames = sound.channels === 0 ? 0 : sound.samples.length / sound.channels;
    const channels = wantedChannels === -1 ? sound.channels : wantedChannels;
    const count = wantedSamples === -1 ? frames : wantedSamples;
    const data = allocate("DT_FLOAT", [count, channels]) as Float32Array;
    for (let s = 0; s < Math.min(count, frames); s++) {
      // A channel that the file lacks repeats its last one.
      for (let c = 0; c < channels; c++)
        data[s * channels + c] = sound.samples[s * sound.channels + Math.min(c, sound.channels - 1)]!;
    }
    return [
      { dtype: "DT_FLOAT", shape: [count, channels], data },
      { dtype: "DT_INT32", shape: [], data: Int32Array.of(sound.rate) },
    ];
  };
};

function encodeWav(audio: Value, rate: number): Uint8Array {
  const [frames, channels] = audio.shape as [number, number];
  const source = audio.data as Float32Array;
  const bytes = new Uint8Array(44 + source.length * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => {
    for (let i = 0; i < value.length; i++) bytes[at + i] = value.charCodeAt(i);
  };
  text(0, "RIFF");
  view.setUint32(4, 36 + frames * channels * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, frames * channels * 2, true);
  for (let i = 0; i < source.length; i++) {
    const scaled = source[i]! * 32768;
    // C's roundf: halves away from zero.
    const rounded = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
    view.setInt16(44 + 2 * i, Math.min(32767, Math.max(-32768, rounded)), true);
  }
  return bytes;
}

const spectrogram: KernelFactory = (node) => {
  const window = node.attrs.int("window_size");
  const stride = node.attrs.int("stride");
  const squared = node.attrs.bool("magnitude_squared");
  if (window < 2) throw invalid(`window size must be at least 2, got ${window}`);
  if (stride < 1) throw invalid(`stride must be strictly positive, got ${stride}`);
  let length = 1;
  while (length < window) length *= 2;
  return ([audio]) => {
    const [samples, channels] = audio!.shape as [number, number];
    const frames = samples < window ? 0 : 1 + Math.floor((samples - window) / stride);
    const bins = length / 2 + 1;
    const shape = [channels, frames, bins];
    const data = allocate("DT_FLOAT", shape) as Float32Array;
    const source = audio!.data as Float32Array;
    const hann = Float64Array.from(
      { length: window },
      (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / window),
    );
    const transform = fourierOf(length, false);
    const re = new Float64Array(length);
    const im = new Float64Array(length);
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < frames; f++) {
        re.fill(0);
        im.fill(0);
        for (let i = 0; i < window; i++) re[i] = source[(f * stride + i) * channels + c]! * hann[i]!;
        transform(re, im);
        for (let k = 0; k < bins; k++) {
          const power = re[k]! * re[k]! + im[k]! * im[k]!;
          data[(c * frames + f) * bins + k] = squared ? power : Math.sqrt(power);
        }
      }
    }
    return { dtype: "DT_FLOAT", shape, data };
  };
};

const mel = (hertz: number): number => 1127 * Math.log1p(hertz / 700);

/** Channels of equal width in mels, each a triangle, over the bins of a spectrogram. */
function filterbank(
  bins: number,
  rate: number,
  channels: number,
  low: number,
  high: number,
): (row: Float32Array, at: number) => Float64Array {
  const perBin = (0.5 * rate) / (bins - 1);
  const lowest = mel(low);
  const spacing = (mel(high) - lowest) / (channels + 1);
  const centres = Array.from({ length: channels + 1 }, (_, i) => lowest + spacing * (i + 1));
  const first = Math.trunc(1.5 + low / perBin);
  const last = Math.min(Math.trunc(high / perBin), bins - 1);
  const band = new Int32Array(bins).fill(-2);
  const weight = new Float64Array(bins);
  let channel = 0;
  for (let i = first; i <= last; i++) {
    const m = mel(i * perBin);
    while (channel < channels && centres[channel]! < m) channel++;
    const at = channel - 1;
    band[i] = at;
    weight[i] =
      at >= 0
        ? (centres[at + 1]! - m) / (centres[at + 1]! - centres[at]!)
        : (centres[0]! - m) / (centres[0]! - lowest);
  }
  return (row, at) => {
    const out = new Float64Array(channels);
    for (let i = first; i <= last; i++) {
      const value = Math.sqrt(row[at + i]!);
      const weighted = value * weight[i]!;
      const to = band[i]!;
      if (to >= 0) out[to]! += weighted;
      if (to + 1 < channels) out[to + 1]! += value - weighted;
    }
    return out;
  };
}

const mfcc: KernelFactory = (node) => {
  const high = node.attrs.float("upper_frequency_limit");
  const low = node.attrs.float("lower_frequency_limit");
  const channelCount = node.attrs.int("filterbank_channel_count");
  const coefficients = node.attrs.int("dct_coefficient_count");
  return ([spectrum, rateValue]) => {
    const [channels, frames, bins] = spectrum!.shape as [number, number, number];
    const bank = filterbank(bins, scalarInt(rateValue!), channelCount, low, high);
    const shape = [channels, frames, coefficients];
    const data = allocate("DT_FLOAT", shape) as Float32Array;
    const norm = Math.sqrt(2 / channelCount);
    for (let row = 0; row < channels * frames; row++) {
      const levels = bank(spectrum!.data as Float32Array, row * bins).map((v) =>
        Math.log(Math.max(v, 1e-12)),
      );
      for (let i = 0; i < coefficients; i++) {
        let sum = 0;
        for (let j = 0; j < channelCount; j++)
          sum += norm * Math.cos(((i * Math.PI) / channelCount) * (j + 0.5)) * levels[j]!;
        data[row * coefficients + i] = sum;
      }
    }
    return { dtype: "DT_FLOAT", shape, data };
  };
};

/** WAV files, spectrograms and mel-frequency cepstra. */
export const audioKernels: KernelTable = {
  DecodeWav: decodeWav,
  EncodeWav:
    () =>
    ([audio, rate]) => ({ dtype: "DT_STRING", shape: [], data: [encodeWav(audio!, scalarInt(rate!))] }),
  AudioSpectrogram: spectrogram,
  Mfcc: mfcc,
};
