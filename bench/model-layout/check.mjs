// One run of checkModels: node check.mjs PATH LEVEL
import { checkModels } from "@servable/model-layout";

const [path, level] = process.argv.slice(2);
const { models, versions, diagnostics } = checkModels(path, { level });
console.log(JSON.stringify({ models, versions, diagnostics: diagnostics.length }));
