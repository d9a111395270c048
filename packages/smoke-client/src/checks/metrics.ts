import { attempt, failedCall } from "../smoke-context.ts";
import type { SmokeCheck } from "./check.ts";

export const check: SmokeCheck = {
  id: "monitoring/metrics",
  title: "the metrics page answers",
  proves: "Prometheus can scrape the server at the configured path",
  async *run(context) {
    const { metricsPath } = context.options;
    if (metricsPath === undefined) return;
    if (context.rest === undefined || !context.answering.has("rest")) {
      yield { outcome: "skip", message: "the metrics page is on the REST port, which is not there to ask" };
      return;
    }
    const path = metricsPath.startsWith("/") ? metricsPath : `/${metricsPath}`;
    const answer = await attempt(context.rest.request("GET", path, undefined, context.callOptions));
    if (!answer.ok) {
      yield { transport: "rest", ...failedCall(answer.error, path) };
      return;
    }
    const { status, body } = answer.value;
    const text = Buffer.from(body).toString("utf8");
    const metrics = text.split("\n").filter((line) => line.startsWith("# TYPE ")).length;
    if (status === 200 && metrics > 0) {
      yield { transport: "rest", outcome: "pass", message: `${path} has ${metrics} metrics` };
    } else if (status === 404) {
      yield {
        transport: "rest",
        outcome: "fail",
        message: `${path} is not there (HTTP 404)`,
        help: "the server was started without --monitoring_config_file, or its file has another path or not `enable: true`; the path is compared to the letter",
      };
    } else {
      yield {
        transport: "rest",
        outcome: "fail",
        message: `${path} answers HTTP ${status} without Prometheus metrics`,
        help: "something else answers at this path; check the path of the monitoring config and of any proxy",
      };
    }
  },
};
