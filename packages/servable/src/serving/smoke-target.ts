import { resolve } from "node:path";
import type { ResolvedSpec } from "@servable/config-schema";
import type { SmokeModel, SmokeOptions, SmokeTargets } from "@servable/smoke-client";
import { readNamedFile } from "../cli/read-input.ts";
import { readGoldens } from "./goldens.ts";

function tlsOptions(resolved: ResolvedSpec, folder: string): SmokeTargets["tls"] {
  const { tls } = resolved;
  if (tls === undefined) return undefined;
  const read = (path: string): Uint8Array => readNamedFile(resolve(folder, path), path);
  // The server's own certificate is what the client has to trust; with mutual TLS the pair serves as the client's too.
  return {
    rootCertificates: read(tls.serverCertFile),
    ...(tls.clientVerify
      ? { clientKey: read(tls.serverKeyFile), clientCertificate: read(tls.serverCertFile) }
      : {}),
  };
}

/** What the smoke test must find: models, versions, labels and goldens of the resolved spec. */
export function smokeOptionsOf(
  resolved: ResolvedSpec,
  folder: string,
  targets: { readonly grpc?: string | undefined; readonly rest?: string | undefined },
): SmokeOptions {
  const tolerance = { rtol: resolved.smoke.relativeTolerance, atol: resolved.smoke.absoluteTolerance };
  const models = resolved.models.map((model): SmokeModel => {
    const policy = model.versionPolicy;
    const goldens = resolved.smoke.goldens.filter((golden) => golden.model === model.name);
    return {
      name: model.name,
      ...(model.path === undefined ? {} : { basePath: resolve(folder, model.path) }),
      ...(policy === undefined
        ? {}
        : {
            policy:
              policy.kind === "specific"
                ? { kind: "specific", versions: policy.versions.map(BigInt) }
                : policy,
          }),
      labels: Object.fromEntries(model.labels.map(([label, version]) => [label, BigInt(version)])),
      goldens: goldens
        .flatMap((golden) => readGoldens(resolve(folder, golden.file), golden.file, golden.signature))
        .map((golden) => ({ ...golden, tolerance: golden.tolerance ?? tolerance })),
      ...(resolved.loading.savedModelTags === undefined ? {} : { tags: resolved.loading.savedModelTags }),
    };
  });
  const tls = tlsOptions(resolved, folder);
  return {
    targets: { ...targets, ...(tls === undefined ? {} : { tls }) },
    models,
    ...(resolved.monitoring === undefined ? {} : { metricsPath: resolved.monitoring.path }),
    ...(resolved.grpc.healthService === undefined ? {} : { health: resolved.grpc.healthService }),
    requestTimeoutMs: resolved.smoke.deadlineMillis,
    waitMs: resolved.smoke.startupWaitSeconds * 1000,
  };
}

/** Where a server of this spec listens on this machine. */
export function localTargets(resolved: ResolvedSpec): { readonly grpc: string; readonly rest?: string } {
  const { grpc, rest } = resolved.ports;
  const host = (address: string | undefined): string =>
    address === undefined || address === "0.0.0.0" || address === "::"
      ? "127.0.0.1"
      : address.includes(":")
        ? `[${address}]`
        : address;
  return {
    grpc: `${host(grpc.address)}:${grpc.published ?? grpc.container}`,
    ...(rest === undefined
      ? {}
      : { rest: `http://${host(rest.address)}:${rest.published ?? rest.container}` }),
  };
}
