import { serverArgv } from "@servable/deploy-gen";
import type { Arguments } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { absolute } from "../cli/read-input.ts";
import { loadSpecInput } from "../cli/spec-input.ts";
import { writeArtifactSet } from "../cli/write-artifacts.ts";
import { artifactsOf, hostFilesOf, type Places } from "./artifact-set.ts";

/** Generates the spec's artifacts and gives the flags that start a server with them on this machine. */
export async function specServerArgv(context: Context, args: Pick<Arguments, "get">): Promise<string[]> {
  const spec = await loadSpecInput(context, args);
  const { resolved } = spec.resolution;
  const places: Places = {
    shown: spec.shown,
    folder: spec.folder,
    outDir: absolute(context, args.get("out") ?? "serving"),
  };
  writeArtifactSet(places.outDir, [
    ...artifactsOf(context, resolved, places),
    ...hostFilesOf(context, resolved, places),
  ]);
  return serverArgv(resolved, { hostPaths: true, outDir: places.outDir, specFolder: places.folder });
}
