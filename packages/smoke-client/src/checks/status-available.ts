import type { VersionStatus } from "../messages.ts";
import { failedCall } from "../smoke-context.ts";
import { describeVersions } from "../wait-until-available.ts";
import { jsonVersion, type SmokeCheck } from "./check.ts";

/** Why no version is available, from the states. */
function whyNot(versions: readonly VersionStatus[]): string {
  const failed = versions.find((version) => version.state === "END" && version.errorCode !== "OK");
  if (failed !== undefined) {
    return "the load failed and is not tried again; the error tells why, and `servable check` on the version directory tells more";
  }
  if (versions.some((version) => version.state === "START" || version.state === "LOADING")) {
    return "it is still loading; wait longer, and mind that warm-up counts as loading";
  }
  if (versions.some((version) => version.state === "UNLOADING")) return "it is being unloaded";
  return "every version was unloaded: the version policy selects none, or a reload took the model out of the configuration";
}

export const check: SmokeCheck = {
  id: "status/available",
  title: "every model is AVAILABLE",
  proves: "at least one version of each model is loaded and takes requests, by gRPC and by REST",
  async *run(context) {
    for (const model of context.options.models) {
      for (const transport of context.transports) {
        const status = await context.status(model, transport);
        if (!status.ok) {
          yield { model: model.name, transport, ...failedCall(status.error, "the status can't be read") };
          continue;
        }
        const available = status.value.filter((version) => version.state === "AVAILABLE");
        const newest = available.map((version) => version.version).sort((a, b) => (a < b ? 1 : -1))[0];
        if (newest === undefined) {
          yield {
            model: model.name,
            transport,
            outcome: "fail",
            message: `no version is AVAILABLE (${describeVersions(status.value) || "none is known"})`,
            help: whyNot(status.value),
          };
        } else {
          yield {
            model: model.name,
            version: jsonVersion(newest),
            transport,
            outcome: "pass",
            message: describeVersions(status.value),
          };
        }
      }
    }
  },
};
