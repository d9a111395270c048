import { messageType } from "@servable/protos/message-types";
import { versionFiles } from "./files-of.ts";
import { writeTable } from "./write-table.ts";

/** A decoded proto, edited in place. */
// biome-ignore lint/suspicious/noExplicitAny: messages of all kinds
export type Proto = any;
/** Contents by path below /m, the base path. */
export type Files = Map<string, Uint8Array>;

const SavedModel = messageType("tensorflow.SavedModel");
const Entry = messageType("tensorflow.BundleEntryProto");
const Header = messageType("tensorflow.BundleHeaderProto");
const utf8 = new TextEncoder();

/** Files of a fixture's version, below /m/1. */
export function load(model: string): Files {
  return new Map([...versionFiles(model)].map(([path, bytes]) => [`/m/1/${path}`, bytes]));
}

/** The same with its SavedModel edited. */
export function edited(model: string, edit: (saved: Proto) => void): Files {
  const files = load(model);
  const saved = SavedModel.decode(files.get("/m/1/saved_model.pb") ?? new Uint8Array(0)) as Proto;
  edit(saved);
  files.set("/m/1/saved_model.pb", SavedModel.encode(saved).finish());
  return files;
}

/** A small TF2 model. */
export const PLAIN = "half_plus_two_versions/1";
export const plain = (): Files => load(PLAIN);
export const metaGraph = (saved: Proto): Proto => saved.meta_graphs[0];
export const serving = (saved: Proto): Proto => metaGraph(saved).signature_def.serving_default;

/** A version whose variables.index holds these entries and whose data file is of zeros. */
export function withIndex(entries: readonly (readonly [key: string, entry: Proto])[]): Files {
  const files = plain();
  const header = Header.encode(Header.fromObject({ num_shards: 1, version: { producer: 1 } })).finish();
  files.set(
    "/m/1/variables/variables.index",
    writeTable([
      [new Uint8Array(0), header],
      ...entries.map(
        ([key, entry]) => [utf8.encode(key), Entry.encode(Entry.fromObject(entry)).finish()] as const,
      ),
    ]),
  );
  files.set("/m/1/variables/variables.data-00000-of-00001", new Uint8Array(1 << 16));
  return files;
}
export const shape = (...sizes: number[]): Proto => ({ dim: sizes.map((size) => ({ size })) });
export const float = (size: number, offset: number): Proto => ({
  dtype: 1,
  shape: shape(size),
  size: size * 4,
  offset,
});
