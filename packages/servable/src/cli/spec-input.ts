import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { type LoadedSpec, loadSpec, type Resolution } from "@servable/config-schema";
import { type Diagnostic, UserError } from "@servable/diagnostics";
import { Locator, prettyDiagnostic } from "@servable/diagnostics/render";
import type { Arguments, OptionSpec } from "./command.ts";
import type { Context } from "./context.ts";
import { absolute, readInput, shownPath } from "./read-input.ts";

export const SPEC_OPTION: OptionSpec = {
  name: "spec",
  value: "FILE",
  default: "servable.yaml",
  help: "the spec",
};
export const PROFILE_OPTION: OptionSpec = {
  name: "profile",
  value: "NAME",
  help: "lay this profile of the spec over it",
};
export const OUT_OPTION: OptionSpec = {
  name: "out",
  value: "DIR",
  default: "serving",
  help: "folder of the artifacts",
};

const NAMES = ["servable.yaml", "servable.yml", "servable.json"];

/** A spec that was found, read and resolved. */
export interface SpecInput {
  /** Absolute. */
  readonly path: string;
  /** Absolute folder that relative paths of the spec start from. */
  readonly folder: string;
  /** As shown to the user. */
  readonly shown: string;
  readonly text: string;
  readonly resolution: Resolution;
  /** Warnings; errors stop the command. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Path of the spec that a command is about, or undefined where none is there and none was named. */
export function findSpec(context: Context, args: Pick<Arguments, "get">): string | undefined {
  const named = args.get("spec");
  if (named !== undefined) return absolute(context, named);
  return NAMES.map((name) => absolute(context, name)).find((path) => existsSync(path));
}

/** Diagnostics on stderr, as `check` would show them. */
export function printDiagnostics(
  context: Context,
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
): void {
  const locator = new Locator(sources);
  for (const diagnostic of diagnostics)
    context.err(`${prettyDiagnostic(diagnostic, locator, context.errPaint)}\n`);
}

/** Reads and parses the spec; its diagnostics are in the result. @throws UserError where it can't be read */
export async function readSpecFile(
  context: Context,
  path: string,
  profile?: string,
): Promise<LoadedSpec & { readonly shown: string; readonly text: string }> {
  const shown = shownPath(context, path);
  const bytes = await readInput(context, path);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UserError("spec-not-text", `${shown} is not UTF-8 text`, {
      hint: "a spec is a YAML or JSON file",
    });
  }
  return { ...loadSpec(text, { file: shown, profile }), shown, text };
}

/**
 * The resolved spec that a command works from. Prints what is wrong with it.
 * @throws UserError (exit code 2) where there is no spec or it has errors
 */
export async function loadSpecInput(context: Context, args: Pick<Arguments, "get">): Promise<SpecInput> {
  const path = findSpec(context, args);
  if (path === undefined) {
    throw new UserError("no-spec", "there is no servable.yaml here", {
      hint: "`servable init MODEL_DIR` writes one; or name one with --spec FILE",
    });
  }
  const { shown, text, diagnostics, resolution } = await readSpecFile(context, path, args.get("profile"));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  printDiagnostics(
    context,
    resolution === undefined || errors.length > 0
      ? errors
      : diagnostics.filter(({ severity }) => severity === "warning"),
    new Map([[shown, text]]),
  );
  if (resolution === undefined || errors.length > 0) {
    throw new UserError("bad-spec", `${shown} has ${errors.length} error${errors.length === 1 ? "" : "s"}`, {
      hint: "mend them and try again; `servable check` shows them with all else",
    });
  }
  return { path, folder: dirname(path), shown, text, resolution, diagnostics };
}
