import { type Fate, stage } from "../../finding.ts";
import type { SslContext } from "./ssl-context.ts";

/** gRPC cannot be started: 255, or a segmentation fault where the health service is on. */
export function sslFate(context: SslContext): Fate {
  const crashes = context.flags?.bool("enable_grpc_healthcheck_service") === true;
  return { stage: stage.grpcStart, prediction: crashes ? "aborts" : "exits" };
}
