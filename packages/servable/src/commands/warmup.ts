import { nearest, UserError } from "@servable/diagnostics";
import { printable } from "@servable/diagnostics/render";
import {
  checkWarmup,
  discoverVersions,
  encodeWarmup,
  ModelReadError,
  proposeWarmup,
  readSignatures,
  type WarmupInput,
  WarmupRefused,
  writeWarmup,
} from "@servable/model-layout";
import { type Arguments, defineCommand, FORMAT_OPTION } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { diagnosticRows } from "../cli/diagnostic-rows.ts";
import { wholeNumber } from "../cli/number-flag.ts";
import { absolute, readNamedFile, shownPath } from "../cli/read-input.ts";
import { shownError } from "../cli/shown-error.ts";
import { printDiagnostics } from "../cli/spec-input.ts";
import { humanBytes } from "../render/human-bytes.ts";
import { readGoldenRequests } from "../serving/goldens.ts";
import type { MadeUp, WarmupTrial } from "../serving/try-warmup.ts";

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

/**
 * A picture for each signature that takes one: encoded as it is, behind base64 or in an Example, as the graph decodes it, or
 * as a tensor of the size that the signature declares.
 */
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
    const options = { picture: bytes, ...(wanted.length === 0 ? {} : { signatures: wanted }) };
    for (const proposed of proposeWarmup(versionDir, options))
      if (proposed.takesPictures === true) records.push(...proposed.records);
    for (const [signature, { inputs }] of signatures) {
      for (const [alias, { dtype, shape }] of inputs) {
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
        `no signature takes ${path}: none decodes pictures, or has one input of [?, height, width, 1 or 3]`,
        {
          hint: "`servable inspect` shows the signatures; give --golden instead",
        },
      );
    }
  }
  return records;
}

/** The first line of a reason, which may be a model's own long text. */
const shortened = (reason: string): string => {
  const [first = ""] = reason.split("\n");
  return first.length > 300 ? `${first.slice(0, 300)}…` : first;
};

/** Requests that somebody gave are written as they are, or not at all. @throws UserError where one fails */
async function tried(given: readonly WarmupInput[], trial: WarmupTrial | undefined): Promise<MadeUp> {
  const untried = new Map<string, string>();
  for (const [index, record] of trial === undefined ? [] : given.entries()) {
    const { signature = "serving_default" } = record;
    const result = await trial!.run(record);
    if (result.outcome === "untried") untried.set(signature, result.reason);
    if (result.outcome !== "failed") continue;
    throw new UserError(
      "warmup-fails",
      `request ${index} (to signature "${signature}") fails: ${shortened(result.reason)}`,
      {
        exitCode: 1,
        hint: "a warm-up record that fails keeps the version from loading: nothing was written; --untried writes it all the same",
      },
    );
  }
  return { records: given, passedOver: new Map(), untried, isUnreachable: false };
}

/** Of more records only the first are listed. */
const MOST_ROWS = 20;
const WRITE_OPTIONS = ["golden", "image", "signature", "batch-size", "untried"];

/** How many rows a request has, where its inputs agree on that. */
function batchText(sizes: readonly (number | null)[]): string {
  const [rows] = sizes;
  if (typeof rows !== "number" || sizes.some((size) => size !== rows)) return "";
  return `, ${rows} row${rows === 1 ? "" : "s"}`;
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
    "The server replays assets.extra/tf_serving_warmup_requests before a version becomes available, so that the first client does not pay for it; a record that fails keeps the version from loading. `write` makes records from goldens or pictures, or makes them up from the signatures and from what the graph takes their inputs for (pictures, Examples, JSON, row splits), checks each against its signature and runs it once on the model (in this process, for a minute at most); `check` checks what is there. Made up is nothing for a signature whose request fails, or that changes what later requests get.",
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
      name: "untried",
      help: "write: without running the requests here first",
    },
    FORMAT_OPTION,
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
    const [action = "", folder = ""] = args.positionals;
    if (action !== "write" && action !== "check") {
      const meant = nearest(action, ["write", "check"]);
      throw new UserError(
        "usage",
        `the action is write or check, not "${action}"${meant === undefined ? "" : `, did you mean "${meant}"?`}`,
      );
    }
    const wrong = (action === "check" ? WRITE_OPTIONS : []).find((name) => args.has(name));
    if (wrong !== undefined) throw new UserError("usage", `--${wrong} is for write, not for check`);
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
          for (const { index, kind, signature, rows: sizes } of rows.slice(0, MOST_ROWS))
            context.out(
              `${String(index).padStart(4)}  ${kind}  ${printable(signature)}${batchText(Object.values(sizes))}\n`,
            );
          if (rows.length > MOST_ROWS) context.out(`      and ${rows.length - MOST_ROWS} more\n`);
          context.out(
            `${requests.length} record${requests.length === 1 ? "" : "s"}, ${errors} error${errors === 1 ? "" : "s"}\n`,
          );
        }
        return errors > 0 ? 1 : 0;
      }
      const signatures = args.all("signature");
      const sizes = sizesOf(args);
      const given = [
        ...goldenRecords(context, args.all("golden")).filter(
          ({ signature = "serving_default" }) => signatures.length === 0 || signatures.includes(signature),
        ),
        ...(await imageRecords(context, versionDir, args.all("image"), signatures)),
      ];
      const isGiven = args.has("golden") || args.has("image");
      if (isGiven && given.length === 0) {
        throw new UserError("nothing-to-write", "the goldens hold no request that is to succeed", {
          hint: "leave out --golden to have requests made up from the signatures",
        });
      }
      if (isGiven && sizes !== undefined)
        throw new UserError("usage", "--batch-size is for requests that are made up, not for given ones");
      const { makeUpWarmup, WarmupTrial } = await import("../serving/try-warmup.ts");
      const trial = args.has("untried") ? undefined : new WarmupTrial(versionDir);
      // What does not fit the signature is told better by that than by the failure of a run.
      encodeWarmup(versionDir, given);
      const warn = (message: string): void =>
        context.err(`${context.errPaint.yellow("warning:")} ${printable(message)}\n`);
      const { records, passedOver, untried, isUnreachable } =
        given.length > 0
          ? await tried(given, trial)
          : await makeUpWarmup(
              versionDir,
              {
                ...(signatures.length === 0 ? {} : { signatures }),
                ...(sizes === undefined ? {} : { batchSizes: sizes }),
              },
              trial,
            );
      trial?.close();
      for (const [signature, reason] of passedOver)
        warn(
          `${records.some((record) => record.signature === signature) ? "fewer records" : "no record"} for signature "${signature}": ${shortened(reason)}`,
        );
      for (const [signature, reason] of untried)
        warn(`the request to signature "${signature}" was not tried: ${shortened(reason)}`);
      if (records.length === 0) {
        throw new UserError("nothing-to-write", `no request can be made up for ${folder}`, {
          hint: isUnreachable
            ? "nor can the server take any: export it with dense inputs and outputs, of ragged and sparse tensors the components"
            : "give real requests with --golden FILE or --image FILE",
          exitCode: 1,
        });
      }
      const written = writeWarmup(versionDir, records);
      const warnings = written.diagnostics.map((each) => ({ ...each, file: shown(each.file) }));
      printDiagnostics(context, warnings, new Map());
      if (json) {
        const listed = (map: ReadonlyMap<string, string>): readonly { signature: string; reason: string }[] =>
          [...map].map(([signature, reason]) => ({ signature, reason }));
        context.out(
          `${JSON.stringify({ path: shown(written.path), records: written.records, bytes: written.bytes, passedOver: listed(passedOver), untried: listed(untried), diagnostics: diagnosticRows(warnings) }, null, 2)}\n`,
        );
      } else {
        context.out(
          `wrote ${printable(shown(written.path))}: ${written.records} record${written.records === 1 ? "" : "s"}, ${humanBytes(written.bytes)}\n`,
        );
      }
      return 0;
    } catch (error) {
      if (error instanceof WarmupRefused) {
        const named = error.diagnostics.map((each) => ({ ...each, file: shown(each.file) }));
        printDiagnostics(context, named, new Map());
        if (json)
          context.out(
            `${JSON.stringify({ path: null, records: 0, bytes: 0, passedOver: [], untried: [], diagnostics: diagnosticRows(named) }, null, 2)}\n`,
          );
        throw shownError(context, error);
      }
      const newest =
        error instanceof ModelReadError && error.fault === "not-found"
          ? discoverVersions(versionDir).versions.at(-1)
          : undefined;
      if (newest !== undefined) {
        throw new UserError("usage", `${folder} is a base path, not a version directory`, {
          hint: `give one of its versions, such as ${shown(newest.path)}`,
        });
      }
      if (!(error instanceof ModelReadError))
        throw error instanceof UserError ? shownError(context, error) : error;
      throw shownError(context, error, error.hint ?? "give a version directory, such as models/resnet/3");
    }
  },
});
