import { WireReader } from "@servable/tensors";
import { invalidArgument } from "../status.ts";
import { type BundleSettings, decodeBatchingParameters, decodeSessionThreads } from "./bundle-settings.ts";

const ADAPTER = "tensorflow.serving.SavedModelBundleSourceAdapterConfig";

/** Settings by platform from a serialized PlatformConfigMap. @throws StatusError for adapters that are not linked in */
export function decodePlatformConfigMap(
  bytes: Uint8Array,
): Map<string, { readonly settings: () => BundleSettings }> {
  const platforms = new Map<string, { readonly settings: () => BundleSettings }>();
  const reader = new WireReader(bytes);
  while (reader.next()) {
    if (reader.field !== 1 || reader.wire !== 2) {
      reader.skip();
      continue;
    }
    const entry = new WireReader(reader.view());
    let key = "";
    let value: Uint8Array = new Uint8Array(0);
    while (entry.next()) {
      if (entry.field === 1 && entry.wire === 2) key = entry.string();
      else if (entry.field === 2 && entry.wire === 2) value = entry.view();
      else entry.skip();
    }
    const config = value;
    platforms.set(key, { settings: () => adapterSettings(config) });
  }
  return platforms;
}

function adapterSettings(platformConfig: Uint8Array): BundleSettings {
  let any: Uint8Array = new Uint8Array(0);
  const reader = new WireReader(platformConfig);
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === 2) any = reader.view();
    else reader.skip();
  }
  let url = "";
  let value: Uint8Array = new Uint8Array(0);
  const parts = new WireReader(any);
  while (parts.next()) {
    if (parts.field === 1 && parts.wire === 2) url = parts.string();
    else if (parts.field === 2 && parts.wire === 2) value = parts.view();
    else parts.skip();
  }
  const slash = url.lastIndexOf("/");
  if (slash === -1) throw invalidArgument(`Supplied config's type_url could not be parsed: ${url}`);
  const type = url.slice(slash + 1);
  if (type !== ADAPTER)
    throw invalidArgument(`Couldn't find factory for config proto message type ${type}\nconfig=`);
  let legacy: Uint8Array = new Uint8Array(0);
  const adapter = new WireReader(value);
  while (adapter.next()) {
    if (adapter.field === 1000 && adapter.wire === 2) legacy = adapter.view();
    else adapter.skip();
  }
  return sessionBundleSettings(legacy);
}

function sessionBundleSettings(bytes: Uint8Array): BundleSettings {
  const tags: string[] = [];
  let batching: BundleSettings["batching"];
  let perModelBatching = false;
  let warmup = false;
  let warmupIterations = 1;
  let noThreading = false;
  let savedModelConfig = false;
  let threads: ReturnType<typeof decodeSessionThreads> = { intraOp: 0, pools: [] };
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const { field, wire } = reader;
    if (wire === 2 && field === 2) threads = decodeSessionThreads(reader.view());
    else if (wire === 2 && field === 3) batching = decodeBatchingParameters(reader.view());
    else if (wire === 2 && field === 6) tags.push(reader.string());
    else if (wire === 0 && field === 779) warmup = reader.uint64() !== 0n;
    else if (wire === 2 && field === 780) warmupIterations = iterations(reader.view());
    else if (wire === 0 && field === 788) noThreading = reader.uint64() !== 0n;
    else if (wire === 0 && field === 789) perModelBatching = reader.uint64() !== 0n;
    else if (wire === 0 && field === 790) savedModelConfig = reader.uint64() !== 0n;
    else reader.skip();
  }
  return {
    tags: tags.length === 0 ? ["serve"] : tags,
    batching: noThreading ? undefined : batching,
    perModelBatching,
    warmup,
    warmupIterations,
    negativeThreads: [threads.intraOp, ...threads.pools].find((count) => count < 0),
    savedModelConfig,
  };
}

function iterations(bytes: Uint8Array): number {
  const reader = new WireReader(bytes);
  let count = 1;
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === 2) {
      const value = new WireReader(reader.view());
      count = 0;
      while (value.next()) {
        if (value.field === 1 && value.wire === 0) count = value.int32();
        else value.skip();
      }
    } else reader.skip();
  }
  return Math.max(1, count);
}
