import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkModels,
  discoverVersions,
  duplicateVersions,
  FileSystemError,
  type ModelFileSystem,
  nodeFileSystem,
  selectVersions,
} from "../src/index.ts";
import { CleanScanner } from "../src/quick/clean-scanner.ts";

interface Scan {
  readonly children: readonly string[];
  readonly versions: readonly { readonly version: string; readonly directory: string }[];
  readonly ignored: readonly string[];
  readonly overridden_duplicates: readonly string[];
  readonly default_policy_serves: readonly { readonly version: string; readonly directory: string }[];
  readonly newer_sources_also_accept?: readonly string[];
}

interface Case {
  readonly name: string;
  readonly group: string;
  readonly problem: string;
  readonly base_path: string;
  readonly version_path?: string | null;
  readonly setup?: readonly { readonly op: string; readonly path: string; readonly target?: string }[];
  readonly scan?: Scan;
  readonly outcome?: string;
  readonly server_warmup?: string;
}

const manifest = hasShared
  ? (JSON.parse(readFileSync(sharedFixture("broken-models", "manifest.json"), "utf8")) as { cases: Case[] })
      .cases
  : [];

/** What must be found, and where (below the copy): the rule that names the cause, at the file that is at fault. */
const CAUSE: Readonly<Record<string, readonly [rule: string, file: string]>> = {
  pb_truncated_half: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_truncated_last_byte: ["saved-model/is-saved-model", "1/saved_model.pb"],
  // Nothing in the folder says what the constant was: the warning names it, with the value that it has now.
  pb_bit_flipped_in_constant: ["saved-model/graph-is-covered", "1/saved_model.pb"],
  pb_empty: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_text_named_pb: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_random_bytes: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_gzip: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_git_lfs_pointer: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_xml_error_page: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_trailing_garbage: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_trailing_zeros: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_is_graphdef: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_is_metagraph: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pb_changed_after_fingerprint: ["saved-model/unchanged-since-export", "1/saved_model.pb"],
  pb_missing: ["saved-model/file-exists", "1"],
  pb_wrong_case: ["saved-model/file-exists", "1"],
  pb_part_suffix: ["saved-model/file-exists", "1"],
  pb_is_directory: ["saved-model/is-saved-model", "1/saved_model.pb"],
  pbtxt_broken: ["saved-model/is-saved-model", "1/saved_model.pbtxt"],
  pb_and_pbtxt: ["saved-model/one-form", "1/saved_model.pbtxt"],
  keras_h5_only: ["saved-model/file-exists", "1"],
  keras_v3_only: ["saved-model/file-exists", "1"],
  tflite_only: ["saved-model/file-exists", "1"],
  checkpoint_only: ["saved-model/file-exists", "1"],
  fingerprint_garbage: ["saved-model/fingerprint-fits", "1/fingerprint.pb"],
  fingerprint_missing: ["saved-model/fingerprint-present", "1"],
  assets_extra_saved_model_config_garbage: [
    "saved-model/extra-config-unread",
    "1/assets.extra/saved_model_config.pb",
  ],
  var_index_missing: ["variables/index-exists", "1/variables"],
  var_index_missing_tf2: ["variables/index-exists", "1/variables"],
  var_dir_missing: ["variables/index-exists", "1"],
  var_shard_missing: ["variables/shards-exist", "1/variables"],
  var_one_of_shards_missing: ["variables/shards-exist", "1/variables"],
  var_shard_truncated: ["variables/entries-fit-shards", "1/variables/variables.data-00000-of-00001"],
  var_shard_empty: ["variables/entries-fit-shards", "1/variables/variables.data-00000-of-00001"],
  var_shard_git_lfs_pointer: ["variables/shards-exist", "1/variables/variables.data-00000-of-00001"],
  var_index_git_lfs_pointer: ["variables/index-is-table", "1/variables/variables.index"],
  var_bit_flipped: ["variables/checksums-hold", "1/variables/variables.data-00000-of-00001"],
  var_bit_flipped_tf2: ["variables/checksums-hold", "1/variables/variables.data-00000-of-00001"],
  var_bit_flipped_in_partition: ["variables/checksums-hold", "1/variables/variables.data-00000-of-00001"],
  var_object_graph_corrupt: ["variables/checksums-hold", "1/variables/variables.data-00000-of-00001"],
  var_shard_trailing_bytes: ["variables/entries-fit-shards", "1/variables/variables.data-00000-of-00001"],
  var_shard_extra_file: ["variables/shards-exist", "1/variables/variables.data-00001-of-00002"],
  var_shard_from_other_export: ["variables/checksums-hold", "1/variables/variables.data-00000-of-00001"],
  var_index_bad_block_crc: ["variables/index-is-table", "1/variables/variables.index"],
  var_index_bad_magic: ["variables/index-is-table", "1/variables/variables.index"],
  var_index_truncated: ["variables/index-is-table", "1/variables/variables.index"],
  var_index_empty: ["variables/index-is-table", "1/variables/variables.index"],
  var_index_tiny: ["variables/index-is-table", "1/variables/variables.index"],
  var_entry_missing: ["variables/restored-keys-exist", "1/variables/variables.index"],
  var_entry_wrong_shape: ["variables/shapes-fit-graph", "1/variables/variables.index"],
  var_entry_wrong_dtype: ["variables/restored-keys-exist", "1/variables/variables.index"],
  var_entry_offset_beyond_end: ["variables/entries-fit-shards", "1/variables/variables.index"],
  var_entry_size_disagrees: ["variables/entries-fit-shards", "1/variables/variables.index"],
  var_entry_bad_shard_id: ["variables/shards-exist", "1/variables/variables.index"],
  var_entry_no_crc: ["variables/entries-fit-shards", "1/variables/variables.index"],
  var_header_two_shards: ["variables/shards-exist", "1/variables"],
  var_header_big_endian: ["variables/byte-order-fits", "1/variables/variables.index"],
  var_header_too_new: ["variables/header-is-sound", "1/variables/variables.index"],
  var_header_missing: ["variables/header-is-sound", "1/variables/variables.index"],
  asset_missing: ["assets/files-exist", "1/assets"],
  asset_dir_missing: ["assets/files-exist", "1"],
  asset_empty: ["assets/vocabularies-load", "1/assets/labels.txt"],
  asset_duplicate_lines: ["assets/vocabularies-load", "1/assets/labels.txt"],
  asset_git_lfs_pointer: ["assets/vocabularies-load", "1/assets/labels.txt"],
  asset_tensor_missing: ["assets/tensors-exist", "1/saved_model.pb"],
  asset_path_outside: ["assets/files-exist", "1/assets"],
  asset_missing_but_unread: ["assets/files-exist", "1"],
  asset_listed_twice: ["assets/tensors-distinct", "1/saved_model.pb"],
  tag_train_only: ["saved-model/has-served-tags", "1/saved_model.pb"],
  tag_none: ["saved-model/has-served-tags", "1/saved_model.pb"],
  tag_wrong_case: ["saved-model/has-served-tags", "1/saved_model.pb"],
  tag_serve_and_gpu: ["saved-model/has-served-tags", "1/saved_model.pb"],
  sig_tensor_missing: ["signature/tensors-exist", "1/saved_model.pb"],
  sig_input_tensor_missing: ["signature/tensors-exist", "1/saved_model.pb"],
  sig_output_index_out_of_range: ["signature/tensors-exist", "1/saved_model.pb"],
  sig_name_without_index: ["signature/names-have-index", "1/saved_model.pb"],
  sig_name_empty: ["signature/tensors-exist", "1/saved_model.pb"],
  sig_dtype_mismatch: ["signature/dtype-matches-graph", "1/saved_model.pb"],
  sig_dtype_invalid: ["signature/dtype-is-known", "1/saved_model.pb"],
  sig_shape_mismatch: ["signature/shape-matches-graph", "1/saved_model.pb"],
  sig_none: ["signature/any-signature", "1/saved_model.pb"],
  sig_no_serving_default: ["signature/default-exists", "1/saved_model.pb"],
  sig_no_outputs: ["signature/has-outputs", "1/saved_model.pb"],
  sig_method_empty: ["signature/method-is-known", "1/saved_model.pb"],
  sig_method_unknown: ["signature/method-is-known", "1/saved_model.pb"],
  sig_classify_wrong_shape: ["signature/classify-fits", "1/saved_model.pb"],
  graph_unknown_op: ["graph/ops-are-known", "1/saved_model.pb"],
  graph_dangling_input: ["graph/inputs-exist", "1/saved_model.pb"],
  graph_duplicate_node: ["graph/node-names-distinct", "1/saved_model.pb"],
  graph_min_consumer_too_new: ["graph/versions-fit", "1/saved_model.pb"],
  graph_restore_op_missing: ["graph/restore-and-init-exist", "1/saved_model.pb"],
  graph_init_op_missing: ["graph/restore-and-init-exist", "1/saved_model.pb"],
  graph_function_missing: ["graph/functions-exist", "1/saved_model.pb"],
  graph_const_truncated_content: ["graph/constants-fill-shapes", "1/saved_model.pb"],
  graph_empty: ["graph/graph-is-readable", "1/saved_model.pb"],
  schema_version_999: ["saved-model/schema-version-is-one", "1/saved_model.pb"],
  keras3_unrestored_variables: ["variables/all-restored", "1/saved_model.pb"],
  layout_non_numeric_version: ["layout/base-path-has-version", ""],
  layout_nested_too_deep: ["layout/base-path-has-version", ""],
  layout_no_version_dir: ["layout/base-path-has-version", ""],
  layout_version_in_base_path: ["layout/base-path-has-version", "1"],
  layout_empty_version_dir: ["saved-model/file-exists", "1"],
  layout_empty_base: ["layout/base-path-has-version", ""],
  layout_partial_upload: ["saved-model/file-exists", "2"],
  layout_partial_upload_no_data: ["variables/shards-exist", "2/variables"],
  layout_duplicate_versions: ["layout/version-names-distinct", "001"],
  layout_odd_version_names: ["saved-model/file-exists", "9223372036854775807"],
  layout_version_is_file: ["layout/version-is-directory", "1"],
  layout_archive_only: ["layout/base-path-has-version", ""],
  layout_clutter: ["assets/all-used", "1/assets/.DS_Store"],
  layout_symlink_dangling: ["layout/version-is-directory", "2"],
  perm_version_dir_unreadable: ["layout/version-is-directory", "1"],
  perm_pb_unreadable: ["saved-model/is-saved-model", "1/saved_model.pb"],
  perm_shard_unreadable: ["variables/shards-exist", "1/variables/variables.data-00000-of-00001"],
  old_session_bundle_export: ["layout/no-session-bundle", "00000123/export.meta"],
  old_bad_half_plus_two: ["layout/no-session-bundle", "00000123/export.meta"],
  warmup_1001_records: ["warmup/records-are-framed", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_truncated: ["warmup/records-are-framed", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_truncated_header: ["warmup/records-are-framed", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_wrong_signature: ["warmup/records-fit-signatures", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_wrong_input_alias: ["warmup/records-fit-signatures", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_wrong_dtype: ["warmup/records-fit-signatures", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_wrong_shape: ["warmup/records-fit-signatures", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_not_tfrecord: ["warmup/records-are-framed", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_bare_message: ["warmup/records-are-framed", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_gzip: ["warmup/records-are-framed", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_empty: ["warmup/records-fit-signatures", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_examples: ["warmup/records-fit-signatures", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_predict_requests: ["warmup/records-fit-signatures", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_empty_log: ["warmup/records-fit-signatures", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_session_run_log: ["warmup/records-fit-signatures", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_bad_data_crc: ["warmup/records-are-framed", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_bad_length_crc: ["warmup/records-are-framed", "1/assets.extra/tf_serving_warmup_requests"],
  warmup_wrong_place: ["warmup/warmup-in-place", "1/assets/tf_serving_warmup_requests"],
  warmup_wrong_name: ["warmup/warmup-in-place", "1/assets.extra/tf_serving_warmup_requests.tfrecord"],
  warmup_is_directory: ["warmup/records-are-framed", "1/assets.extra/tf_serving_warmup_requests"],
};

/** Nothing to find: sound models, and one change that leaves no trace in the folder. */
const CLEAN = new Map([
  ["control_good", "sound"],
  ["control_good_tf2", "sound"],
  ["warmup_good", "sound"],
  ["warmup_1000_records", "sound"],
  ["warmup_wrong_model_name", "sound: the server does not look at the name in a record"],
  ["layout_symlink_version", "sound: links are followed"],
  ["layout_k8s_configmap_links", "sound: links are followed"],
]);

const COVERED = "saved-model/graph-is-covered";
/** A sound export with the other value would look the same. */
const UNPROVABLE = "pb_bit_flipped_in_constant";

/** Access denied as an ordinary user gets it; tests may run as root, whom no mode bits stop. */
function denying(denied: string): ModelFileSystem {
  const below = (path: string): boolean => path.startsWith(`${denied}/`);
  const guard =
    <Result>(call: (path: string) => Result, itself: boolean) =>
    (path: string): Result => {
      if (below(path) || (itself && path === denied)) throw new FileSystemError("EACCES", path);
      return call(path);
    };
  return {
    lstat: guard(nodeFileSystem.lstat, false),
    stat: guard(nodeFileSystem.stat, false),
    readDirectory: guard(nodeFileSystem.readDirectory, true),
    open: guard(nodeFileSystem.open, true),
    realPath: guard(nodeFileSystem.realPath, false),
  };
}

describe.skipIf(!hasShared)("broken models", () => {
  let root = "";
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "broken-models-"));
    cpSync(sharedFixture("broken-models"), root, { recursive: true, verbatimSymlinks: true });
    for (const { name, setup } of manifest) {
      for (const { op, path, target } of setup ?? []) {
        const at = join(root, name, path);
        if (op === "mkdir") mkdirSync(at, { recursive: true });
        if (op === "symlink" && !(existsSync(at) && lstatSync(at).isSymbolicLink())) {
          rmSync(at, { recursive: true, force: true });
          symlinkSync(target ?? "", at);
        }
      }
    }
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it("knows every case of the manifest", () => {
    const known = new Set([...Object.keys(CAUSE), ...CLEAN.keys()]);
    expect(manifest.filter(({ name }) => !known.has(name)).map(({ name }) => name)).toEqual([]);
    expect(readdirSync(root).length).toBeGreaterThan(100);
  });

  it.each(manifest.map((entry) => [entry.name, entry] as const))("%s", (name, entry) => {
    const denied = entry.setup?.find(({ op }) => op === "chmod");
    const fs = denied === undefined ? nodeFileSystem : denying(join(root, name, denied.path));
    const { diagnostics } = checkModels(join(root, entry.base_path), { level: "bytes", as: "base-path", fs });
    const shown = diagnostics.map(
      (d) => `${d.severity} ${d.rule} ${d.file.slice(root.length + 1)}: ${d.message}`,
    );
    const cause = CAUSE[name];
    if (cause === undefined) {
      // Said of every model without a hash.
      const covers = (text: string): boolean =>
        text.startsWith(`info ${COVERED} ${name}/`) || text.startsWith(`warning ${COVERED} ${name}/`);
      expect(shown.filter((text) => !covers(text))).toEqual([]);
      return;
    }
    const [rule, file] = cause;
    const wanted = join(root, name, file);
    const found = diagnostics.filter((diagnostic) => diagnostic.rule === rule && diagnostic.file === wanted);
    expect(found, shown.join("\n")).not.toEqual([]);
    for (const { message, help } of diagnostics) {
      expect(message).not.toMatch(/\.$|^[A-Z][a-z]|\n/);
      expect(help).toMatch(/\.$|\)$/);
    }
    // The severity follows what TensorFlow did; for warm-up records and base paths what the server's sources say.
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    if (name === UNPROVABLE) {
      expect(found.map(({ severity }) => severity)).toEqual(["warning"]);
      expect(found[0]?.message).toContain('"mul/y" = 0.75');
    }
    const fails =
      entry.outcome === "load fails" ||
      (entry.outcome?.startsWith("loads, ") === true && name !== UNPROVABLE) ||
      /does not load|exceeds the maximum/.test(entry.server_warmup ?? "") ||
      (entry.scan !== undefined && entry.scan.default_policy_serves.length === 0);
    if (fails || entry.outcome !== undefined) expect(errors.length > 0, shown.join("\n")).toBe(fails);
  });

  it("are not passed over by the scanner of plain versions where level quick says something", () => {
    const scanner = new CleanScanner();
    const folders = [
      ...manifest.flatMap(({ version_path }) => (version_path ? [join(root, version_path)] : [])),
      ...readdirSync(sharedFixture("models"), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .flatMap(({ name }) =>
          discoverVersions(sharedFixture("models", name)).versions.map(({ path }) => path),
        ),
    ];
    let clean = 0;
    for (const path of folders) {
      if (!scanner.isCleanVersion(path)) continue;
      clean++;
      const { diagnostics } = checkModels(path, { level: "quick", as: "version", fs: { ...nodeFileSystem } });
      expect(
        diagnostics.filter(({ rule }) => rule !== "layout/path-is-base-path"),
        path,
      ).toEqual([]);
    }
    expect(clean).toBeGreaterThan(60);
  });

  it.each(manifest.filter(({ scan }) => scan !== undefined).map((entry) => [entry.name, entry] as const))(
    "scan of %s",
    (_, { base_path, scan }) => {
      const pair = (list: readonly { readonly version: unknown; readonly name: string }[]): unknown =>
        list.map(({ version, name }) => ({ version: String(version), directory: name }));
      const found = discoverVersions(join(root, base_path));
      const overridden = duplicateVersions(found.versions).flatMap((duplicate) => duplicate.overridden);
      const names = new Set(overridden.map(({ name }) => name));
      expect(overridden.map(({ name }) => name)).toEqual(scan?.overridden_duplicates);
      expect(pair(found.versions.filter(({ name }) => !names.has(name)))).toEqual(scan?.versions);
      expect(found.ignored.map(({ name }) => name)).toEqual(scan?.ignored);
      expect(pair(selectVersions(found.versions).selected)).toEqual(scan?.default_policy_serves);
      for (const name of scan?.newer_sources_also_accept ?? []) {
        const newer = discoverVersions(join(root, base_path), nodeFileSystem, { tfsVersion: "2.20.0" });
        expect(newer.versions.map((directory) => directory.name)).toContain(name);
      }
    },
  );
});
