export { ARTIFACT_PATHS, type Artifact, type ArtifactKind, isArtifactPath } from "./artifact.ts";
export { type GenerateOptions, generateArtifacts, hostArtifacts } from "./generate-artifacts.ts";
export { type GeneratedBy, isOurs } from "./header.ts";
export { type ContainerTarget, type HostTarget, serverArgv } from "./server-argv.ts";
export { csvField, shellQuote } from "./shell-quote.ts";
export { dockerBuildSteps } from "./targets/docker-build.ts";
export { type DockerFolders, dockerArgv } from "./targets/docker-run.ts";
export { type NeededFile, neededFiles } from "./text-protos.ts";
