import type { ResolvedBuild, ResolvedSpec } from "@servable/config-schema";
import { compareVersions } from "@servable/server-flags";
import { commentText } from "../header.ts";
import { shellQuote } from "../shell-quote.ts";
import { renderDockerBuild } from "../templates/docker-build-script.ts";

const FOLDER = "tensorflow_serving/tools/docker";

/** Bazel before 2.2's took one option for memory, cores and I/O; later ones take one each. */
function localResources(build: ResolvedBuild, tfsVersion: string): string[] {
  const { memoryMiB, cores } = build;
  if (compareVersions(tfsVersion, "2.2.0") < 0) {
    if (memoryMiB === undefined && cores === undefined) return [];
    return [`--local_resources=${memoryMiB ?? 2048},${cores ?? 1},1.0`];
  }
  return [
    ...(memoryMiB === undefined ? [] : [`--local_ram_resources=${memoryMiB}`]),
    ...(cores === undefined ? [] : [`--local_cpu_resources=${cores}`]),
  ];
}

/** One `docker build` as arguments of `docker`. */
interface BuildStep {
  readonly comment: string;
  readonly argv: readonly string[];
}

/**
 * The two builds: first the devel image, which compiles the server, then the serving image, which copies the binary out
 * of it. Both take TensorFlow Serving's own Dockerfiles from its repository; the build context is otherwise unused.
 *
 * Up to 2.4 the devel Dockerfile clones the branch that it is given; since 2.5.1 it downloads the tarball of the commit
 * argument, and the branch argument is no more than a label.
 */
export function dockerBuildSteps(resolved: ResolvedSpec, build: ResolvedBuild): readonly BuildStep[] {
  const suffix = build.gpu ? "-gpu" : "";
  const context = `${build.repository}#${build.gitRef}`;
  const argument = (name: string, value: string): string[] => ["--build-arg", `${name}=${value}`];
  const clones = compareVersions(resolved.tfsVersion, "2.5.0") < 0;
  const refs = [
    ...argument("TF_SERVING_VERSION_GIT_BRANCH", build.gitRef),
    ...(clones ? [] : argument("TF_SERVING_VERSION_GIT_COMMIT", build.gitRef)),
  ];
  const buildOptions = [
    ...build.configs.map((name) => `--config=${name}`),
    ...build.copts.map((flag) => `--copt=${flag}`),
  ];
  const bazelOptions = [...localResources(build, resolved.tfsVersion), ...build.bazelOptions];
  return [
    {
      comment:
        buildOptions.length === 0
          ? "Step 1: compile the server. This takes hours and much memory."
          : "Step 1: compile the server with TF_SERVING_BUILD_OPTIONS. This takes hours and much memory.",
      argv: [
        "build",
        "--pull",
        ...["--tag", build.develImage],
        ...["--file", `${FOLDER}/Dockerfile.devel${suffix}`],
        ...refs,
        ...(buildOptions.length === 0 ? [] : argument("TF_SERVING_BUILD_OPTIONS", buildOptions.join(" "))),
        ...(bazelOptions.length === 0 ? [] : argument("TF_SERVING_BAZEL_OPTIONS", bazelOptions.join(" "))),
        context,
      ],
    },
    {
      comment: "Step 2: put the compiled server into a serving image with the usual entrypoint.",
      argv: [
        "build",
        ...["--tag", build.image],
        ...["--file", `${FOLDER}/Dockerfile${build.gpu ? ".gpu" : ""}`],
        ...argument("TF_SERVING_BUILD_IMAGE", build.develImage),
        ...refs,
        context,
      ],
    },
  ];
}

const TAKES_VALUE = new Set(["--tag", "--file", "--build-arg"]);

/** `docker-build.sh`. */
export function dockerBuildScript(
  resolved: ResolvedSpec,
  build: ResolvedBuild,
  options: { readonly header: readonly string[] },
): string {
  const steps = dockerBuildSteps(resolved, build).map(({ comment, argv }) => {
    const lines: string[] = [];
    for (let at = 0; at < argv.length; at++) {
      const word = argv[at] ?? "";
      const value = TAKES_VALUE.has(word) ? argv[++at] : undefined;
      lines.push(value === undefined ? shellQuote(word) : `${word} ${shellQuote(value)}`);
    }
    return { comment: commentText(comment), lines };
  });
  return renderDockerBuild({ header: options.header, image: commentText(build.image), steps });
}
