import { UserError } from "@servable/diagnostics";
import { defineCommand } from "../cli/command.ts";
import { OUT_OPTION, PROFILE_OPTION, SPEC_OPTION } from "../cli/spec-input.ts";

export const command = defineCommand({
  name: "serve",
  summary: "start the embedded model server",
  description:
    "An embedded TensorFlow Serving compatible model server: no TensorFlow, no Docker. It takes the spec, or after `--` the very flags of tensorflow_model_server. Port 0 picks a free one. When every model is available it prints one JSON line on stdout; SIGTERM and Ctrl-C stop it after the requests in flight.",
  positionals: [],
  options: [
    SPEC_OPTION,
    PROFILE_OPTION,
    OUT_OPTION,
    {
      name: "synthetic",
      help: "answer signatures that cannot be run with values made from their shapes, marked as such",
    },
    { name: "quiet", short: "q", help: "no server log on stderr" },
  ],
  passthrough: "TFS_FLAGS",
  examples: [
    { line: "servable serve", says: "serve what servable.yaml says, after `servable generate`" },
    {
      line: "servable serve -- --port=0 --rest_api_port=0 --model_name=m --model_base_path=/models/m",
      says: "the flags as for the real server",
    },
  ],
  async run(context, args) {
    const argv =
      args.passthrough ??
      (await (await import("../serving/spec-server-argv.ts")).specServerArgv(context, args));
    if (args.passthrough !== undefined && (args.has("spec") || args.has("profile"))) {
      throw new UserError("usage", "--spec and --profile do not go with flags after --", {
        hint: "give one or the other",
      });
    }
    const { serveUntilStopped } = await import("../serving/embedded.ts");
    return serveUntilStopped(context, argv, { synthetic: args.has("synthetic"), quiet: args.has("quiet") });
  },
});
