import {
  findModels,
  listVariables,
  ModelReadError,
  openSavedModel,
  selectVersions,
  summariseWarmup,
} from "@servable/model-layout";
import { describeTensor, showShape } from "@servable/tensors";

for (const { name, versions } of findModels(process.argv[2] ?? "models").models) {
  // What a server with the default policy would serve.
  for (const { version, path } of selectVersions(versions, { kind: "latest", count: 1 }).selected) {
    console.log(`${name}, version ${version}`);
    try {
      // Signatures and names are read, the graph and the weights stay on disk.
      const model = openSavedModel(path);
      for (const [signature, { inputs }] of model.metaGraph(["serve"])?.signatures ?? [])
        for (const [alias, { dtype, shape }] of inputs)
          console.log(`  ${signature} takes ${alias}: ${dtype} ${showShape(shape)}`);
      const index = model.variables();
      for (const { key, dtype, shape, byteSize } of index === undefined ? [] : listVariables(index)) {
        console.log(`  ${key}: ${dtype} ${showShape(shape)}, ${byteSize} bytes`);
        // A typed array; slices are joined, the checksum is compared.
        if (byteSize < 64) console.log(`    ${describeTensor(index!.readTensor(key))}`);
      }
      for (const { kind, signature } of summariseWarmup(path))
        console.log(`  is warmed: ${kind} ${signature}`);
    } catch (error) {
      if (!(error instanceof ModelReadError)) throw error;
      console.log(`  ${error.fault}: ${error.file} ${error.reason}`);
    }
  }
}
