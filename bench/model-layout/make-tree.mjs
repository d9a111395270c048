// Makes a repository of many versions from one fixture model: node make-tree.mjs FOLDER [MODELS] [VERSIONS] [MODEL]
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const [folder, models = "1000", versions = "10", model = "keras_mlp_export/1"] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: make-tree.mjs FOLDER [MODELS] [VERSIONS] [MODEL]");
const source = join(import.meta.dirname, "../../fixtures/models", model);
for (let index = 0; index < Number(models); index++) {
  const base = join(folder, `model_${String(index).padStart(4, "0")}`);
  mkdirSync(base, { recursive: true });
  for (let version = 1; version <= Number(versions); version++) {
    cpSync(source, join(base, String(1700000000 + version)), { recursive: true });
  }
}
