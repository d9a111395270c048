/**
 * Module specifiers of a TypeScript or JavaScript text, with whether each is imported for types only.
 * Statements are found by their shape at the start of a line (the formatter puts them there); comments are blanked
 * first. TypeScript 7 has no JavaScript API, and bundlers drop type imports, so no parser at hand gives both.
 */
export function importsOf(text) {
  const code = blankComments(text);
  const found = [];
  const statement =
    /^[ \t]*(import|export)\s+(type\s+)?((?:[\w*$\s{},]|\bas\b)*?)\s*from\s*["']([^"'\n]+)["']/gm;
  for (const [, , type, names, specifier] of code.matchAll(statement)) {
    found.push({ specifier, typeOnly: type !== undefined || onlyInlineTypes(names) });
  }
  for (const [, specifier] of code.matchAll(/^[ \t]*import\s*["']([^"'\n]+)["']/gm)) {
    found.push({ specifier, typeOnly: false });
  }
  for (const match of code.matchAll(/\bimport\(\s*["']([^"'\n]+)["']\s*\)(\.[A-Z])?/g)) {
    // `import("x").Name` in a type position; a value import of a member would be awaited first.
    found.push({ specifier: match[1], typeOnly: match[2] !== undefined, lazy: true });
  }
  return found;
}

function onlyInlineTypes(names) {
  const inner = /^\{([\s\S]*)\}$/.exec(names.trim())?.[1];
  if (inner === undefined) return false;
  const entries = inner.split(",").filter((entry) => entry.trim() !== "");
  return entries.length > 0 && entries.every((entry) => /^\s*type\s/.test(entry));
}

/** Comments become spaces; strings are left alone (a comment marker inside one is not a comment). */
function blankComments(text) {
  return text.replace(
    /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\*[\s\S]*?\*\/|(?<=^|[\s;,{}()])\/\/[^\n]*/g,
    (match, string) => string ?? match.replace(/[^\n]/g, " "),
  );
}
