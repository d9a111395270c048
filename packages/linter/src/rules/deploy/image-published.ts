import { type DeployContext, spot, tagOf } from "../../deploy-context.ts";
import { defineLintRule } from "../../finding.ts";

const run = (image: string, options = ""): string =>
  `docker run -p 8501:8501 ${options}${image} --enable_profiler=false --model_base_path=gs://b/m --file_system_poll_wait_seconds=60\n`;

const threads = "-e TENSORFLOW_INTRA_OP_PARALLELISM=8 ";

export const rule = defineLintRule<DeployContext>({
  id: "deploy/image-published",
  summary: "the image is one that is published",
  severity: "error",
  effect: "fatal",
  why: "There is no such image: MKL images are not published (the Dockerfiles are there to build them), and 2.5.0 was never released, 2.5.1 was the first of its line. The pull fails.",
  mend: "Build the image and name it as your own, or take 2.5.1.",
  evidence: ["tensorflow/serving#1271", "release tags of tensorflow/serving"],
  logTexts: ["manifest for tensorflow/serving:… not found: manifest unknown"],
  examples: {
    bad: [
      { files: { "run.sh": run("tensorflow/serving:2.17.1-mkl", threads) } },
      { files: { "run.sh": run("tensorflow/serving:2.5.0") } },
    ],
    good: [{ files: { "run.sh": run("registry.example/tensorflow/serving:2.17.1-mkl", threads) } }],
  },
  *check(context) {
    const { image, server } = context;
    if (image === undefined || !/^(docker\.io\/)?tensorflow\/serving([:@]|$)/.test(image.reference)) return;
    const tag = tagOf(image.reference);
    const reason = image.mkl
      ? "MKL images are not published"
      : /^2\.5\.0(-|$)/.test(tag)
        ? "2.5.0 was never released"
        : undefined;
    if (reason === undefined) return;
    yield { ...spot(context, server.image?.span), message: `there is no ${image.reference}: ${reason}` };
  },
});
