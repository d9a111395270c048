import { describeTensor, showShape, type Tensor, TensorError } from "@servable/tensors";
import { decodeImage, ImageError, imageToTensor } from "@servable/tensors/image";
import { textKind } from "../made-up-inputs.ts";
import type { Signature } from "../messages.ts";
import { failedCall } from "../smoke-context.ts";
import { jsonVersion, type SmokeCheck } from "./check.ts";
import type { Finding } from "./finding.ts";
import { outputFaults, restCannot, send } from "./predict-signatures.ts";

/** How a signature takes pictures: as files, or as pixels in NHWC order. */
type Takes =
  | { readonly alias: string; readonly form: "file"; readonly shape: readonly number[] }
  | {
      readonly alias: string;
      readonly form: "pixels";
      readonly dtype: "DT_FLOAT" | "DT_UINT8";
      /** -1: as the picture has it. */
      readonly height: number;
      readonly width: number;
      readonly channels: 1 | 3;
    };

function takesPictures(signature: Signature, ops: ReadonlySet<string> | undefined): Takes | undefined {
  const inputs = Object.entries(signature.inputs);
  const [alias, input] = inputs[0] ?? [];
  if (inputs.length !== 1 || alias === undefined || input?.encoding !== "dense") return undefined;
  const { dtype, shape } = input;
  if (dtype === "DT_STRING") {
    if (textKind(alias, signature, ops) !== "image" || (shape?.length ?? 1) > 1) return undefined;
    return { alias, form: "file", shape: shape?.length === 0 ? [] : [1] };
  }
  const [batch = 0, height = 0, width = 0, channels] = shape ?? [];
  if (shape?.length !== 4 || (dtype !== "DT_FLOAT" && dtype !== "DT_UINT8")) return undefined;
  if ((batch !== -1 && batch !== 1) || height === 0 || width === 0) return undefined;
  return channels === 1 || channels === 3
    ? { alias, form: "pixels", dtype, height, width, channels }
    : undefined;
}

/** The request's tensor for one picture, and what to call it. */
async function pictureTensor(takes: Takes, bytes: Uint8Array): Promise<readonly [Tensor, string]> {
  if (takes.form === "file") {
    const shown = await decodeImage(bytes).then(
      ({ width, height }) => `${width}x${height}`,
      (error: unknown) => {
        if (!(error instanceof ImageError)) throw error;
        return `not readable here: ${error.message}`;
      },
    );
    return [{ dtype: "DT_STRING", shape: takes.shape, data: [bytes] }, shown];
  }
  const image = await decodeImage(bytes, { channels: takes.channels });
  const size = [
    takes.height > 0 ? takes.height : image.height,
    takes.width > 0 ? takes.width : image.width,
  ] as const;
  const tensor = imageToTensor(image, { size, dtype: takes.dtype });
  return [tensor, `${image.width}x${image.height} as ${takes.dtype} ${showShape(tensor.shape)} of 0 to 255`];
}

export const check: SmokeCheck = {
  id: "predict/images",
  title: "given pictures are answered",
  proves: "signatures that take pictures, encoded or as NHWC pixels, answer each of the ones given",
  async *run(context) {
    for (const model of context.options.models) {
      const images = Object.entries(model.images ?? {});
      if (images.length === 0) continue;
      let fed = false;
      for (const version of await context.availableVersions(model)) {
        const signatures = await context.signatures(model, version);
        for (const [name, signature] of Object.entries(signatures).sort(([a], [b]) => (a < b ? -1 : 1))) {
          const takes = takesPictures(signature, context.disk(model)?.version(version)?.ops(name));
          if (takes === undefined) continue;
          fed = true;
          for (const transport of context.transports) {
            const about = {
              model: model.name,
              version: jsonVersion(version),
              signature: name,
              transport,
            } as const;
            if (transport === "rest" && restCannot(signature) !== undefined) continue;
            for (const [file, bytes] of images) {
              let tensor: Tensor;
              let shown: string;
              try {
                [tensor, shown] = await pictureTensor(takes, bytes);
              } catch (error) {
                if (!(error instanceof ImageError)) throw error;
                const help = "give a whole JPEG in gray or RGB, or a PNG";
                yield { ...about, outcome: "fail", message: `${file}: ${error.message}`, help };
                continue;
              }
              const result = await send(
                context,
                transport,
                { name: model.name, version, signature: name },
                signature,
                { [takes.alias]: tensor },
              ).catch(
                (error: unknown): { ok: false; finding: Pick<Finding, "outcome" | "message" | "help"> } => {
                  if (!(error instanceof TensorError)) throw error;
                  return {
                    ok: false,
                    finding: {
                      outcome: "fail",
                      message: `${file}: ${error.message}`,
                      help: "the answer does not fit the signature",
                    },
                  };
                },
              );
              if (result.ok) {
                const { outputs } = result.value;
                const faults = outputFaults(signature, outputs, transport === "grpc");
                const answer = [...outputs].map(([alias, value]) => `${alias} ${describeTensor(value)}`);
                yield faults.length > 0
                  ? {
                      ...about,
                      outcome: "fail",
                      message: `${file}: ${faults.join("; ")}`,
                      help: "the answer does not fit the signature",
                    }
                  : { ...about, outcome: "pass", message: `${file} (${shown}) → ${answer.join("; ")}` };
              } else if ("finding" in result) yield { ...about, ...result.finding };
              else yield { ...about, ...failedCall(result.error, `${file} (${shown})`) };
            }
          }
        }
      }
      if (!fed) {
        yield {
          model: model.name,
          outcome: "skip",
          message: "no signature has one input of encoded pictures or of [?, height, width, 1 or 3]",
        };
      }
    }
  },
};
