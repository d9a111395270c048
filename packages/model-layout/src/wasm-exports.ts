/** What is used of the global, whose types come only with those of a browser. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

/** Exports of a module in base64. @throws where there is no WebAssembly, or not what the module needs of it */
export function wasmExports<Exports>(wasm: string, imports: object = {}): Exports {
  const code = Uint8Array.from(atob(wasm), (letter) => letter.charCodeAt(0));
  return new WebAssembly.Instance(new WebAssembly.Module(code), imports).exports as Exports;
}
