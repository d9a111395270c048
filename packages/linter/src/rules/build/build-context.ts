import type { TfsVersion } from "@servable/server-flags";
import type { EmbeddedBuild } from "../../embedded/docker-build.ts";

/** A docker build of the server, as the rules over builds see it. */
export interface BuildContext {
  readonly file: string;
  readonly version: TfsVersion;
  readonly build: EmbeddedBuild;
  /** Instruction sets of the CPU that will run the server, as /proc/cpuinfo names them (`avx2`, `fma` …), where known. */
  readonly cpuFeatures: ReadonlySet<string> | undefined;
}
