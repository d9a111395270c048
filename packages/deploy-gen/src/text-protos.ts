import type { ResolvedModel, ResolvedSpec, ResolvedTls } from "@servable/config-schema";
import { UserError } from "@servable/diagnostics";
import { schemas } from "@servable/protos/text-schema";
import { type PlainMessage, printMessage } from "@servable/text-proto";

function print(message: PlainMessage, name: string, header: readonly string[]): string {
  return printMessage(message, name, schemas, { header });
}

function policyMessage(policy: NonNullable<ResolvedModel["versionPolicy"]>): PlainMessage {
  if (policy.kind === "all") return { all: {} };
  if (policy.kind === "latest") return { latest: { num_versions: policy.count } };
  return { specific: { versions: policy.versions.map(BigInt) } };
}

/** `models.config`; `basePathOf` says where the server finds each model. */
export function modelServerConfigText(
  resolved: ResolvedSpec,
  basePathOf: (model: ResolvedModel) => string,
  header: readonly string[],
): string {
  const config = resolved.models.map(
    (model): PlainMessage => ({
      name: model.name,
      base_path: basePathOf(model),
      model_platform: "tensorflow",
      ...(model.versionPolicy === undefined
        ? {}
        : { model_version_policy: policyMessage(model.versionPolicy) }),
      ...(model.labels.length === 0
        ? {}
        : { version_labels: new Map(model.labels.map(([label, version]) => [label, BigInt(version)])) }),
    }),
  );
  return print({ model_config_list: { config } }, "tensorflow.serving.ModelServerConfig", header);
}

/** `monitoring.config`: the server serves no metrics unless `enable` is written. */
export function monitoringConfigText(path: string, header: readonly string[]): string {
  return print({ prometheus_config: { enable: true, path } }, "tensorflow.serving.MonitoringConfig", header);
}

/** A file that the generator needs the text of: PEM files go into ssl.config as text, not as paths. */
export interface NeededFile {
  /** As written in the spec. */
  readonly path: string;
  readonly purpose: string;
}

/** Files of the spec's author that must be read before `generateArtifacts` is called. */
export function neededFiles(resolved: ResolvedSpec): readonly NeededFile[] {
  const files: NeededFile[] = [];
  if (resolved.tls !== undefined) {
    files.push({
      path: resolved.tls.serverKeyFile,
      purpose: "private key of the server (tls.serverKeyFile)",
    });
    files.push({
      path: resolved.tls.serverCertFile,
      purpose: "certificate of the server (tls.serverCertFile)",
    });
    if (resolved.tls.customCaFile !== undefined) {
      files.push({ path: resolved.tls.customCaFile, purpose: "CA of the clients (tls.customCaFile)" });
    }
  }
  if (resolved.kubernetes !== undefined && resolved.runtime.sessionConfigFile !== undefined) {
    files.push({
      path: resolved.runtime.sessionConfigFile,
      purpose: "session config (runtime.sessionConfigFile)",
    });
  }
  return files;
}

/** Text of a file that the spec names. @throws UserError `file-not-given` where the caller did not read it */
export function givenFile(path: string, files: ReadonlyMap<string, string> | undefined): string {
  const text = files?.get(path);
  if (text === undefined) {
    throw new UserError(
      "file-not-given",
      `the file ${JSON.stringify(path)} that the spec names was not read`,
      {
        hint: "check the path; it is relative to the folder of the spec",
      },
    );
  }
  return text;
}

/** @throws UserError `not-pem` where a file is not what its key says; gRPC would refuse to start without a word why */
function pem(
  path: string,
  kind: "PRIVATE KEY" | "CERTIFICATE",
  files: ReadonlyMap<string, string> | undefined,
): string {
  const text = givenFile(path, files);
  const block = new RegExp(
    `-----BEGIN ([A-Z0-9]+ )?${kind}-----[\\s\\S]*?-----END ([A-Z0-9]+ )?${kind}-----`,
  );
  if (!block.test(text)) {
    const found = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
    throw new UserError(
      "not-pem",
      `${JSON.stringify(path)} holds no PEM block ${kind}${found === undefined ? "" : `, but ${found}`}`,
      {
        hint: "the server would end with: Failed to BuildAndStart gRPC server; are key and certificate swapped?",
      },
    );
  }
  return text.replaceAll("\r\n", "\n");
}

/** `ssl.config` with the PEM texts inside, as the server wants them. */
export function sslConfigText(
  tls: ResolvedTls,
  files: ReadonlyMap<string, string> | undefined,
  header: readonly string[],
): string {
  return print(
    {
      server_key: pem(tls.serverKeyFile, "PRIVATE KEY", files),
      server_cert: pem(tls.serverCertFile, "CERTIFICATE", files),
      ...(tls.customCaFile === undefined ? {} : { custom_ca: pem(tls.customCaFile, "CERTIFICATE", files) }),
      client_verify: tls.clientVerify,
    },
    "tensorflow.serving.SSLConfig",
    header,
  );
}
