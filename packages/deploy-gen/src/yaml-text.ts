import { Document } from "yaml";

/** One YAML document with a comment on top, printed by the library: whatever a value holds, it reads back the same. */
export function yamlText(data: unknown, header: readonly string[]): string {
  const document = new Document(data, { aliasDuplicateObjects: false, keepUndefined: false });
  document.commentBefore = header.map((line) => ` ${line}`).join("\n");
  return document.toString({ lineWidth: 0 });
}
