import { type Diagnostic, type Fix, nearest, type Span } from "@servable/diagnostics";
import type * as z from "zod";
import { descriptionAt, expectedText, keysAt, schemasAt } from "./schema-shape.ts";
import { pathKey, pathText, type SpecPath, type SpecSource } from "./spec-path.ts";

type Issue = z.core.$ZodIssue;

const specPath = (path: readonly PropertyKey[]): SpecPath =>
  path.map((step) => (typeof step === "number" ? step : String(step)));

/** How a value is named in a message: short, one line, with its kind where that is what is wrong. */
export function showValue(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** How far an alternative of a union got before it failed: a mapping with one wrong key beats "not a mapping". */
function fit(issues: readonly Issue[]): number {
  return issues.some((issue) => issue.path.length === 0 && issue.code === "invalid_type")
    ? 0
    : issues.some((issue) => issue.path.length === 0 && issue.code === "invalid_value")
      ? 1
      : issues.some((issue) => issue.path.length === 0 && issue.code !== "unrecognized_keys")
        ? 2
        : 3;
}

/** Issues without unions: of each union the alternative that fits best, or one issue that names them all. */
function flatten(issue: Issue, prefix: readonly PropertyKey[]): Issue[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === "invalid_union") {
    const ranked = issue.errors
      .map((errors) => ({ errors, score: fit(errors) }))
      .sort((a, b) => b.score - a.score || a.errors.length - b.errors.length);
    const best = ranked[0];
    if (best !== undefined && best.score >= 2) return best.errors.flatMap((inner) => flatten(inner, path));
    return [{ ...issue, path }];
  }
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    return [{ ...issue, path }];
  }
  return [{ ...issue, path }];
}

function accepts(schema: z.core.$ZodType, path: readonly PropertyKey[], value: unknown): boolean {
  return schemasAt(schema, path).some((each) => (each as z.ZodType).safeParse(value).success);
}

function isKeyOf(value: unknown, key: string): boolean {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key);
}

function replaceBy(title: string, span: Span, newText: string): Fix {
  return { title, edits: [{ ...span, newText }], safety: "safe" };
}

/** Another name for a key, in the quotes that it has. */
function rename(text: string, span: Span, name: string): Fix {
  const quote = /^["']/.exec(text.slice(span.start, span.end))?.[0] ?? "";
  return replaceBy(`rename the key to ${name}`, span, `${quote}${name}${quote}`);
}

const unquoted = (value: unknown): boolean => typeof value === "number" || typeof value === "boolean";

/**
 * zod's issues as diagnostics that point into the user's file. `data` is what was checked; `place` maps a path of it to
 * the path of the source text (they differ where a profile was laid over the base).
 */
export function schemaDiagnostics(
  issues: readonly Issue[],
  data: unknown,
  schema: z.core.$ZodType,
  source: SpecSource,
  place: (path: SpecPath) => SpecPath = (path) => path,
  where = "",
): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const flat = issues.flatMap((each) => flatten(each, []));
  // A key that is missing because it is misspelt is one mistake.
  const meant = new Set(
    flat.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) =>
            pathKey([...specPath(issue.path), nearest(key, keysAt(schema, issue.path)) ?? ""]),
          )
        : [],
    ),
  );
  for (const issue of flat) {
    const path = specPath(issue.path);
    const value = valueAt(data, path);
    const name = path.length === 0 ? "the spec" : pathText(path);
    const meaning = descriptionAt(schema, path);
    const about = meaning === undefined ? "" : `${name}: ${meaning}`;
    const add = (
      rule: string,
      message: string,
      help: string,
      at: SpecPath,
      part: "key" | "value",
      fix?: Fix,
    ): void => {
      diagnostics.push({
        rule,
        severity: "error",
        message: `${message}${where}`,
        ...(help === "" ? {} : { help }),
        file: source.file,
        span: source.locate(place(at), part),
        ...(fix === undefined ? {} : { fix }),
      });
    };
    if (issue.code === "unrecognized_keys") {
      const valid = keysAt(schema, path);
      for (const key of issue.keys) {
        const suggestion = nearest(key, valid);
        const owner = path.length === 0 ? "the spec" : name;
        const hint = suggestion === undefined ? "" : `; did you mean ${JSON.stringify(suggestion)}`;
        add(
          "spec/unknown-key",
          `unknown key ${JSON.stringify(key)} in ${owner}${hint}`,
          `valid keys here: ${valid.join(", ")}`,
          [...path, key],
          "key",
          suggestion === undefined ||
            isKeyOf(value, suggestion) ||
            issue.keys.some((other) => other !== key && nearest(other, valid) === suggestion) ||
            !accepts(schema, [...path, suggestion], valueAt(data, [...path, key]))
            ? undefined
            : rename(source.text, source.locate(place([...path, key]), "key"), suggestion),
        );
      }
      continue;
    }
    if (value === undefined && path.length > 0) {
      if (meant.has(pathKey(path))) continue;
      add("spec/missing-key", `${name} is missing`, about, path, "key");
      continue;
    }
    if (issue.code === "invalid_key") {
      const reason = issue.issues[0]?.message ?? "is not allowed";
      add(
        "spec/invalid-value",
        `key ${JSON.stringify(path[path.length - 1])} ${plain(reason)}`,
        about,
        path,
        "key",
      );
      continue;
    }
    const expected = expectedText(schemasAt(schema, path));
    if (issue.code === "invalid_type" || issue.code === "invalid_union" || issue.code === "invalid_value") {
      const words = expected.split(/, | or /);
      const suggestion = typeof value === "string" ? nearest(value, words) : undefined;
      const { start, end } = source.locate(place(path), "value");
      // As typed: 2.20 is the number 2.2.
      const typed = unquoted(value) ? source.text.slice(start, end) : "";
      const quote =
        typed !== "" && expected === "text" ? `; write it in quotes: ${JSON.stringify(typed)}` : "";
      const shown = typed === "" ? showValue(value) : typed;
      add(
        issue.code === "invalid_value" ? "spec/invalid-value" : "spec/wrong-type",
        `${name} is ${shown}, expected ${expected}${suggestion === undefined ? quote : `; did you mean ${JSON.stringify(suggestion)}`}`,
        about,
        path,
        "value",
        suggestion !== undefined && accepts(schema, path, suggestion)
          ? replaceBy(`write ${suggestion}`, { start, end }, suggestion)
          : quote !== "" && accepts(schema, path, typed)
            ? replaceBy("write it in quotes", { start, end }, JSON.stringify(typed))
            : undefined,
      );
      continue;
    }
    const sized = issue.code === "too_small" || issue.code === "too_big";
    const message = sized
      ? Array.isArray(value)
        ? `${name} is ${showValue(value)}, expected at least one entry`
        : `${name} is ${showValue(value)}, expected ${expected}`
      : `${name} is ${showValue(value)} and ${plain(issue.message)}`;
    add("spec/invalid-value", message, about, path, "value");
  }
  return diagnostics;
}

function plain(message: string): string {
  return message.startsWith("must") ? message : message.charAt(0).toLowerCase() + message.slice(1);
}
