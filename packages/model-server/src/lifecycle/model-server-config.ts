import { WireReader } from "@servable/tensors";

export type VersionPolicy =
  | { readonly kind: "latest"; readonly count: number }
  | { readonly kind: "all" }
  | { readonly kind: "specific"; readonly versions: readonly bigint[] };

/** `tensorflow.serving.ModelConfig`. */
export interface ModelConfig {
  readonly name: string;
  readonly basePath: string;
  /** Deprecated: 0 unspecified, 1 TENSORFLOW, 2 OTHER. */
  readonly modelType: number;
  readonly platform: string;
  readonly policy: VersionPolicy;
  readonly labels: ReadonlyMap<string, bigint>;
  readonly hasLoggingConfig: boolean;
}

/** `tensorflow.serving.ModelServerConfig`. */
export type ModelServerConfig =
  | { readonly kind: "unset" }
  | { readonly kind: "custom" }
  | { readonly kind: "list"; readonly models: readonly ModelConfig[] };

/** From the serialized message. @throws WireError */
export function decodeModelServerConfig(bytes: Uint8Array): ModelServerConfig {
  const reader = new WireReader(bytes);
  let config: ModelServerConfig = { kind: "unset" };
  while (reader.next()) {
    if (reader.wire === 2 && reader.field === 1) {
      const models: ModelConfig[] = config.kind === "list" ? [...config.models] : [];
      const list = new WireReader(reader.view());
      while (list.next()) {
        if (list.wire === 2 && list.field === 1) models.push(modelConfig(list.view()));
        else list.skip();
      }
      config = { kind: "list", models };
    } else if (reader.wire === 2 && reader.field === 2) {
      reader.view();
      config = { kind: "custom" };
    } else reader.skip();
  }
  return config;
}

function modelConfig(bytes: Uint8Array): ModelConfig {
  const reader = new WireReader(bytes);
  let name = "";
  let basePath = "";
  let modelType = 0;
  let platform = "";
  let policy: VersionPolicy = { kind: "latest", count: 1 };
  let hasLoggingConfig = false;
  const labels = new Map<string, bigint>();
  while (reader.next()) {
    if (reader.wire === 0 && reader.field === 3) modelType = reader.int32();
    else if (reader.wire !== 2) reader.skip();
    else if (reader.field === 1) name = reader.string();
    else if (reader.field === 2) basePath = reader.string();
    else if (reader.field === 4) platform = reader.string();
    else if (reader.field === 6) {
      reader.view();
      hasLoggingConfig = true;
    } else if (reader.field === 7) policy = versionPolicy(reader.view());
    else if (reader.field === 8) {
      const entry = new WireReader(reader.view());
      let key = "";
      let value = 0n;
      while (entry.next()) {
        if (entry.field === 1 && entry.wire === 2) key = entry.string();
        else if (entry.field === 2 && entry.wire === 0) value = entry.int64();
        else entry.skip();
      }
      labels.set(key, value);
    } else reader.skip();
  }
  return { name, basePath, modelType, platform, policy, labels, hasLoggingConfig };
}

function versionPolicy(bytes: Uint8Array): VersionPolicy {
  const reader = new WireReader(bytes);
  let policy: VersionPolicy = { kind: "latest", count: 1 };
  while (reader.next()) {
    if (reader.wire !== 2) {
      reader.skip();
      continue;
    }
    const inner = new WireReader(reader.view());
    if (reader.field === 100) {
      let count = 0;
      while (inner.next()) {
        if (inner.field === 1 && inner.wire === 0) count = inner.uint32();
        else inner.skip();
      }
      policy = { kind: "latest", count: Math.max(1, count) };
    } else if (reader.field === 101) {
      policy = { kind: "all" };
    } else if (reader.field === 102) {
      const versions: bigint[] = [];
      while (inner.next()) {
        if (inner.field === 1 && inner.wire === 0) versions.push(inner.int64());
        else if (inner.field === 1 && inner.wire === 2) {
          const packed = new WireReader(inner.view());
          while (packed.position < packed.end) versions.push(packed.int64());
        } else inner.skip();
      }
      policy = { kind: "specific", versions };
    }
  }
  return policy;
}
