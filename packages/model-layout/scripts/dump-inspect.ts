/**
 * Prints the report of version directories as JSON, one line a version, for comparison with TensorFlow's own protos:
 *
 *     npx tsx --conditions=@servable/source dump-inspect.ts VERSION_DIR...
 */
import { inspect } from "../src/index.ts";

for (const folder of process.argv.slice(2)) {
  console.log(JSON.stringify({ folder, report: inspect(folder).models[0]?.versions[0] }));
}
