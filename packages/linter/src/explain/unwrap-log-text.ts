/**
 * What a log line, a status or an answer puts around the message that matters. Each takes the front off; what is left
 * may be wrapped again. Sources: tensorflow/serving `model_servers/main.cc`, `server.cc`, `server_core.cc`,
 * `core/load_servables_fast.cc`, `core/loader_harness.cc`, `util/retrier.cc`; recorded logs of 2.17.1.
 */
const wrappers: readonly RegExp[] = [
  // Whatever a log driver puts before it, then glog's or TSL's own prefix: `2026-01-01 10:00:00.1: E a/b.cc:39] `.
  /^.{0,200}?[\w./-]+\.(?:cc|cpp|h|c):\d+\] */s,
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]*Z?(?:[+-]\d\d:?\d\d)?:? *(?:std(?:out|err) [FP] )?/,
  /^[\w.-]+ *\| /,
  /^[IWEF](?:\d{4} \S+ +\d+)? +(?=\S)/,
  /^Error parsing text-format [\w.]+: \d+:\d+: */i,
  /^Failed to start server\. Error: */i,
  /^Status: (?=[A-Z_]+: )/,
  /^\d+ (?:servable|model)\(s\) did not become available: \{*name: .*? version: -?\d+\} due to error: */is,
  /^Loading servable: \{[^}]*\} failed: */i,
  /^Encountered an error for servable version \{[^}]*\}: */i,
  /^Servable \{[^}]*\} cannot be loaded: */i,
  /^(?:PollFilesystemAndReloadConfig failed to ReloadConfig|ReloadConfig failed|Failed to read ModelServerConfig file): */i,
  /^(?:Local rendezvous is aborting with status|OP_REQUIRES failed at [\w./]+:\d+ *): */i,
  /^SavedModel load for tags \{[^}]*\}; Status: fail: */i,
  // A status code, as TensorFlow writes it since 2.11 or wrote it before.
  /^(?:[A-Z]+(?:_[A-Z]+)+|CANCELLED|UNKNOWN|ABORTED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|UNAUTHENTICATED): */,
  /^(?:Invalid argument|Not found|Failed precondition|Out of range|Data loss|Unimplemented|Internal|Unknown|Unavailable|Resource exhausted|Deadline exceeded): */,
  // A client's view of a status, and REST's answer.
  /^.{0,400}?\bdetails *[=:] *\\?"/s,
  /^\s*\{\s*"error" *: *"/,
  /^status *= *StatusCode\.[A-Z_]+\s*/,
];

const deepest = 12;

/** The text and, one by one, what is inside of it: the innermost message last. Never empty. */
export function unwrapLogText(text: string): string[] {
  const layers = [text.trim()];
  for (let depth = 0; depth < deepest; depth++) {
    const outer = layers.at(-1) ?? "";
    const wrapper = wrappers.find((pattern) => pattern.test(outer));
    if (wrapper === undefined) break;
    const inner = outer.replace(wrapper, "").trim();
    if (inner === "" || inner === outer) break;
    layers.push(inner);
  }
  return layers;
}
