export { type DecodeOptions, decodeImage, decodeUnlessJpeg } from "./decode-image.ts";
export { decodePng, type PngImage, type PngOptions } from "./decode-png.ts";
export { type Image, ImageError, type ImageErrorCode } from "./image-error.ts";
export { type ImageTensorOptions, imageToTensor } from "./image-tensor.ts";
export { type ResizeOptions, resizeBilinear } from "./resize.ts";
export { type ImageFormat, sniffImage } from "./sniff-image.ts";
