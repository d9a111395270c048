import { describeTensor, TensorError } from "@servable/tensors";
import { decodeImage, ImageError } from "@servable/tensors/image";
import { makeInputs, textKind } from "../made-up-inputs.ts";
import { failedCall } from "../smoke-context.ts";
import { type Finding, jsonVersion, type SmokeCheck } from "./check.ts";
import { restCannot, send } from "./predict-signatures.ts";

export const check: SmokeCheck = {
  id: "predict/images",
  title: "given pictures are answered",
  proves: "signatures that take encoded pictures answer each of the ones given",
  async *run(context) {
    for (const model of context.options.models) {
      const images = Object.entries(model.images ?? {});
      if (images.length === 0) continue;
      for (const version of await context.availableVersions(model)) {
        const signatures = await context.signatures(model, version);
        for (const [name, signature] of Object.entries(signatures).sort(([a], [b]) => (a < b ? -1 : 1))) {
          const ops = context.disk(model)?.version(version)?.ops(name);
          const inputs = Object.entries(signature.inputs);
          const takesImages =
            inputs.length === 1 &&
            inputs[0]![1].dtype === "DT_STRING" &&
            textKind(inputs[0]![0], signature, ops) === "image";
          if (!takesImages) continue;
          for (const transport of context.transports) {
            const about = {
              model: model.name,
              version: jsonVersion(version),
              signature: name,
              transport,
            } as const;
            if (transport === "rest" && restCannot(signature) !== undefined) continue;
            for (const [file, bytes] of images) {
              let readable = "";
              try {
                const { width, height } = decodeImage(bytes);
                readable = `${width}x${height}`;
              } catch (error) {
                if (!(error instanceof ImageError)) throw error;
                readable = `not readable here: ${error.message}`;
              }
              const result = await send(
                context,
                transport,
                { name: model.name, version, signature: name },
                signature,
                makeInputs(signature, { batch: 1, open: 1 }, ops, bytes),
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
                const shown = [...result.value.outputs].map(
                  ([alias, tensor]) => `${alias} ${describeTensor(tensor)}`,
                );
                yield { ...about, outcome: "pass", message: `${file} (${readable}) → ${shown.join("; ")}` };
              } else if ("finding" in result) yield { ...about, ...result.finding };
              else yield { ...about, ...failedCall(result.error, `${file} (${readable})`) };
            }
          }
        }
      }
    }
  },
};
