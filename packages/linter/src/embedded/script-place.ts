/** Where a shell script stands and runs. */
export interface ScriptPlace {
  /** Absolute folder of the script; undefined where it is not known. */
  readonly folder: string | undefined;
  /** Absolute working folder. */
  readonly cwd: string;
  /** Reads a file by a path as the script gives it; undefined where there is none. */
  readonly read?: (path: string) => string | undefined;
}
