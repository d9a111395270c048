import type { FlagNameOf } from "@servable/server-flags";
import type { ImageFacts, Mount } from "../api.ts";
import type { FlagsContext } from "../flags-context.ts";
import type { TextProtoKind } from "../kinds.ts";
import type { LintedText } from "../text-proto.ts";
import type { ServerFile, ServerFiles } from "./server-files.ts";
import type { StartModel } from "./start-model.ts";

/** A file that a flag names and that the server would open. */
export interface NamedFile {
  readonly flag: FlagNameOf<"string">;
  readonly kind: TextProtoKind;
  /** As the flag gives it. */
  readonly given: string;
  /** As diagnostics name it. */
  readonly display: string;
  readonly file: ServerFile;
  readonly linted: LintedText | undefined;
}

/** Everything about one start, gathered before the rules run. */
export interface StartContext extends FlagsContext {
  readonly files: ServerFiles;
  readonly named: readonly NamedFile[];
  readonly models: readonly StartModel[];
  /** One model by flags, without a config file. */
  readonly single: boolean;
  readonly takenPorts: ReadonlySet<number>;
  readonly sharesPort: (port: number) => boolean;
  readonly mounts: readonly Mount[] | undefined;
  readonly image: ImageFacts | undefined;
  /** Milliseconds that the retries of a failing load take; Infinity for endless ones. */
  readonly retryMs: number;
}

/** A start that shows nothing for this long counts as hanging, as in the recorded runs. */
export const patienceMs = 8000;
