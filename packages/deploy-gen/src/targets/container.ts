import type { ResolvedSpec } from "@servable/config-schema";
import { CONFIG_FOLDER, containerModel, needsConfigFolder, SESSION_CONFIG } from "../server-argv.ts";

/** A bind mount, read-only. */
export interface Mount {
  /** A path of the spec (relative to its folder), or the output folder itself. */
  readonly source: { readonly from: "spec"; readonly path: string } | { readonly from: "out" };
  readonly target: string;
}

/** The mounts that the server needs: model folders, the generated files, a session config. */
export function mountsOf(resolved: ResolvedSpec): readonly Mount[] {
  const mounts: Mount[] = resolved.models.flatMap((model): Mount[] =>
    model.path === undefined ? [] : [{ source: { from: "spec", path: model.path }, target: model.basePath }],
  );
  if (needsConfigFolder(resolved)) mounts.push({ source: { from: "out" }, target: CONFIG_FOLDER });
  const session = resolved.runtime.sessionConfigFile;
  if (session !== undefined) mounts.push({ source: { from: "spec", path: session }, target: SESSION_CONFIG });
  return mounts;
}

/** Environment of the container, in a fixed order. */
export function environmentOf(resolved: ResolvedSpec): readonly (readonly [name: string, value: string])[] {
  const growth: readonly (readonly [string, string])[] =
    resolved.resources.gpuAllowGrowth === undefined
      ? []
      : [["TF_FORCE_GPU_ALLOW_GROWTH", String(resolved.resources.gpuAllowGrowth)]];
  // A name that is given twice has the author's value.
  return [...new Map([...containerModel(resolved).environment, ...growth, ...resolved.environment])];
}
