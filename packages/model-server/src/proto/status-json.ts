import { VERSION_STATES } from "../lifecycle/state-monitor.ts";
import type { VersionStatus } from "../wire/responses.ts";
import { protoJsonString } from "./json-string.ts";

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(VERSION_STATES).map(([name, number]) => [number, name]),
);

/** GetModelStatusResponse as proto JSON with one blank a level. */
export function modelStatusJson(versions: readonly VersionStatus[]): string {
  const items = versions.map(
    ({ version, state, code, message }) =>
      `  {\n   "version": "${version}",\n   "state": "${NAMES.get(state) ?? "UNKNOWN"}",\n   "status": {\n    "error_code": "${code}",\n    "error_message": ${protoJsonString(message)}\n   }\n  }`,
  );
  return `{\n "model_version_status": [\n${items.join(",\n")}\n ]\n}\n`;
}
