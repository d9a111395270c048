import type { VersionStatus } from "../messages.ts";
import { describeVersions } from "../wait-until-available.ts";
import type { SmokeCheck } from "./check.ts";

const key = (versions: readonly VersionStatus[]): string =>
  describeVersions([...versions].sort((a, b) => (a.version < b.version ? 1 : -1)));

export const check: SmokeCheck = {
  id: "status/agreement",
  title: "gRPC and REST report the same states",
  proves: "both addresses belong to the same server",
  async *run(context) {
    if (context.transports.length < 2) return;
    for (const model of context.options.models) {
      const grpc = await context.status(model, "grpc");
      const rest = await context.status(model, "rest");
      if (!grpc.ok || !rest.ok) continue;
      if (key(grpc.value) === key(rest.value)) {
        yield {
          model: model.name,
          transport: "rest",
          outcome: "pass",
          message: "the same versions in the same states",
        };
        continue;
      }
      yield {
        model: model.name,
        transport: "rest",
        outcome: "fail",
        message: `gRPC says ${key(grpc.value) || "nothing"}; REST says ${key(rest.value) || "nothing"}`,
        help: "the two addresses are of different servers, or a version changed its state between the two requests: check the ports and run again",
      };
    }
  },
};
