/*
 * AssemblyScript (https://www.assemblyscript.org), compiled by ../scripts/make-plain-files-wasm.mjs.
 *
 * Tells whether saved_model.pb and variables.index are of the plain kind that nearly every export has. Anything else is
 * not to say that a file is wrong: the rules look closely, then. A thread of a large check has a few hundred milliseconds
 * in all, which is less than V8 wants for getting JavaScript of this kind warm: hence WebAssembly.
 */
export { assetBytes, assetNames, MAX_NAMES, readOutline, WINDOW, window } from "./saved-model-outline.ts";
export {
  DTYPES,
  ends,
  index,
  MAX_INDEX,
  MAX_SHARDS,
  makeTables,
  readIndex,
  widths,
} from "./variables-index.ts";
