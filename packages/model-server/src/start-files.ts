import { X509Certificate } from "node:crypto";
import type { ParsedFlags } from "@servable/server-flags";
import { WireReader } from "@servable/tensors";
import { ServerCredentials } from "./grpc/grpc-server.ts";
import { readTextProtoFile } from "./lifecycle/config-files.ts";
import type { ServerLog } from "./lifecycle/server-log.ts";
import { ServerStartError } from "./start-error.ts";
import { invalidArgument, statusOf } from "./status.ts";

/** `--grpc_channel_arguments`: `k=v,k=v`. @throws ServerStartError for an empty item, which crashes the server */
export function channelArguments(flags: ParsedFlags): Record<string, string | number> {
  const text = flags.string("grpc_channel_arguments");
  const result: Record<string, string | number> = {};
  if (text === "") return result;
  for (const item of text.split(",")) {
    const [key, value] = item.split("=");
    if (key === undefined || key === "") {
      throw ServerStartError.crashed(`grpc_channel_arguments has an empty item: ${JSON.stringify(text)}`);
    }
    // An item without `=` has no value there either: what the server then reads is not defined.
    if (value === undefined) continue;
    // gRPC passes over a text where it wants a number, and nearly all of a server's arguments are numbers.
    if (/^[+-]?\d+$/.test(value)) result[key] = Number(value);
  }
  return result;
}

/** Credentials of the gRPC ports; undefined where gRPC can't start with them. @throws ServerStartError */
export function credentials(flags: ParsedFlags, cwd: string, log: ServerLog): ServerCredentials | undefined {
  // ALTS exists on Google Cloud only.
  if (flags.bool("use_alts_credentials")) return undefined;
  const file = flags.string("ssl_config_file");
  if (file === "") {
    log.info("tensorflow_serving/model_servers/server.cc:121", "Using InsecureServerCredentials");
    return ServerCredentials.createInsecure();
  }
  let bytes: Uint8Array;
  try {
    bytes = readTextProtoFile(file, "tensorflow.serving.SSLConfig", log, cwd);
  } catch (error) {
    throw ServerStartError.aborted(
      `Non-OK-status: ParseProtoTextFile<SSLConfig>(ssl_config_file, &ssl_config)\nStatus: ${statusOf(error).quoted}`,
    );
  }
  const config = sslConfig(bytes);
  try {
    // A CA that is no certificate stops gRPC only where client certificates are verified.
    if (config.verify && config.ca !== "") new X509Certificate(config.ca);
    return ServerCredentials.createSsl(
      config.ca === "" ? null : Buffer.from(config.ca),
      [{ private_key: Buffer.from(config.key), cert_chain: Buffer.from(config.cert) }],
      config.verify,
    );
  } catch {
    return undefined;
  }
}

function sslConfig(bytes: Uint8Array): { key: string; cert: string; ca: string; verify: boolean } {
  const config = { key: "", cert: "", ca: "", verify: false };
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field === 4 && reader.wire === 0) config.verify = reader.uint64() !== 0n;
    else if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) config.key = reader.string();
    else if (reader.field === 2) config.cert = reader.string();
    else if (reader.field === 3) config.ca = reader.string();
    else reader.skip();
  }
  return config;
}

export const DEFAULT_METRICS_PATH = "/monitoring/prometheus/metrics";

/** The path of the metrics, undefined where they are off. @throws StatusError */
export function monitoringConfig(flags: ParsedFlags, cwd: string, log: ServerLog): string | undefined {
  const file = flags.string("monitoring_config_file");
  if (file === "") return undefined;
  const reader = new WireReader(readTextProtoFile(file, "tensorflow.serving.MonitoringConfig", log, cwd));
  let enabled = false;
  let path = "";
  while (reader.next()) {
    if (reader.field !== 1 || reader.wire !== 2) {
      reader.skip();
      continue;
    }
    const prometheus = new WireReader(reader.view());
    while (prometheus.next()) {
      if (prometheus.field === 1 && prometheus.wire === 0) enabled = prometheus.uint64() !== 0n;
      else if (prometheus.field === 2 && prometheus.wire === 2) path = prometheus.string();
      else prometheus.skip();
    }
  }
  if (!enabled) return undefined;
  return path === "" ? DEFAULT_METRICS_PATH : path;
}

/** The stock server knows no thread pool factory: any file ends the start. @throws StatusError */
export function threadPoolFactory(flags: ParsedFlags, cwd: string, log: ServerLog): void {
  const file = flags.string("thread_pool_factory_config_file");
  if (file === "") return;
  const reader = new WireReader(
    readTextProtoFile(file, "tensorflow.serving.ThreadPoolFactoryConfig", log, cwd),
  );
  let url = "";
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === 2) {
      const any = new WireReader(reader.view());
      while (any.next()) {
        if (any.field === 1 && any.wire === 2) url = any.string();
        else any.skip();
      }
    } else reader.skip();
  }
  const slash = url.lastIndexOf("/");
  if (slash === -1) throw invalidArgument(`Supplied config's type_url could not be parsed: ${url}`);
  throw invalidArgument(
    `Couldn't find factory for config proto message type ${url.slice(slash + 1)}\nconfig=`,
  );
}
