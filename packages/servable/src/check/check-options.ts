/** How deep model folders are read. */
export type Level = "quick" | "graph" | "bytes";

/** What the command line says of how to check. */
export interface CheckOptions {
  readonly level: Level;
  /** The TensorFlow Serving version to check for, where one is given. */
  readonly tfsVersion: string | undefined;
  /** Apply the safe fixes first. */
  readonly fix: boolean;
}

/** A file that is checked. */
export interface CheckedFile {
  /** As diagnostics name it. */
  readonly shown: string;
  /** `-` for standard input. */
  readonly path: string;
}
