import { ImageError } from "./image-error.ts";
import { hasEndOfImage } from "./jpeg-header.ts";

/** The part of @cornerstonejs/codec-libjpeg-turbo-8bit that is used: libjpeg-turbo's TurboJPEG behind embind. */
interface Decoder {
  /** Room for the file in the library's own memory. */
  getEncodedBuffer(bytes: number): Uint8Array;
  /** Accurate integer DCT, fancy upsampling; gives up at the first warning. */
  decode(): void;
  getFrameInfo(): { readonly width: number; readonly height: number; readonly componentCount: number };
  /** A copy of the pixels. */
  getDecodedBuffer(): Uint8ClampedArray;
  delete(): void;
}

interface Library {
  readonly JPEGDecoder: new () => Decoder;
  readonly HEAPU8: Uint8Array;
}

type LibraryFactory = (options: {
  readonly wasmBinary: Uint8Array;
  readonly print: (text: string) => void;
  readonly printErr: (text: string) => void;
}) => Promise<Library>;

/** Where the bundle keeps the library's two files, seen from its chunks; undefined in sources and tests. */
declare const SERVABLE_JPEG_LIBRARY: string | undefined;

/** Memory of the library never shrinks: beyond this it is given up after the picture. */
const KEPT_BYTES = 64 * 1024 * 1024;

let library: Promise<Library> | undefined;

async function load(): Promise<Library> {
  const [{ createRequire }, { readFileSync }] = await Promise.all([import("node:module"), import("node:fs")]);
  const near = createRequire(import.meta.url);
  const [code, wasm] =
    typeof SERVABLE_JPEG_LIBRARY === "string"
      ? [`${SERVABLE_JPEG_LIBRARY}.cjs`, `${SERVABLE_JPEG_LIBRARY}.wasm`]
      : ["decodewasmjs", "decodewasm"].map((name) => `@cornerstonejs/codec-libjpeg-turbo-8bit/${name}`);
  const factory = near(code!) as LibraryFactory;
  const before = process.listeners("uncaughtException");
  const loading = factory({
    wasmBinary: readFileSync(near.resolve(wasm!)),
    print: () => undefined,
    printErr: () => undefined,
  });
  // Emscripten's glue takes the process's uncaught exceptions for itself: it must not.
  for (const listener of process.listeners("uncaughtException")) {
    if (!before.includes(listener)) process.removeListener("uncaughtException", listener);
  }
  return loading;
}

/** Pixels as libjpeg-turbo gives them: one channel for gray, else RGB. */
export interface LibraryPixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/**
 * Decodes a JPEG of one or three components whose header was read. The library is loaded at the first call.
 * @throws ImageError where libjpeg-turbo gives up or warns: damaged and truncated data.
 */
export async function decodeWithLibrary(bytes: Uint8Array): Promise<LibraryPixels> {
  library ??= load();
  const loaded = await library;
  const decoder = new loaded.JPEGDecoder();
  try {
    decoder.getEncodedBuffer(bytes.length).set(bytes);
    decoder.decode();
    const { width, height, componentCount } = decoder.getFrameInfo();
    const { buffer, byteOffset, length } = decoder.getDecodedBuffer();
    const channels = componentCount === 1 ? 1 : 3;
    return { width, height, channels, data: new Uint8Array(buffer, byteOffset, length) };
  } catch (error) {
    // C++ exceptions arrive as bare addresses; what was allocated when one flew is lost, so begin afresh.
    library = undefined;
    if (error instanceof Error) {
      throw new ImageError("too-large", `the picture does not fit the decoder's memory: ${error.message}`);
    }
    throw hasEndOfImage(bytes)
      ? new ImageError("corrupt", "libjpeg-turbo can't decode the picture's data without loss")
      : new ImageError("truncated", "the picture's data ends early: there is no end-of-image marker");
  } finally {
    decoder.delete();
    if (loaded.HEAPU8.length > KEPT_BYTES) library = undefined;
  }
}
