import { defineLintRule, stage } from "../../finding.ts";
import { placeOfFlag } from "../../flags-context.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/socket-place",
  summary: "the socket's folder exists and nothing else is in its place",
  severity: "error",
  effect: "fatal",
  why: "A missing folder or a plain file under that name keeps gRPC from starting: 255 after all models were loaded.",
  mend: "Create the folder, or remove the file.",
  evidence: ["recorded starts x1-socket-missing-dir, x1-socket-stale"],
  logTexts: ["No address added out of total 1 resolved for 'unix:…'", "Failed to BuildAndStart gRPC server"],
  examples: {
    bad: [
      {
        files: {
          "<flags>": `${exampleFlags}\n--grpc_socket_path=/none/g.sock`,
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
    good: [
      {
        files: {
          "<flags>": `${exampleFlags}\n--grpc_socket_path=/models/g.sock`,
          "/models/m/1/saved_model.pbtxt": exampleModel(),
        },
      },
    ],
  },
  *check(context) {
    const path = context.flags.string("grpc_socket_path");
    if (path === "") return;
    const where = context.files.resolve(path);
    if (where.kind !== "local") return;
    const folder = where.path.slice(0, where.path.lastIndexOf("/")) || "/";
    const kind = context.files.kind(where.path);
    const problem =
      kind !== undefined && kind !== "socket"
        ? `${path} exists and is no socket`
        : context.files.kind(folder) !== "directory"
          ? `the folder of ${path} does not exist`
          : undefined;
    if (problem === undefined) return;
    yield {
      ...placeOfFlag(context, "grpc_socket_path"),
      message: `gRPC cannot open its socket: ${problem}`,
      fate: {
        stage: stage.grpcStart,
        prediction: context.flags.bool("enable_grpc_healthcheck_service") ? "aborts" : "exits",
      },
    };
  },
});
