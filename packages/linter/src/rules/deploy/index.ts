import type { DeployContext } from "../../deploy-context.ts";
import type { LintRule } from "../../finding.ts";
import { rule as configMountedAsFolder } from "./config-mounted-as-folder.ts";
import { rule as connectionsSpread } from "./connections-spread.ts";
import { rule as cpuRunsImage } from "./cpu-runs-image.ts";
import { rule as drainsBeforeStop } from "./drains-before-stop.ts";
import { rule as environment } from "./environment.ts";
import { rule as gpuImage } from "./gpu-image.ts";
import { rule as healthCheckRuns } from "./health-check-runs.ts";
import { rule as imagePinned } from "./image-pinned.ts";
import { rule as imagePublished } from "./image-published.ts";
import { rule as imageServes } from "./image-serves.ts";
import { rule as memoryForTwoVersions } from "./memory-for-two-versions.ts";
import { rule as mklThreads } from "./mkl-threads.ts";
import { rule as mountCoversBasePath } from "./mount-covers-base-path.ts";
import { rule as mountSourceExists } from "./mount-source-exists.ts";
import { rule as mountSourceIsPath } from "./mount-source-is-path.ts";
import { rule as oneFlagAnArgument } from "./one-flag-an-argument.ts";
import { rule as optionsBeforeImage } from "./options-before-image.ts";
import { rule as portsPublished } from "./ports-published.ts";
import { rule as probes } from "./probes.ts";
import { rule as threadsForCpuLimit } from "./threads-for-cpu-limit.ts";
import { rule as userReadsFiles } from "./user-reads-files.ts";

/** Rules of the area `deploy`, one file each; sorted by id. */
export const deployRules: readonly LintRule<DeployContext>[] = [
  configMountedAsFolder,
  connectionsSpread,
  cpuRunsImage,
  drainsBeforeStop,
  environment,
  gpuImage,
  healthCheckRuns,
  imagePinned,
  imagePublished,
  imageServes,
  memoryForTwoVersions,
  mklThreads,
  mountCoversBasePath,
  mountSourceExists,
  mountSourceIsPath,
  oneFlagAnArgument,
  optionsBeforeImage,
  portsPublished,
  probes,
  threadsForCpuLimit,
  userReadsFiles,
];
