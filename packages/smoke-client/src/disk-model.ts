import {
  discoverVersions,
  type ModelFileSystem,
  nodeFileSystem,
  openSavedModel,
  readSignatures,
  selectVersions,
} from "@servable/model-layout";
import { DTYPE_NUMBERS, type DType, type PartialShape } from "@servable/tensors";
import { graphOps, type OpsOfTensors } from "./graph-ops.ts";
import type { Signature, SignatureTensor } from "./messages.ts";
import type { SmokeModel } from "./smoke-options.ts";

/** One version of a model on disk, read as far as the checks need. */
export interface DiskVersion {
  readonly version: bigint;
  readonly path: string;
  /** Its signatures, or why they can't be read. */
  readonly signatures: Readonly<Record<string, Signature>> | { readonly problem: string };
  /** Ops that run for a signature's outputs; undefined where the graph can't be read. */
  ops(signature: string): ReadonlySet<string> | undefined;
}

/** A model's base path as this machine sees it. */
export interface DiskModel {
  readonly basePath: string;
  readonly problem: string | undefined;
  /** Ascending. */
  readonly versions: readonly bigint[];
  /** Versions that the policy selects, ascending, and those that it names but that are not there. */
  readonly selected: readonly bigint[];
  readonly missing: readonly bigint[];
  version(version: bigint): DiskVersion | undefined;
}

const oneLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, " ");

/** Reads what a model's base path holds. Never throws for what is on disk. */
export function readDiskModel(
  model: SmokeModel,
  fs: ModelFileSystem = nodeFileSystem,
): DiskModel | undefined {
  const { basePath } = model;
  if (basePath === undefined) return undefined;
  const discovery = discoverVersions(basePath, fs);
  const policy =
    model.policy?.kind === "specific"
      ? { kind: "specific" as const, versions: model.policy.versions.map(asInt64) }
      : (model.policy ?? { kind: "latest" as const, count: 1 });
  const { selected, missing } = selectVersions(discovery.versions, policy);
  // Of two names for one number the policy says which is served.
  const every = selectVersions(discovery.versions, { kind: "all" }).selected;
  const paths = new Map(
    [...every, ...selected].map((directory) => [BigInt(directory.version), directory.path] as const),
  );
  const cache = new Map<bigint, DiskVersion>();
  return {
    basePath,
    problem: discovery.problem === undefined ? undefined : oneLine(discovery.problem),
    versions: [...paths.keys()].sort((a, b) => (a < b ? -1 : 1)),
    selected: selected.map((directory) => BigInt(directory.version)),
    missing: missing.map(BigInt),
    version(version) {
      const path = paths.get(version);
      if (path === undefined) return undefined;
      let found = cache.get(version);
      if (found === undefined) {
        found = readVersion(version, path, fs, model.tags ?? ["serve"]);
        cache.set(version, found);
      }
      return found;
    },
  };
}

/** model-layout gives versions as numbers where they are safe. */
function asInt64(version: bigint): number | bigint {
  const number = Number(version);
  return Number.isSafeInteger(number) ? number : version;
}

interface LayoutTensor {
  readonly tensor: string;
  readonly dtype: DType;
  readonly shape: PartialShape;
  readonly kind: "tensor" | "sparse" | "composite";
  readonly isRef?: true;
  readonly unknownDtype?: number;
}

function tensorOf(info: LayoutTensor): SignatureTensor {
  return {
    tensor: info.tensor,
    dtype: info.dtype,
    dtypeNumber: info.unknownDtype ?? DTYPE_NUMBERS[info.dtype] + (info.isRef === true ? 100 : 0),
    shape: info.shape,
    encoding: info.kind === "tensor" ? "dense" : info.kind,
  };
}

function readVersion(
  version: bigint,
  path: string,
  fs: ModelFileSystem,
  tags: readonly string[],
): DiskVersion {
  const signatures = Object.create(null) as Record<string, Signature>;
  let problem: string | undefined;
  try {
    for (const [name, signature] of readSignatures(path, fs, tags)) {
      signatures[name] = {
        method: signature.method,
        inputs: Object.fromEntries([...signature.inputs].map(([alias, info]) => [alias, tensorOf(info)])),
        outputs: Object.fromEntries([...signature.outputs].map(([alias, info]) => [alias, tensorOf(info)])),
        defaults: [...signature.defaults.keys()],
      };
    }
  } catch (error) {
    problem = oneLine(error);
  }
  let ops: OpsOfTensors | null | undefined;
  return {
    version,
    path,
    signatures: problem === undefined ? signatures : { problem },
    ops(name) {
      const signature = problem === undefined ? signatures[name] : undefined;
      if (signature === undefined) return undefined;
      if (ops === undefined) {
        try {
          const graph = openSavedModel(path, fs).metaGraph(tags);
          ops = graph === undefined ? null : graphOps(graph.graphDef());
        } catch {
          // what is wrong with the folder is told by the checks of the folder
          ops = null;
        }
      }
      return ops?.(Object.values(signature.outputs).map((output) => output.tensor));
    },
  };
}
