import type { MarkdownOptions } from "vitepress";

/** Enough of the text format to colour comments, field names, strings, numbers and keywords. */
export const textProtoGrammar: NonNullable<MarkdownOptions["languages"]>[number] = {
  name: "txtpb",
  displayName: "Text proto",
  scopeName: "source.txtpb",
  patterns: [
    { match: "#.*$", name: "comment.line.number-sign.txtpb" },
    { match: "\\[[A-Za-z0-9_./-]+\\](?=\\s*[:{<])", name: "entity.name.tag.txtpb" },
    { match: "[A-Za-z_][A-Za-z0-9_]*(?=\\s*[:{<])", name: "entity.name.tag.txtpb" },
    {
      begin: '"',
      end: '"|$',
      name: "string.quoted.double.txtpb",
      patterns: [{ match: "\\\\.", name: "constant.character.escape.txtpb" }],
    },
    {
      begin: "'",
      end: "'|$",
      name: "string.quoted.single.txtpb",
      patterns: [{ match: "\\\\.", name: "constant.character.escape.txtpb" }],
    },
    {
      match: "-?\\b(?:0[xX][0-9a-fA-F]+|[0-9]+(?:\\.[0-9]*)?(?:[eE][+-]?[0-9]+)?f?|inf|nan)\\b",
      name: "constant.numeric.txtpb",
    },
    { match: "\\b(?:true|false|True|False|t|f)\\b", name: "constant.language.txtpb" },
    { match: "\\b[A-Z][A-Z0-9_]+\\b", name: "constant.other.enum.txtpb" },
  ],
  repository: {},
};
