import type { Permissions } from "../../api.ts";
import { type DeployContext, spot } from "../../deploy-context.ts";
import type { EmbeddedUser } from "../../embedded/embedded-server.ts";
import { defineLintRule } from "../../finding.ts";
import { exampleModel } from "../example-model.ts";
import { leafCertificate, leafKey } from "../ssl/example-pem.ts";

const files = {
  "run.sh":
    "docker run --user 1000:1000 -p 8500:8500 -e MODEL_NAME=m -v /models/m:/models/m -v /tls:/tls tensorflow/serving:2.17.1 --rest_api_port=0 --enable_profiler=false --ssl_config_file=/tls/ssl.config\n",
  "/models/m/1/saved_model.pbtxt": exampleModel(),
  "/tls/ssl.config": `server_key: "${leafKey}"\nserver_cert: "${leafCertificate}"\n`,
};

export const rule = defineLintRule<DeployContext>({
  id: "deploy/user-reads-files",
  summary: "the container's user may read what is mounted",
  severity: "error",
  effect: "fatal",
  why: "The image runs as root. With another user (`--user`, `user:`) files of the host keep their owner and mode: a config of mode 0600 that belongs to somebody else cannot be opened, and the start ends as if it were missing; a model folder that cannot be listed leaves the server waiting for ever.",
  mend: "Give the file to that user, or let others read it (`chmod o+r`, for folders `o+rx`); keep the mode of a file with a private key and change its owner.",
  evidence: ["tensorflow/serving#1748", "tensorflow/serving tools/docker/Dockerfile (no USER)"],
  logTexts: ["…; Permission denied"],
  symptoms: [10],
  examples: {
    bad: [
      {
        title: "ssl.config belongs to root and has mode 0600",
        files,
        machine: { permissions: { "/tls/ssl.config": { mode: 0o600, uid: 0, gid: 0 } } },
      },
    ],
    good: [
      {
        title: "ssl.config belongs to user 1000",
        files,
        machine: { permissions: { "/tls/ssl.config": { mode: 0o600, uid: 1000, gid: 1000 } } },
      },
    ],
  },
  *check(context) {
    const { server, host } = context;
    const { user } = server;
    if (user?.uid === undefined || user.uid === 0 || host.permissions === undefined) return;
    for (const { file, display } of context.start.named) {
      if (file.state !== "ok") continue;
      const found = host.permissions(file.path);
      if (found === undefined || allows(found, user, 4)) continue;
      yield {
        ...spot(context, user.span),
        message: `user ${user.uid} cannot read ${display} (${shown(found)})`,
      };
    }
    for (const model of context.start.models) {
      const folders = [
        ...(model.where.kind === "local" ? [model.where.path] : []),
        ...model.versions.map(({ path }) => path),
      ];
      for (const path of folders) {
        const found = host.permissions(path);
        if (found === undefined || allows(found, user, 5)) continue;
        yield {
          ...spot(context, user.span),
          message: `user ${user.uid} cannot list ${context.start.files.display(path)} (${shown(found)})`,
        };
        break;
      }
    }
  },
});

/** Whether the user has all of these bits: 4 for reading, 1 for passing through a folder. */
function allows({ mode, uid, gid }: Permissions, user: EmbeddedUser, bits: number): boolean {
  const shift = uid === user.uid ? 6 : gid === (user.gid ?? 0) ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}

const shown = ({ mode, uid }: Permissions): string =>
  `mode ${mode.toString(8).padStart(4, "0")}, owner ${uid}`;
