/**
 * Rules over flags and text protos that say of the generated files what a rule of the spec has said of the spec already:
 * one mistake is told once, where the user can mend it.
 */
const sameMistake: Readonly<Record<string, readonly string[]>> = {
  "spec/allowed-sizes-end-at-max": ["batching/allowed-sizes-end-at-max"],
  "spec/allowed-sizes-rise": ["batching/allowed-sizes-ascending"],
  "spec/alts-or-tls": ["flags/alts-or-ssl"],
  "spec/base-path-above-versions": ["model-config/base-path-above-versions"],
  "spec/base-paths-apart": ["model-config/base-path-own"],
  "spec/batches-fit-threads": ["start/threads-fill-batches"],
  "spec/batches-run-side-by-side": ["start/batches-run-side-by-side"],
  "spec/batching-field-of-this-version": ["text-proto/field-since"],
  "spec/ca-needs-client-verify": ["ssl/ca-needs-verify"],
  "spec/client-verify-needs-ca": ["ssl/verify-needs-ca"],
  "spec/config-poll-needs-path-poll": ["flags/poll-sees-new-versions"],
  "spec/execution-size-allowed": ["batching/execution-in-allowed-sizes"],
  "spec/execution-size-needs-splitting": ["batching/execution-needs-splitting"],
  "spec/execution-size-within-max": ["batching/execution-within-max"],
  "spec/extra-flag-known": [
    "flags/known-name",
    "flags/not-removed",
    "flags/since-version",
    "flags/two-dashes",
    "flags/underscores",
    "flags/value-after-equals",
  ],
  "spec/extra-flag-once": ["flags/given-once"],
  "spec/label-under-latest": ["model-config/label-stays"],
  "spec/label-within-policy": ["model-config/label-in-policy"],
  "spec/labels-need-flag": ["model-config/labels-need-flag"],
  "spec/model-batching-needs-batching": ["flags/per-model-batching-needs-enable-batching"],
  "spec/model-name-reachable": ["flags/model-name", "model-config/name-usable"],
  "spec/model-names-unique": ["model-config/name-unique"],
  "spec/monitoring-needs-rest": ["flags/monitoring-needs-rest"],
  "spec/monitoring-path-hides-api": ["monitoring/path-not-rest"],
  "spec/monitoring-path-matches": ["monitoring/path-matches"],
  "spec/object-store-poll": ["flags/object-store-polling", "model-config/object-store-polling"],
  "spec/parallelism-one-way": ["flags/parallelism-both-sides", "flags/session-parallelism-conflict"],
  "spec/ports-apart": ["flags/rest-port-differs"],
  "spec/queue-holds-largest-request": ["batching/queue-holds-a-request"],
  "spec/rest-stays-plain": ["flags/ssl-leaves-rest-open"],
  "spec/server-batching-under-per-model": ["batching/sizes-are-the-versions"],
  "spec/setting-of-this-version": ["flags/since-version"],
  "spec/socket-path-short": ["flags/grpc-socket-path"],
  "spec/specific-versions-once": ["model-config/specific-versions"],
  "spec/splitting-needs-a-size": ["batching/splitting-needs-size"],
  "spec/tensor-content-with-rest": ["flags/tensor-content-breaks-rest"],
  "spec/tflite-pools-need-tflite": ["flags/tflite-flags-need-prefer"],
  "spec/uri-scheme-in-image": ["flags/base-path-scheme", "model-config/base-path-scheme"],
  "spec/warmup-iterations-need-warmup": ["flags/warmup-iterations"],
};

/** Rules that have nothing more to say of the generated files, given the rules that found something in the spec. */
export function toldBySpec(specRules: Iterable<string>): ReadonlySet<string> {
  return new Set([...specRules].flatMap((rule) => sameMistake[rule] ?? []));
}
