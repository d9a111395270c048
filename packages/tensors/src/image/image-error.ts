/** Why a picture can't be decoded. */
export type ImageErrorCode = "unknown-format" | "unsupported" | "corrupt" | "truncated" | "too-large";

/** A picture that TensorFlow's decoding ops would refuse too, or one that needs what they do not have. */
export class ImageError extends Error {
  readonly code: ImageErrorCode;

  constructor(code: ImageErrorCode, message: string) {
    super(message);
    this.name = "ImageError";
    this.code = code;
  }
}

/** Pixels in row-major order, height by width by channels. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}
