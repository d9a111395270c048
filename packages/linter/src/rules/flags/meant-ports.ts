import { type FlagSpec, parseFlagValue } from "@servable/server-flags";
import { type Fate, stage } from "../../finding.ts";
import type { FlagsContext } from "../../flags-context.ts";

/**
 * A port or socket that an ignored argument asks for is not opened, so only some of what was asked for is: the fate of
 * an argument that means this flag and does not set it. Empty where the server opens that very port all the same.
 */
export function portNotOpened(
  context: FlagsContext,
  flag: FlagSpec,
  value: string | undefined,
): { fate?: Fate } {
  if (value === undefined) return {};
  const fate: Fate = { stage: stage.serving, prediction: "serves-partially" };
  const { flags } = context;
  if (flag.name === "grpc_socket_path") return flags.string("grpc_socket_path") === value ? {} : { fate };
  if (flag.name !== "port" && flag.name !== "rest_api_port") return {};
  const meant = parseFlagValue("int32", value, flags.version);
  if (meant === undefined || meant === 0 || flags.int(flag.name) === meant) return {};
  return { fate };
}
