import type { CheckResult } from "../smoke-options.ts";

/** What a result is about: `resnet/1 serving_default gRPC`. */
export function subject(result: CheckResult): string {
  const model =
    result.model === null ? "" : result.version === null ? result.model : `${result.model}/${result.version}`;
  const transport = result.transport === "grpc" ? "gRPC" : "REST";
  return [model, result.signature ?? "", transport].filter((part) => part !== "").join(" ");
}
