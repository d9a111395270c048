import { ImageError } from "@servable/tensors/image";
import type { JpegBits } from "./bits.ts";
import { type JpegComponent, type JpegFrame, NATURAL_ORDER } from "./frame.ts";

/** Spectral selection and successive approximation of a scan (progressive pictures only). */
export interface ScanParameters {
  readonly spectralStart: number;
  readonly spectralEnd: number;
  readonly approximationHigh: number;
  readonly approximationLow: number;
}

/** State that goes from block to block within a scan. */
interface ScanState {
  readonly bits: JpegBits;
  readonly parameters: ScanParameters;
  endOfBandRun: number;
}

type BlockDecoder = (state: ScanState, component: JpegComponent, at: number) => void;

/**
 * Decodes one scan into the components' coefficients. Corrupt data does not stop it: as with libjpeg, what can't be
 * read stays zero.
 */
export function decodeScan(
  frame: JpegFrame,
  components: readonly JpegComponent[],
  parameters: ScanParameters,
  restartInterval: number,
  bits: JpegBits,
): void {
  const state: ScanState = { bits, parameters, endOfBandRun: 0 };
  const decode = chooseDecoder(frame, components, parameters);
  let restartsLeft = restartInterval;
  let nextRestart = 0;
  const reset = (): void => {
    for (const component of components) component.prediction = 0;
    state.endOfBandRun = 0;
  };
  reset();
  bits.starved = false;
  const alone = components.length === 1 ? components[0] : undefined;
  const across = alone?.blocksAcross ?? frame.mcusAcross;
  const down = alone?.blocksDown ?? frame.mcusDown;
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      if (restartInterval > 0) {
        if (restartsLeft === 0) {
          bits.drop();
          restart(bits, nextRestart);
          nextRestart = (nextRestart + 1) & 7;
          reset();
          restartsLeft = restartInterval;
          // data follows only if no marker is left standing
          if (bits.marker === 0) bits.starved = false;
        }
        restartsLeft--;
      }
      if (bits.starved) continue;
      bits.beginUnit();
      if (alone !== undefined) {
        decode(state, alone, (row * alone.stride + column) * 64);
        continue;
      }
      for (const component of components) {
        for (let v = 0; v < component.vertical; v++) {
          const line = (row * component.vertical + v) * component.stride + column * component.horizontal;
          for (let h = 0; h < component.horizontal; h++) decode(state, component, (line + h) * 64);
        }
      }
    }
  }
  bits.drop();
}

function chooseDecoder(
  frame: JpegFrame,
  components: readonly JpegComponent[],
  parameters: ScanParameters,
): BlockDecoder {
  const { spectralStart, spectralEnd, approximationHigh, approximationLow } = parameters;
  const needDc = !frame.progressive || (spectralStart === 0 && approximationHigh === 0);
  const needAc = !frame.progressive || spectralStart > 0;
  for (const component of components) {
    if ((needDc && component.dc === undefined) || (needAc && component.ac === undefined)) {
      throw new ImageError("corrupt", "a Huffman table that the scan needs was not defined");
    }
    if (needDc && !component.dc!.validForDc)
      throw new ImageError("corrupt", "bogus Huffman table definition");
  }
  if (!frame.progressive) return decodeBlock;
  const bad =
    (spectralStart === 0
      ? spectralEnd !== 0
      : spectralEnd < spectralStart || spectralEnd > 63 || components.length !== 1) ||
    (approximationHigh !== 0 && approximationLow !== approximationHigh - 1) ||
    approximationLow > 13;
  if (bad) {
    throw new ImageError(
      "corrupt",
      `invalid progressive parameters Ss=${spectralStart} Se=${spectralEnd} Ah=${approximationHigh} Al=${approximationLow}`,
    );
  }
  if (spectralStart === 0) return approximationHigh === 0 ? decodeDcFirst : refineDc;
  return approximationHigh === 0 ? decodeAcFirst : refineAc;
}

/** Goes to the expected restart marker, or finds the way back as libjpeg's jpeg_resync_to_restart does. */
function restart(bits: JpegBits, expected: number): void {
  if (bits.marker === 0) nextMarker(bits);
  if (bits.marker === 0xd0 + expected) {
    bits.marker = 0;
    return;
  }
  for (;;) {
    const { marker } = bits;
    const ahead = (marker - 0xd0 - expected) & 7;
    if (marker >= 0xd0 && marker <= 0xd7) {
      // one of the next two: leave it to be met when its turn comes
      if (ahead === 1 || ahead === 2) return;
      if (ahead !== 6 && ahead !== 7) {
        bits.marker = 0;
        return;
      }
    } else if (marker >= 0xc0) return;
    // an earlier restart, or not a marker at all: go on to the next
    nextMarker(bits);
  }
}

/** Finds the next marker from the present position; -1 is impossible, the data's end throws or gives an EOI. */
export function nextMarker(bits: JpegBits): void {
  bits.marker = 0;
  const { bytes } = bits;
  for (;;) {
    while (bits.position < bytes.length && bytes[bits.position] !== 0xff) bits.position++;
    while (bits.position < bytes.length && bytes[bits.position] === 0xff) bits.position++;
    if (bits.position >= bytes.length) {
      bits.endOfData();
      return;
    }
    const code = bytes[bits.position++]!;
    if (code !== 0) {
      bits.marker = code;
      return;
    }
  }
}

/** A whole block of a sequential picture. */
function decodeBlock({ bits }: ScanState, component: JpegComponent, at: number): void {
  const { coefficients } = component;
  const size = bits.symbol(component.dc!);
  if (size > 0) component.prediction += bits.signed(size);
  coefficients[at] = component.prediction;
  const ac = component.ac!;
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(ac);
    const length = symbol & 15;
    const run = symbol >> 4;
    if (length > 0) {
      k += run;
      coefficients[at + NATURAL_ORDER[k]!] = bits.signed(length);
    } else {
      if (run !== 15) break;
      k += 15;
    }
  }
}

function decodeDcFirst({ bits, parameters }: ScanState, component: JpegComponent, at: number): void {
  const size = bits.symbol(component.dc!);
  if (size > 0) component.prediction += bits.signed(size);
  component.coefficients[at] = component.prediction << parameters.approximationLow;
}

function refineDc({ bits, parameters }: ScanState, component: JpegComponent, at: number): void {
  if (bits.bits(1) === 1) component.coefficients[at]! |= 1 << parameters.approximationLow;
}

function decodeAcFirst(state: ScanState, component: JpegComponent, at: number): void {
  const { bits, parameters } = state;
  if (state.endOfBandRun > 0) {
    state.endOfBandRun--;
    return;
  }
  const { spectralEnd, approximationLow } = parameters;
  const ac = component.ac!;
  for (let k = parameters.spectralStart; k <= spectralEnd; k++) {
    const symbol = bits.symbol(ac);
    const length = symbol & 15;
    const run = symbol >> 4;
    if (length > 0) {
      k += run;
      component.coefficients[at + NATURAL_ORDER[k]!] = bits.signed(length) << approximationLow;
    } else if (run === 15) k += 15;
    else {
      // this band and (1 << run) + extra - 1 further ones end here
      state.endOfBandRun = (1 << run) - 1 + (run > 0 ? bits.bits(run) : 0);
      break;
    }
  }
}

function refineAc(state: ScanState, component: JpegComponent, at: number): void {
  const { bits, parameters } = state;
  const { coefficients } = component;
  const { spectralEnd } = parameters;
  const plus = 1 << parameters.approximationLow;
  const minus = -1 << parameters.approximationLow;
  let k = parameters.spectralStart;
  const refine = (place: number): void => {
    if (bits.bits(1) === 0) return;
    const value = coefficients[place]!;
    // a bit that is set already was written by this very scan in corrupt data
    if ((value & plus) === 0) coefficients[place] = value + (value >= 0 ? plus : minus);
  };
  if (state.endOfBandRun === 0) {
    for (; k <= spectralEnd; k++) {
      const symbol = bits.symbol(component.ac!);
      let run = symbol >> 4;
      let value = 0;
      if ((symbol & 15) !== 0) value = bits.bits(1) === 1 ? plus : minus;
      else if (run !== 15) {
        state.endOfBandRun = (1 << run) + (run > 0 ? bits.bits(run) : 0);
        break;
      }
      for (; k <= spectralEnd; k++) {
        const place = at + NATURAL_ORDER[k]!;
        if (coefficients[place] !== 0) refine(place);
        else if (--run < 0) break;
      }
      if (value !== 0) coefficients[at + NATURAL_ORDER[k]!] = value;
    }
  }
  if (state.endOfBandRun > 0) {
    for (; k <= spectralEnd; k++) {
      const place = at + NATURAL_ORDER[k]!;
      if (coefficients[place] !== 0) refine(place);
    }
    state.endOfBandRun--;
  }
}
