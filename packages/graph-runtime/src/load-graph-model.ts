import type { GraphModel, LoadGraphOptions } from "./api.ts";
import { GraphError } from "./graph-error.ts";

/**
 * Loads one version directory as TensorFlow's C++ loader does: graph, restore, init op.
 * @throws GraphError with the loader's code and message
 */
export async function loadGraphModel(
  versionDir: string,
  _options: LoadGraphOptions = {},
): Promise<GraphModel> {
  throw new GraphError("UNIMPLEMENTED", `not yet: ${versionDir}`);
}
