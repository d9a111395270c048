import { UserError } from "@servable/diagnostics";
import {
  checkWarmup,
  ModelReadError,
  readSignatures,
  synthesiseWarmup,
  type WarmupInput,
  WarmupRefused,
  writeWarmup,
} from "@servable/model-layout";
import { type Arguments, defineCommand } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { wholeNumber } from "../cli/number-flag.ts";
import { absolute, readNamedFile, shownPath } from "../cli/read-input.ts";
import { printDiagnostics } from "../cli/spec-input.ts";
import { humanBytes } from "../render/human-bytes.ts";
import { readGoldenRequests } from "../serving/goldens.ts";

const goldenRecords = (context: Context, paths: readonly string[]): WarmupInput[] =>
  paths
    .flatMap((path) => readGoldenRequests(absolute(context, path), path))
    .map((asked) => {
      const signature = asked.signature === undefined ? {} : { signature: asked.signature };
      if (asked.api !== "predict") return { kind: asked.api, ...signature, examples: asked.examples };
      const { inputs, outputFilter } = asked;
      return {
        kind: "predict",
        ...signature,
        inputs: new Map(Object.entries(inputs)),
        ...(outputFilter === undefined ? {} : { outputFilter }),
      };
    });

/** A picture for each signature that takes one: as encoded bytes, or as a tensor of the size that it declares. */
async function imageRecords(
  context: Context,
  versionDir: string,
  paths: readonly string[],
  wanted: readonly string[],
): Promise<WarmupInput[]> {
  if (paths.length === 0) return [];
  const { decodeImage, ImageError, imageToTensor } = await import("@servable/tensors/image");
  const signatures = [...readSignatures(versionDir)].filter(
    ([name, { inputs }]) => inputs.size === 1 && (wanted.length === 0 || wanted.includes(name)),
  );
  const records: WarmupInput[] = [];
  for (const path of paths) {
    const bytes = readNamedFile(absolute(context, path), path);
    const before = records.length;
    for (const [signature, { inputs }] of signatures) {
      for (const [alias, { dtype, shape }] of inputs) {
        if (dtype === "DT_STRING" && (shape === null || shape.length <= 1)) {
          const single = shape?.length === 0;
          records.push({
            kind: "predict",
            signature,
            inputs: new Map([[alias, { dtype, shape: single ? [] : [1], data: [bytes] }]]),
          });
          continue;
        }
        const [, height = -1, width = -1, channels] = shape ?? [];
        if (shape?.length !== 4 || (dtype !== "DT_FLOAT" && dtype !== "DT_UINT8")) continue;
        if (channels !== 1 && channels !== 3) continue;
        try {
          const image = await decodeImage(bytes, { channels });
          const size = [height > 0 ? height : image.height, width > 0 ? width : image.width] as const;
          records.push({
            kind: "predict",
            signature,
            inputs: new Map([[alias, imageToTensor(image, { size, dtype })]]),
          });
        } catch (error) {
          if (!(error instanceof ImageError)) throw error;
          throw new UserError("bad-image", `${path}: ${error.message}`, {
            hint: "give a whole JPEG in gray or RGB, or a PNG",
            cause: error,
          });
        }
      }
    }
    if (records.length === before) {
      throw new UserError(
        "no-image-input",
        `no signature takes ${path}: none has one input of encoded images or of [?, height, width, 1 or 3]`,
        {
          hint: "`servable inspect` shows the signatures; give --golden instead",
        },
      );
    }
  }
  return records;
}

/** Larger requests are refused by the server or its memory. */
const MAX_BATCH_SIZE = 9_999_999;

const sizesOf = (args: Arguments): readonly number[] | undefined => {
  const sizes = args.all("batch-size");
  if (sizes.length === 0) return undefined;
  return sizes.map((text) => wholeNumber("batch-size", text, { min: 1, max: MAX_BATCH_SIZE }));
};

export const command = defineCommand({
  name: "warmup",
  summary: "write or check the warm-up requests of a version",
  description:
    "The server replays assets.extra/tf_serving_warmup_requests before a version becomes available, so that the first client does not pay for it; a record that fails keeps the version from loading. `write` makes records from goldens, from pictures, or from the signatures themselves, and checks each against the signature first; `check` checks what is there.",
  positionals: [
    { name: "ACTION", help: "write or check", required: true },
    { name: "VERSION_DIR", help: "version directory of a model", required: true },
  ],
  options: [
    {
      name: "golden",
      value: "FILE",
      repeatable: true,
      help: "write: JSON file with one request or an array of them",
    },
    {
      name: "image",
      value: "FILE",
      repeatable: true,
      help: "write: JPEG or PNG for the signatures that take pictures",
    },
    {
      name: "signature",
      value: "NAME",
      repeatable: true,
      help: "write: only for these signatures; default: all that can be fed",
    },
    {
      name: "batch-size",
      value: "N",
      repeatable: true,
      help: "write: synthesised inputs of these sizes; with batching the allowed sizes; default 1",
    },
    {
      name: "format",
      value: "FORMAT",
      choices: ["pretty", "json"],
      default: "pretty",
      help: "what to print",
    },
  ],
  examples: [
    { line: "servable warmup write models/resnet/3", says: "inputs made from the signatures" },
    {
      line: "servable warmup write models/resnet/3 --image cat.jpg --golden request.json",
      says: "real requests",
    },
    { line: "servable warmup check models/resnet/3", says: "would they fail the load?" },
  ],
  async run(context, args) {
    const [action, folder = ""] = args.positionals;
    const versionDir = absolute(context, folder);
    const json = args.get("format") === "json";
    const shown = (path: string): string => shownPath(context, path);
    try {
      if (action === "check") {
        const { diagnostics, requests } = checkWarmup(versionDir);
        const errors = diagnostics.filter(({ severity }) => severity === "error").length;
        const named = diagnostics.map((each) => ({ ...each, file: shown(each.file) }));
        const rows = requests.map(({ index, kind, signature, rows: sizes }) => ({
          index,
          kind,
          signature,
          rows: Object.fromEntries(sizes),
        }));
        if (json)
          context.out(
            `${JSON.stringify({ version: 1, records: rows, diagnostics: named.map(({ rule, severity, message, help, file }) => ({ rule, severity, message, help: help ?? "", file })) }, null, 2)}\n`,
          );
        else {
          printDiagnostics(context, named, new Map());
          for (const { index, kind, signature } of rows)
            context.out(`${String(index).padStart(4)}  ${kind}  ${signature}\n`);
          context.out(
            `${requests.length} record${requests.length === 1 ? "" : "s"}, ${errors} error${errors === 1 ? "" : "s"}\n`,
          );
        }
        return errors > 0 ? 1 : 0;
      }
      if (action !== "write") throw new UserError("usage", `the action is write or check, not "${action}"`);
      const signatures = args.all("signature");
      const given = [
        ...goldenRecords(context, args.all("golden")),
        ...(await imageRecords(context, versionDir, args.all("image"), signatures)),
      ];
      const sizes = sizesOf(args);
      const records =
        given.length > 0
          ? given
          : synthesiseWarmup(versionDir, {
              ...(signatures.length === 0 ? {} : { signatures }),
              ...(sizes === undefined ? {} : { batchSizes: sizes }),
            });
      if (records.length === 0) {
        throw new UserError(
          "nothing-to-write",
          `no request can be made up for ${folder}: its signatures want pictures, Examples or sparse inputs`,
          {
            hint: "give real requests with --golden FILE or --image FILE",
            exitCode: 1,
          },
        );
      }
      const written = writeWarmup(versionDir, records);
      if (json)
        context.out(
          `${JSON.stringify({ path: shown(written.path), records: written.records, bytes: written.bytes }, null, 2)}\n`,
        );
      else
        context.out(
          `wrote ${shown(written.path)}: ${written.records} record${written.records === 1 ? "" : "s"}, ${humanBytes(written.bytes)}\n`,
        );
      return 0;
    } catch (error) {
      if (error instanceof WarmupRefused) {
        printDiagnostics(
          context,
          error.diagnostics.map((each) => ({ ...each, file: shown(each.file) })),
          new Map(),
        );
        throw error;
      }
      if (!(error instanceof ModelReadError)) throw error;
      throw new UserError("cannot-read", error.message, {
        hint: "give a version directory, such as models/resnet/3",
        cause: error,
      });
    }
  },
});
