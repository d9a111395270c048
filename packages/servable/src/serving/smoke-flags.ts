import { basename } from "node:path";
import type { SmokeOptions } from "@servable/smoke-client";
import { type Arguments, FORMAT_OPTION, type OptionSpec } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { absolute, readNamedFile } from "../cli/read-input.ts";

export const SMOKE_FORMAT_CHOICES: OptionSpec = {
  ...FORMAT_OPTION,
  choices: ["pretty", "json", "junit", "html"],
};

export const SMOKE_SELECTION: readonly OptionSpec[] = [
  {
    name: "only",
    value: "ID",
    repeatable: true,
    help: "only checks whose id begins with this, such as `predict/`",
  },
  {
    name: "image",
    value: "FILE",
    repeatable: true,
    help: "JPEG or PNG to send to the signatures that take pictures, encoded or as NHWC pixels",
  },
  { name: "stateful", help: "also send requests that may change a model's state" },
];

/** The same options with the pictures of `--image` for every model. */
export function withImages(context: Context, args: Arguments, options: SmokeOptions): SmokeOptions {
  const paths = args.all("image");
  if (paths.length === 0) return options;
  const images: Record<string, Uint8Array> = {};
  for (const path of paths) {
    images[basename(path) in images ? path : basename(path)] = readNamedFile(absolute(context, path), path);
  }
  return { ...options, models: options.models.map((model) => ({ ...model, images })) };
}
