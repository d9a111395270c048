export {
  type FlagGroup,
  type FlagName,
  type FlagNameOf,
  type FlagSpec,
  type FlagType,
  type FlagValue,
  findFlag,
  flagsOf,
  flagTable,
  isRegistered,
  neverFlags,
  type PerCpuDefault,
} from "./flag-table.ts";
export {
  type BadValue,
  defaultOf,
  type FlagSetting,
  type ParsedFlags,
  parseServerFlags,
  type UnknownArgument,
} from "./parse-flags.ts";
export { type BoolSyntax, boolSyntax, parseBool, parseFlagValue } from "./parse-value.ts";
export {
  compareVersions,
  defaultVersion,
  isVersion,
  supportedVersions,
  type TfsVersion,
  versionWithin,
} from "./version.ts";
