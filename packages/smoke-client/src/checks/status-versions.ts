import type { VersionStatus } from "../messages.ts";
import type { SmokeContext } from "../smoke-context.ts";
import type { SmokeModel } from "../smoke-options.ts";
import { describeVersions } from "../wait-until-available.ts";
import { jsonVersion, type SmokeCheck } from "./check.ts";
import type { Finding } from "./finding.ts";

const list = (versions: readonly bigint[]): string => (versions.length === 0 ? "none" : versions.join(", "));

/** Versions that ought to be served, and where that is from. */
function expected(
  context: SmokeContext,
  model: SmokeModel,
): { versions: readonly bigint[]; from: string } | { reason: string } {
  const disk = context.disk(model);
  if (disk === undefined) return { reason: "no base path was given to compare with" };
  if (disk.problem !== undefined) {
    return { reason: `the base path can't be read here (it may exist on the server only): ${disk.problem}` };
  }
  if (disk.versions.length === 0) return { reason: `${disk.basePath} has no version directory here` };
  const policy = model.policy ?? { kind: "latest", count: 1 };
  const name =
    policy.kind === "latest"
      ? `latest ${policy.count}`
      : policy.kind === "all"
        ? "all"
        : `specific ${list(policy.versions)}`;
  return { versions: disk.selected, from: `the version policy (${name}) over ${disk.basePath}` };
}

function compare(
  status: readonly VersionStatus[],
  want: { versions: readonly bigint[]; from: string },
): Omit<Finding, "transport" | "model"> {
  const served = status.filter((version) => version.state === "AVAILABLE").map((version) => version.version);
  const missing = want.versions.filter((version) => !served.includes(version));
  const extra = served.filter((version) => !want.versions.includes(version));
  if (missing.length === 0 && extra.length === 0) {
    return { outcome: "pass", message: `serves ${list(served)}, as ${want.from} has it` };
  }
  const parts: string[] = [];
  const help: string[] = [];
  for (const version of missing) {
    const known = status.find((one) => one.version === version);
    parts.push(
      known === undefined
        ? `version ${version} is not known to the server`
        : `version ${describeVersions([known])}`,
    );
    help.push(
      known === undefined
        ? "the server has not seen that version directory: its base path is another folder or mount, its policy differs, or it polls seldom (--file_system_poll_wait_seconds)"
        : known.state === "END"
          ? "its load failed or it was unloaded; the server's log has the reason"
          : "it is on its way; wait longer",
    );
  }
  if (extra.length > 0) {
    parts.push(`version${extra.length === 1 ? "" : "s"} ${list(extra)} should not be served`);
    help.push(
      "the server reads another folder or has another version policy than the spec; compare its model config with the spec, and reload or restart it",
    );
  }
  return {
    outcome: "fail",
    message: `${parts.join("; ")} (by ${want.from}: ${list(want.versions)})`,
    help: [...new Set(help)].join("; "),
    version: missing[0] === undefined ? null : jsonVersion(missing[0]),
  };
}

export const check: SmokeCheck = {
  id: "status/versions",
  title: "the versions served are those that ought to be",
  proves: "the server's AVAILABLE versions equal what the version policy selects from the folder on disk",
  async *run(context) {
    for (const model of context.options.models) {
      const want = expected(context, model);
      if ("reason" in want) {
        yield { model: model.name, outcome: "skip", message: want.reason };
        continue;
      }
      const absent = context.disk(model)?.missing ?? [];
      if (absent.length > 0) {
        yield {
          model: model.name,
          version: jsonVersion(absent[0]!),
          outcome: "fail",
          message: `the version policy names ${list(absent)}, which ${context.disk(model)!.basePath} does not have`,
          help: "the server ignores such versions without a word; put the version there or take it out of the policy",
        };
      }
      for (const transport of context.transports) {
        const status = await context.status(model, transport);
        if (!status.ok)
          yield {
            model: model.name,
            transport,
            outcome: "skip",
            message: "the status can't be read (see status/available)",
          };
        else yield { model: model.name, transport, ...compare(status.value, want) };
      }
    }
  },
};
