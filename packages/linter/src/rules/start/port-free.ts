import { defineLintRule, stage } from "../../finding.ts";
import { placeOfFlag, restRequested } from "../../flags-context.ts";
import { turnsReusePortOff } from "../../start/listening-ports.ts";
import type { StartContext } from "../../start/start-context.ts";
import { exampleFlags, exampleModel } from "../example-model.ts";

export const rule = defineLintRule<StartContext>({
  id: "start/port-free",
  summary: "the ports are free",
  severity: "error",
  effect: "fatal",
  why: "A gRPC port that is taken ends the start with 255 (with the health service on: with a segmentation fault) after all models were loaded; a REST port that is taken costs one line in the log, and gRPC serves alone. Where another model server of the same user has the gRPC port, Linux gives it to both (SO_REUSEPORT), and each gets some of the connections.",
  mend: "Stop what holds the port, or choose another.",
  evidence: [
    "tensorflow/serving model_servers/server.cc",
    "recorded starts x8-grpc-taken, ord-grpc-mon",
    "grpc/grpc core/lib/iomgr/tcp_server_posix.cc (SO_REUSEPORT unless grpc.so_reuseport=0)",
  ],
  logTexts: [
    "Failed to BuildAndStart gRPC server",
    "Failed to start HTTP Server at localhost:…",
    "Couldn't bind to port …",
    "No address added out of total … resolved for '0.0.0.0:…'",
  ],
  symptoms: [28, 38],
  examples: {
    bad: [
      {
        title: "something listens on port 8500 already",
        files: { "<flags>": exampleFlags, "/models/m/1/saved_model.pbtxt": exampleModel() },
        machine: { takenPorts: [8500] },
      },
      {
        title: "another model server has port 8500 already",
        files: { "<flags>": exampleFlags, "/models/m/1/saved_model.pbtxt": exampleModel() },
        machine: { sharedPorts: [8500] },
      },
    ],
    good: [
      {
        files: { "<flags>": `--port=9000\n${exampleFlags}`, "/models/m/1/saved_model.pbtxt": exampleModel() },
        machine: { takenPorts: [8500] },
      },
    ],
  },
  *check(context) {
    const { flags, takenPorts, sharesPort } = context;
    const grpc = flags.int("port") & 0xffff;
    if (grpc !== 0 && flags.int("port") > 0 && takenPorts.has(grpc)) {
      const place = placeOfFlag(context, "port");
      if (!turnsReusePortOff(flags.string("grpc_channel_arguments")) && sharesPort(grpc)) {
        yield {
          ...place,
          severity: "warning",
          message: `port ${grpc} for gRPC is another model server's too: each gets some of the connections`,
        };
      } else {
        yield {
          ...place,
          message: `port ${grpc} for gRPC is taken`,
          fate: {
            stage: stage.grpcStart,
            prediction: flags.bool("enable_grpc_healthcheck_service") ? "aborts" : "exits",
          },
        };
      }
    }
    const rest = flags.int("rest_api_port") & 0xffff;
    if (restRequested(flags) && rest !== 0 && takenPorts.has(rest)) {
      yield {
        ...placeOfFlag(context, "rest_api_port"),
        message: `port ${rest} for REST is taken: gRPC serves alone`,
        fate: { stage: stage.restStart, prediction: "serves-partially", rank: 1 },
      };
    }
  },
});
