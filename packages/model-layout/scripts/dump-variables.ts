/**
 * Prints every variable of version directories as JSON, one line a variable, for comparison with TensorFlow's reader:
 *
 *     npx tsx --conditions=@servable/source dump-variables.ts VERSION_DIR...
 */
import { elementBytes, isStringData, toBase64 } from "@servable/tensors";
import { openVariables } from "../src/index.ts";

for (const folder of process.argv.slice(2)) {
  const index = openVariables(folder);
  for (const entry of index.entries) {
    if (entry.keyHex !== undefined) continue;
    const { dtype, shape, data } = index.readTensor(entry.key);
    const bytes = isStringData(data) ? data.map(toBase64) : toBase64(elementBytes({ dtype, shape, data }));
    console.log(JSON.stringify({ folder, key: entry.key, dtype, shape, bytes }));
  }
}
