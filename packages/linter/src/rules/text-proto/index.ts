import type { LintRule } from "../../finding.ts";
import type { TextContext } from "../../text-context.ts";
import { rule as decimalNumbers } from "./decimal-numbers.ts";
import { rule as fieldSince } from "./field-since.ts";
import { rule as mapKeyOnce } from "./map-key-once.ts";
import { rule as notEmpty } from "./not-empty.ts";

/** Rules of the area `text-proto`, one file each; sorted by id. */
export const textProtoRules: readonly LintRule<TextContext>[] = [
  decimalNumbers,
  fieldSince,
  mapKeyOnce,
  notEmpty,
];
