import { checkSpecText, specJsonSchema } from "@servable/config-schema";
import type { Diagnostic } from "@servable/diagnostics";
import {
  applySuppressions,
  checkTextProto,
  detectKind,
  kindMessages,
  type TextProtoKind,
} from "@servable/linter/text-proto";
import { schemas } from "@servable/protos/text-schema";
import { format } from "@servable/text-proto";
import { completeSpec, hoverSpec } from "./spec-features.ts";
import { completeText, type HoverText, hoverText, type Offer } from "./text-features.ts";

/** What the language server does for one kind of document; pure. */
export interface Language {
  diagnostics(text: string): readonly Diagnostic[];
  complete(text: string, offset: number): readonly Offer[];
  hover(text: string, offset: number): HoverText | undefined;
  /** The formatted text, or undefined where nothing changes or the text does not parse. */
  format(text: string): string | undefined;
}

let specSchema: ReturnType<typeof specJsonSchema> | undefined;

function specLanguage(file: string): Language {
  specSchema ??= specJsonSchema();
  const schema = specSchema;
  return {
    diagnostics: (text) => applySuppressions(text, file, checkSpecText(text, { file })),
    complete: (text, offset) => completeSpec(text, offset, schema, file.endsWith(".json")),
    hover: (text, offset) => hoverSpec(text, offset, schema),
    format: () => undefined,
  };
}

function textLanguage(file: string, kind: TextProtoKind): Language {
  const message = kindMessages[kind];
  return {
    diagnostics: (text) => checkTextProto(text, { file, kind, now: new Date() }),
    complete: (text, offset) => completeText(text, offset, message, schemas),
    hover: (text, offset) => hoverText(text, offset, message, schemas),
    format: (text) => {
      const result = format(text, { message, schemas });
      return result.errors === undefined && result.changed ? result.text : undefined;
    },
  };
}

/** The language of a document by its file name, else its content; undefined for files that are none of ours. */
export function languageOf(file: string, text: string): Language | undefined {
  const name = file.split(/[\\/]/).at(-1) ?? "";
  if (/^servable(\.[\w-]+)?\.(ya?ml|json)$/.test(name)) return specLanguage(file);
  if (/\.(ya?ml|json|sh)$/i.test(name)) return undefined;
  const kind = detectKind(file, text);
  return kind === undefined ? undefined : textLanguage(file, kind);
}
