import { UserError } from "@servable/diagnostics";
import { checkManifest, hostFacts, looksLikeManifest } from "@servable/linter/manifests";
import type { Context } from "../cli/context.ts";
import { shownPath } from "../cli/read-input.ts";
import type { CheckedFile, CheckOptions } from "./check-options.ts";
import type { Findings } from "./findings.ts";
import { fixText } from "./fix-text.ts";

const decode = (bytes: Uint8Array, shown: string): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UserError("not-text", `${shown} is not UTF-8 text`);
  }
};

/** Whether a YAML file or script starts a model server (and is no spec). */
export function looksLikeStructured(path: string, bytes: Uint8Array): boolean {
  try {
    return looksLikeManifest(path, decode(bytes, path));
  } catch {
    return false;
  }
}

/** Whether a YAML text is an object of Kubernetes, whatever its kind. */
function isKubernetesObject(text: string): boolean {
  return /^apiVersion:[ \t]*\S/m.test(text) && /^kind:[ \t]*\S/m.test(text);
}

/** Checks the server flags inside a docker run script, compose file or Kubernetes manifest. */
export function checkStructuredBytes(
  context: Context,
  findings: Findings,
  bytes: Uint8Array,
  { shown, path }: CheckedFile,
  { level, tfsVersion, fix }: CheckOptions,
): void {
  const read = decode(bytes, shown);
  const check = (source: string): ReturnType<typeof checkManifest> =>
    checkManifest(source, {
      file: shown,
      path,
      cwd: context.cwd,
      level,
      host: hostFacts(),
      now: new Date(),
      ...(tfsVersion === undefined ? {} : { tfsVersion }),
      displayPath: (file) => shownPath(context, file),
    });
  const own = path === "-" ? undefined : path;
  const { text, result } = fix
    ? fixText(context, read, shown, own, check)
    : { text: read, result: check(read) };
  findings.file(shown, text);
  for (const [file, source] of result.texts) findings.file(file, source);
  findings.add(result.diagnostics);
  findings.countModels(result.counts.models, result.counts.versions);
}

/** A YAML, JSON or shell file that was named: a deployment file, else a spec. */
export async function checkStructuredFile(
  context: Context,
  findings: Findings,
  bytes: Uint8Array,
  file: CheckedFile,
  options: CheckOptions,
): Promise<void> {
  const { shown, path } = file;
  const text = decode(bytes, shown);
  if (looksLikeManifest(path, text)) {
    checkStructuredBytes(context, findings, bytes, file, options);
    return;
  }
  if (/\.(sh|bash|bat|cmd|ps1|dockerfile)$|(^|[/\\])(Docker|Container)file[^/\\]*$/i.test(path)) {
    throw new UserError("unknown-kind", `${shown} starts no model server that could be checked`, {
      hint: "a script with `docker run … tensorflow/serving` or `tensorflow_model_server …` can be, and a Dockerfile with `FROM tensorflow/serving`",
    });
  }
  if (isKubernetesObject(text)) {
    // A service or an autoscaler says nothing to a model server.
    findings.file(shown, text);
    return;
  }
  const { checkSpecText } = await import("./check-spec.ts");
  checkSpecText(context, findings, text, file, options);
}
