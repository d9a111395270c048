import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tensorToJson } from "@servable/tensors";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import {
  type InspectTensor,
  type InspectVersion,
  inspect,
  openSavedModel,
  openVariables,
} from "../src/index.ts";

// biome-ignore lint/suspicious/noExplicitAny: the expected files are plain JSON
type Json = any;

/** What expected/*.json says of a version, rebuilt from our reports: every field but those about loading and running. */
function asExpected(version: InspectVersion): Json {
  const tensor = (info: InspectTensor): Json => {
    const rest = { dtype: info.dtype, shape: info.shape };
    switch (info.kind) {
      case "tensor":
        return { kind: info.kind, name: info.tensor, ...rest };
      case "coo_sparse":
        return {
          kind: info.kind,
          values: info.values,
          indices: info.indices,
          dense_shape: info.denseShape,
          ...rest,
        };
      case "composite_tensor":
        return {
          kind: info.kind,
          type_spec_class: info.typeSpecClass,
          components: info.components?.map(tensor),
          ...rest,
        };
    }
  };
  const map = (record: Readonly<Record<string, Json>>, make: (value: Json) => Json): Json =>
    Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value)]));
  const hash = (path: string): string =>
    createHash("sha256")
      .update(readFileSync(join(version.path, path)))
      .digest("hex");
  const savedModel = version.platform === "tensorflow";
  const index = version.variablesHeader === null ? undefined : openVariables(version.path);
  return {
    dir: version.directory,
    version: String(version.version),
    files: Object.fromEntries(version.files.map(({ path, size }) => [path, { size, sha256: hash(path) }])),
    format:
      version.format === "export.meta" ? "session_bundle export.meta (before SavedModel)" : version.format,
    contains_saved_model: savedModel,
    ...(savedModel
      ? {
          saved_model_schema_version: String(version.schemaVersion),
          meta_graphs: version.metaGraphs.map((graph) => ({
            tags: graph.tags,
            tags_in_file_order: graph.tagsInFileOrder,
            signatures: map(graph.signatures, (signature) => ({
              method_name: signature.method,
              inputs: map(signature.inputs, tensor),
              outputs: map(signature.outputs, tensor),
              ...(signature.defaults === undefined ? {} : { defaults: signature.defaults }),
            })),
            assets: graph.assets.map(({ filename, tensor: name, listedIn }) => ({
              filename,
              tensor: name,
              listed_in: listedIn,
            })),
            tensorflow_version: graph.tensorflowVersion,
            meta_graph_version: graph.metaGraphVersion,
            stripped_default_attrs: graph.strippedDefaultAttrs,
            graph_producer: graph.graphProducer,
            graph_min_consumer: graph.graphMinConsumer,
            node_count: graph.nodeCount,
            function_count: graph.functionCount,
            op_counts_nodes_and_functions: graph.ops,
            placeholders: graph.placeholders,
            collections: graph.collections,
            init_op:
              graph.initOp === null
                ? null
                : {
                    via: graph.initOp.via,
                    ...(graph.initOp.via.startsWith("collection") ? { op: graph.initOp.ops } : {}),
                  },
            has_saver_def: graph.saver !== null,
            has_object_graph: graph.objectGraphNodes > 0,
            object_graph_nodes: graph.objectGraphNodes,
            ...(graph.saver === null
              ? {}
              : {
                  saver: {
                    filename_tensor_name: graph.saver.filenameTensor,
                    restore_op_name: graph.saver.restoreOp,
                    sharded: graph.saver.sharded,
                    version: graph.saver.version,
                  },
                }),
          })),
        }
      : {}),
    variables:
      index === undefined
        ? null
        : {
            header: {
              num_shards: version.variablesHeader?.numShards,
              endianness: version.variablesHeader?.endianness,
              version_producer: version.variablesHeader?.versionProducer,
              version_min_consumer: version.variablesHeader?.versionMinConsumer,
            },
            index_layout: {
              data_blocks: version.indexLayout?.dataBlocks,
              metaindex: version.indexLayout?.metaindex,
              index: version.indexLayout?.index,
              file_size: version.indexLayout?.fileSize,
            },
            shards: version.shards.map(({ file, size }) => ({
              file,
              size,
              sha256: hash(`variables/${file}`),
            })),
            entries: version.variables.map((entry) => ({
              key: entry.key ?? null,
              ...(entry.keyHex === undefined ? {} : { key_hex: entry.keyHex, slice_data: true }),
              dtype: entry.dtype,
              shape: entry.shape,
              shard_id: entry.shard,
              offset: entry.offset,
              size: entry.size,
              crc32c_masked: entry.crc32c,
              ...(entry.slices === undefined
                ? {
                    crc_over:
                      entry.dtype === "DT_STRING"
                        ? "uint32-LE lengths, then the 4 length-checksum bytes, then the string bytes"
                        : "raw bytes",
                  }
                : {
                    slices: entry.slices.map((slice) =>
                      slice.map(({ start, length }) =>
                        length < 0 ? {} : { start: String(start), length: String(length) },
                      ),
                    ),
                  }),
              ...(entry.stringLengths === undefined ? {} : { string_lengths: entry.stringLengths }),
            })),
          },
    fingerprint:
      version.fingerprint === null
        ? null
        : {
            saved_model_checksum: version.fingerprint.savedModelChecksum,
            graph_def_program_hash: version.fingerprint.graphDefProgramHash,
            signature_def_hash: version.fingerprint.signatureDefHash,
            saved_object_graph_hash: version.fingerprint.savedObjectGraphHash,
            checkpoint_hash: version.fingerprint.checkpointHash,
            version_producer: version.fingerprint.versionProducer,
          },
    assets_on_disk: version.assetsOnDisk,
    warmup:
      version.warmup === null
        ? null
        : {
            records: version.warmup.records,
            logs: version.warmup.logs.map(({ type, size, log }) => ({ log_type: type, size, json: log })),
          },
  };
}

const NOT_OURS = new Set(["goldens", "goldens_note", "load", "tf2_load"]);

describe.skipIf(!hasShared)("inspect equals the recorded truth in every field", () => {
  const expectedFolder = sharedFixture("expected");
  const names = hasShared ? readdirSync(expectedFolder).map((name) => name.replace(/\.json$/, "")) : [];

  it.each(names)("%s", (name) => {
    const truth = JSON.parse(readFileSync(join(expectedFolder, `${name}.json`), "utf8")) as Json;
    const report = inspect(sharedFixture("models", name), undefined, { verifyChecksums: true });
    expect(report.models).toHaveLength(1);
    const versions = report.models[0]?.versions ?? [];
    expect(report.models[0]?.name).toBe(name);
    expect(versions.map(({ directory }) => directory).sort()).toEqual(
      truth.versions.map((v: Json) => v.dir).sort(),
    );
    for (const wanted of truth.versions) {
      const version = versions.find(({ directory }) => directory === wanted.dir)!;
      const got = asExpected(version);
      const want = Object.fromEntries(Object.entries(wanted).filter(([key]) => !NOT_OURS.has(key))) as Json;
      // Values of variables are compared below, hashes of warm-up records are of bytes that the report does not carry.
      const values = new Map<string, Json>();
      for (const entry of want.variables?.entries ?? []) {
        if (entry.value !== undefined) values.set(entry.key, entry.value);
        delete entry.value;
      }
      for (const log of want.warmup?.logs ?? []) delete log.sha256;
      expect(got).toEqual(want);
      expect(version.checksums?.faults ?? []).toEqual([]);
      if (values.size > 0) {
        const index = openVariables(version.path);
        for (const [key, value] of values) expect(tensorToJson(index.readTensor(key)), key).toEqual(value);
      }
      if (want.contains_saved_model) {
        const model = openSavedModel(version.path);
        expect(model.metaGraphs.length).toBe(want.meta_graphs.length);
        expect(version.problems).toEqual([]);
      }
    }
  });
});
