export { decodeImage, type ImageFormat, sniffImage } from "./decode-image.ts";
export { decodeJpeg, type JpegOptions } from "./decode-jpeg.ts";
export { decodePng, type PngImage, type PngOptions } from "./decode-png.ts";
export { type Image, ImageError, type ImageErrorCode } from "./image-error.ts";
export { type ImageTensorOptions, imageToTensor } from "./image-tensor.ts";
export type { DctMethod } from "./jpeg-idct.ts";
export { type ResizeOptions, resizeBilinear } from "./resize.ts";
