import { batchingParametersText, modelBatchingText } from "@servable/batching-gen";
import type { ResolvedSpec } from "@servable/config-schema";
import { type Artifact, PATHS } from "./artifact.ts";
import { type GeneratedBy, headerLines } from "./header.ts";
import { hostBasePath } from "./server-argv.ts";
import { composeText } from "./targets/compose.ts";
import { dockerBuildScript } from "./targets/docker-build.ts";
import { dockerRunScript } from "./targets/docker-run.ts";
import { kubernetesArtifacts } from "./targets/kubernetes.ts";
import type { KubernetesFiles } from "./targets/kubernetes-pod.ts";
import { givenFile, modelServerConfigText, monitoringConfigText, sslConfigText } from "./text-protos.ts";

export interface GenerateOptions extends GeneratedBy {
  /** POSIX path from the output folder to the folder of the spec; by default its parent (`..`). */
  readonly specFolderFromOut?: string;
  /** Texts of the files that {@link neededFiles} names, by path as written in the spec. */
  readonly files?: ReadonlyMap<string, string>;
}

/** Lines that tell other tools which message a text proto is. */
const protoHeader = (header: readonly string[], message: string): string[] => [
  ...header,
  `proto-message: tensorflow.serving.${message}`,
];

/**
 * Every file that the spec asks for, in a fixed order, the same bytes for the same spec. Pure: touches no file.
 * @throws UserError `file-not-given`, `not-pem` where the TLS files are not as the spec says
 */
export function generateArtifacts(resolved: ResolvedSpec, options: GenerateOptions): Artifact[] {
  const header = headerLines(options, resolved);
  const specFolderFromOut = options.specFolderFromOut ?? "..";
  const artifacts: Artifact[] = [];
  const files: { config: Record<string, string>; secret: Record<string, string> } = {
    config: {},
    secret: {},
  };
  const batching = batchingParametersText(resolved, protoHeader(header, "BatchingParameters"));
  if (batching !== undefined) {
    artifacts.push({ path: PATHS.batching, kind: "batching-parameters", contents: batching });
    files.config[PATHS.batching] = batching;
  }
  if (resolved.perModelBatching) {
    for (const model of resolved.models) {
      const contents = modelBatchingText(model, [
        ...protoHeader(header, "BatchingParameters"),
        "The server reads it from each version directory of the model, beside saved_model.pb: copy it there.",
      ]);
      if (contents === undefined) continue;
      const path = `batching/${model.folder}/batching_params.pbtxt`;
      artifacts.push({ path, kind: "per-model-batching", contents });
    }
  }
  if (resolved.modelMode === "config") {
    const contents = modelServerConfigText(resolved, (model) => model.basePath, [
      ...protoHeader(header, "ModelServerConfig"),
      "Base paths are those inside the container.",
    ]);
    artifacts.push({ path: PATHS.models, kind: "model-server-config", contents });
    files.config[PATHS.models] = contents;
  }
  if (resolved.monitoring !== undefined) {
    const contents = monitoringConfigText(resolved.monitoring.path, protoHeader(header, "MonitoringConfig"));
    artifacts.push({ path: PATHS.monitoring, kind: "monitoring-config", contents });
    files.config[PATHS.monitoring] = contents;
  }
  if (resolved.tls !== undefined) {
    const contents = sslConfigText(resolved.tls, options.files, [
      ...protoHeader(header, "SSLConfig"),
      "Holds the private key: keep it out of version control.",
    ]);
    artifacts.push({ path: PATHS.ssl, kind: "ssl-config", contents, mode: 0o600 });
    files.secret[PATHS.ssl] = contents;
  }
  if (resolved.docker !== undefined) {
    artifacts.push({
      path: PATHS.dockerRun,
      kind: "docker-run",
      contents: dockerRunScript(resolved, { header, specFolderFromOut }),
      mode: 0o755,
    });
  }
  if (resolved.compose !== undefined) {
    const contents = composeText(resolved, resolved.compose, { header, specFolderFromOut });
    artifacts.push({ path: PATHS.compose, kind: "compose", contents });
  }
  if (resolved.build !== undefined) {
    const contents = dockerBuildScript(resolved, resolved.build, { header });
    artifacts.push({ path: PATHS.dockerBuild, kind: "docker-build", contents, mode: 0o755 });
  }
  if (resolved.kubernetes !== undefined) {
    const session = resolved.runtime.sessionConfigFile;
    const kubernetesFiles: KubernetesFiles = {
      ...files,
      ...(session === undefined ? {} : { sessionConfig: givenFile(session, options.files) }),
    };
    artifacts.push(...kubernetesArtifacts(resolved, resolved.kubernetes, kubernetesFiles, { header }));
  }
  return artifacts;
}

/**
 * What a server outside Docker needs beside the artifacts (see `serverArgv` with `hostPaths`): `host/models.config`, the
 * list of models with base paths of this machine, if the spec needs a list at all. It is written for a start, not
 * checked for drift, because its bytes depend on where the project lies.
 */
export function hostArtifacts(
  resolved: ResolvedSpec,
  options: GeneratedBy & { /** Absolute. */ readonly specFolder: string },
): Artifact[] {
  if (resolved.modelMode !== "config") return [];
  const header = [
    ...protoHeader(headerLines(options, resolved), "ModelServerConfig"),
    "Base paths are those of this machine: for a server outside Docker, not for version control.",
  ];
  const contents = modelServerConfigText(
    resolved,
    (model) => hostBasePath(model, options.specFolder),
    header,
  );
  return [{ path: PATHS.hostModels, kind: "model-server-config", contents }];
}
