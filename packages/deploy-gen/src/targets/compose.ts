import type { ResolvedCompose, ResolvedPort, ResolvedSpec } from "@servable/config-schema";
import { fromFolder } from "../host-path.ts";
import { serverArgv } from "../server-argv.ts";
import { yamlText } from "../yaml-text.ts";
import { environmentOf, mountsOf } from "./container.ts";

/** compose replaces `$NAME` in every value; a doubled dollar sign stands for one. */
const literal = (text: string): string => text.replaceAll("$", "$$$$");

function publishedPort(port: ResolvedPort): object[] {
  if (port.published === undefined) return [];
  return [
    {
      target: port.container,
      published: String(port.published),
      host_ip: port.address === undefined ? undefined : literal(port.address),
      protocol: "tcp",
    },
  ];
}

function devices(resolved: ResolvedSpec): object | undefined {
  const { gpus } = resolved.resources;
  if (gpus === undefined || resolved.image.variant !== "gpu") return undefined;
  const which = typeof gpus === "object" ? { device_ids: gpus.map(literal) } : { count: gpus };
  return { devices: [{ driver: "nvidia", ...which, capabilities: ["gpu"] }] };
}

/** `./…`, `../…` or absolute: anything else would be taken for a named volume. */
function composePath(path: string): string {
  if (path === ".") return "./";
  return path.startsWith("/") || /^\.\.?(\/|$)/.test(path) ? path : `./${path}`;
}

/** `compose.yaml`; its paths are relative to itself. */
export function composeText(
  resolved: ResolvedSpec,
  compose: ResolvedCompose,
  options: { readonly header: readonly string[]; readonly specFolderFromOut: string },
): string {
  const { ports, resources } = resolved;
  const command = serverArgv(resolved, { hostPaths: false });
  const environment = environmentOf(resolved);
  const limits =
    resources.cores === undefined && resources.memoryMiB === undefined
      ? undefined
      : {
          cpus: resources.cores === undefined ? undefined : String(resources.cores),
          memory: resources.memoryMiB === undefined ? undefined : `${resources.memoryMiB}M`,
        };
  const reservations = devices(resolved);
  const published = [
    ...publishedPort(ports.grpc),
    ...(ports.rest === undefined ? [] : publishedPort(ports.rest)),
  ];
  const volumes = mountsOf(resolved).map(({ source, target }) => ({
    type: "bind",
    source: literal(
      composePath(source.from === "out" ? "." : fromFolder(options.specFolderFromOut, source.path)),
    ),
    target: literal(target),
    read_only: true,
    // A missing folder must end the start, not become an empty one that the server waits in.
    bind: { create_host_path: false },
  }));
  const service = {
    image: resolved.image.reference,
    init: true,
    restart: compose.restart,
    ports: published.length === 0 ? undefined : published,
    environment:
      environment.length === 0
        ? undefined
        : Object.fromEntries(environment.map(([name, value]) => [name, literal(value)])),
    command: command.length === 0 ? undefined : command.map(literal),
    volumes: volumes.length === 0 ? undefined : volumes,
    cpuset: resources.cpuSet,
    deploy:
      limits === undefined && reservations === undefined
        ? undefined
        : { resources: { limits, reservations } },
    // The image has neither curl nor wget; bash can open a port. Ports open only after every model is loaded.
    healthcheck: compose.healthcheck
      ? {
          test: ["CMD", "bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${ports.grpc.container}`],
          interval: "10s",
          timeout: "5s",
          retries: 3,
          start_period: `${resolved.smoke.startupWaitSeconds}s`,
        }
      : undefined,
  };
  const at = ["services", compose.service];
  return yamlText({ name: compose.project, services: { [compose.service]: service } }, options.header, [
    { path: [...at, "init"], text: "The image's entrypoint script would ignore signals as process 1." },
    {
      path: [...at, "volumes"],
      text: "A folder that is missing ends the start: the server would wait in an empty one for ever.",
    },
    {
      path: [...at, "healthcheck"],
      text: "The image has neither curl nor wget. The ports open once every model is loaded.",
    },
  ]);
}
