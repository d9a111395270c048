import { attempt, failedCall } from "../smoke-context.ts";
import type { SmokeCheck } from "./check.ts";

export const check: SmokeCheck = {
  id: "health/service",
  title: "the gRPC health service answers",
  proves: "probes that use grpc.health.v1 get SERVING (it says nothing about models)",
  async *run(context) {
    if (context.options.health !== true) return;
    if (context.grpc === undefined || !context.answering.has("grpc")) {
      yield { outcome: "skip", message: "there is no gRPC port to ask" };
      return;
    }
    for (const service of ["", "PredictionService"]) {
      const name = service === "" ? "the server" : service;
      const status = await attempt(context.grpc.healthCheck(service, context.callOptions));
      if (status.ok && status.value === "SERVING")
        yield { transport: "grpc", outcome: "pass", message: `${name} is SERVING` };
      else if (status.ok) {
        yield {
          transport: "grpc",
          outcome: "fail",
          message: `${name} is ${status.value}`,
          help: "the server is shutting down, or a proxy answers for it",
        };
      } else if (status.error.code === "UNIMPLEMENTED") {
        yield {
          transport: "grpc",
          outcome: "fail",
          message: "the health service is not there",
          help: "start the server with --enable_grpc_healthcheck_service=true",
        };
        return;
      } else yield { transport: "grpc", ...failedCall(status.error, name) };
    }
  },
};
