import type { Span } from "@servable/diagnostics";
import type { HostFacts, ImageFacts } from "./api.ts";
import type { EmbeddedServer } from "./embedded/embedded-server.ts";
import type { FlagsContext } from "./flags-context.ts";
import type { StartContext } from "./start/start-context.ts";

/** A server in a script or manifest, as the rules over deployments see it. */
export interface DeployContext extends FlagsContext {
  readonly file: string;
  readonly server: EmbeddedServer;
  readonly image: ImageFacts | undefined;
  /** The server's own view of files and folders. */
  readonly start: StartContext;
  /** Absolute folder from which relative host paths are meant. */
  readonly folder: string;
  readonly host: HostFacts;
}

export const spot = (context: DeployContext, span: Span | undefined): { file: string; span?: Span } =>
  span === undefined ? { file: context.file } : { file: context.file, span };

/** What an image reference says: `tensorflow/serving:2.17.1-gpu`. */
export function imageFacts(reference: string): ImageFacts {
  const tag = tagOf(reference);
  return {
    reference,
    gpu: /(^|-)gpu($|-)/.test(tag),
    devel: /(^|-)devel($|-)/.test(tag),
    mkl: /(^|-)mkl($|-)/.test(tag),
    official: /(^|\/)tensorflow\/serving(?=[:@]|$)/.test(reference),
  };
}

/** The tag of an image reference; `latest` where there is none. */
export function tagOf(reference: string): string {
  const name = reference.split("@")[0] ?? "";
  return /:([^:/]+)$/.exec(name)?.[1] ?? "latest";
}
