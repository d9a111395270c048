import type { Finding, Fix, Related, Span } from "@servable/diagnostics";
import type { Origins } from "../origins.ts";
import type { ResolvedModel, ResolvedSpec } from "../resolved-spec.ts";
import type { BaseSpec } from "../schema/spec.ts";
import type { SpecPart, SpecPath } from "../spec-path.ts";

interface FindingOptions {
  readonly part?: SpecPart;
  readonly severity?: Finding["severity"];
  readonly fix?: Fix | undefined;
  readonly related?: readonly {
    readonly message: string;
    readonly path: SpecPath;
    readonly part?: SpecPart;
  }[];
}

/** What a rule about the spec sees: the spec with one profile laid over it, as written and as resolved. */
export interface SpecContext {
  readonly spec: BaseSpec;
  readonly resolved: ResolvedSpec;
  readonly origins: Origins;
  readonly file: string;
  /** A fix that writes another value there, in JSON's form, which YAML reads too; undefined without a source text. */
  replaceValue(path: SpecPath, title: string, value: unknown): Fix | undefined;
  /** A finding at an entry of the merged spec. */
  finding(path: SpecPath, message: string, help: string, options?: FindingOptions): Finding;
}

export function specContext(
  parts: Omit<SpecContext, "finding" | "replaceValue"> & {
    readonly locate: (path: SpecPath, part?: SpecPart) => Span | undefined;
    readonly text: string;
  },
): SpecContext {
  const { spec, resolved, origins, file, locate, text } = parts;
  const place = (path: SpecPath, part?: SpecPart): { file: string; span?: Span } => {
    const span = locate(path, part);
    return span === undefined ? { file } : { file, span };
  };
  return {
    spec,
    resolved,
    origins,
    file,
    replaceValue(path, title, value) {
      const span = locate(path, "value");
      // A comment inside would be lost.
      return span === undefined || text.slice(span.start, span.end).includes("#")
        ? undefined
        : {
            title,
            edits: [{ ...span, newText: JSON.stringify(value).replaceAll(",", ", ") }],
            safety: "safe",
          };
    },
    finding(path, message, help, options = {}) {
      const related: Related[] = (options.related ?? []).map((each) => ({
        message: each.message,
        ...place(each.path, each.part),
      }));
      return {
        message,
        help,
        ...place(path, options.part),
        ...(options.severity === undefined ? {} : { severity: options.severity }),
        ...(options.fix === undefined ? {} : { fix: options.fix }),
        ...(related.length === 0 ? {} : { related }),
      };
    },
  };
}

/** Path of a model's entry. */
export function modelPath(model: ResolvedModel, ...rest: (string | number)[]): SpecPath {
  return ["models", model.index, ...rest];
}

/** Text in quotes for a message: one line whatever it holds. */
export function quoted(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return JSON.stringify(short);
}

/** Every set of batching parameters with the path of its section. */
export function batchingSections(context: SpecContext): {
  readonly path: SpecPath;
  readonly written: NonNullable<BaseSpec["models"][number]["batching"]>;
  readonly resolved: NonNullable<ResolvedModel["batching"]>;
}[] {
  const { spec, resolved } = context;
  const sections = resolved.models.flatMap((model) => {
    const written = spec.models[model.index]?.batching;
    return written === undefined || model.batching === undefined
      ? []
      : [{ path: modelPath(model, "batching"), written, resolved: model.batching }];
  });
  if (resolved.batching === undefined) return sections;
  const written = typeof spec.batching === "object" ? spec.batching : {};
  return [{ path: ["batching"], written, resolved: resolved.batching }, ...sections];
}
