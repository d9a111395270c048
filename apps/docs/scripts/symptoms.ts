import type { Means, Symptom } from "./pages/symptoms.ts";

const REPOSITORY = "Model folders and exports";
const CONFIG = "Flags and files";
const REQUESTS = "Requests and clients";
const BATCHING = "Batching";
const OPERATIONS = "Life cycle and operations";

const row = (number: number, area: string, seen: string, by: readonly Means[], partly?: true): Symptom => ({
  row: number,
  area,
  seen,
  by,
  ...(partly === undefined ? {} : { partly }),
});

const F: readonly Means[] = ["files"];
const FS: readonly Means[] = ["files", "smoke"];
const S: readonly Means[] = ["smoke"];
const FL: readonly Means[] = ["files", "load"];
const L: readonly Means[] = ["load"];

/**
 * The symptoms, numbered as rules refer to them (`RuleMeta.symptoms`). Collected from issue threads of
 * tensorflow/serving and from its sources; the numbers are stable.
 */
export const symptoms: readonly Symptom[] = [
  row(
    1,
    REPOSITORY,
    "`No versions of servable … found under base path …` again and again: no child of the base path is a number",
    FS,
  ),
  row(
    2,
    REPOSITORY,
    "the same warning, and the base path ends in `/1`: it is the version directory itself",
    F,
  ),
  row(3, REPOSITORY, "the same warning on an object store with folders such as `v0.1`", F),
  row(
    4,
    REPOSITORY,
    "`Could not find base path … for servable …`: a host path where the container's is needed, or a typing slip",
    F,
  ),
  row(5, REPOSITORY, "`Expected model … to have an absolute path or URI; got base_path()=…`", F),
  row(
    6,
    REPOSITORY,
    "`bind source path does not exist`; or, with `-v`, an empty folder that appears on the host",
    F,
  ),
  row(7, REPOSITORY, "no versions found, but only on Windows: the shell rewrote `/models/…`", FS, true),
  row(8, REPOSITORY, "`Could not find meta graph def matching supplied tags: { serve }`", F),
  row(9, REPOSITORY, "several meta graphs were expected, one is served", F),
  row(10, REPOSITORY, "`filesystem access error: …; Permission denied` for ever", F),
  row(
    11,
    REPOSITORY,
    "`The specified SavedModel has no variables; no checkpoints were restored.`, then every prediction fails: loaded while half copied",
    FS,
  ),
  row(12, REPOSITORY, "`Duplicate version directories detected.`", F),
  row(
    13,
    REPOSITORY,
    "`Error parsing text-format tensorflow.SavedModel`: some other file renamed to `saved_model.pbtxt`",
    F,
  ),
  row(
    14,
    REPOSITORY,
    "not found: `export.meta`, or variables missing: an `.h5` or `.keras` file, or Keras 3 `save()` where `export()` is meant",
    F,
  ),
  row(
    15,
    REPOSITORY,
    "`A protocol message was rejected because it was too big`: weights folded into the graph",
    F,
  ),
  row(16, REPOSITORY, "`Op type not registered '…' in binary running on …`", FS),
  row(
    17,
    REPOSITORY,
    "`NodeDef mentions attr '…' not in Op<…>`: exported by a newer TensorFlow, often seen only at the first request",
    FS,
  ),
  row(18, CONFIG, "`Invalid protobuf file: '…'`, with line and column only in the log", F),
  row(
    19,
    CONFIG,
    "`Last entry in allowed_batch_sizes must match max_batch_size`, five minutes after the start",
    F,
  ),
  row(20, CONFIG, "batches padded more than expected: `allowed_batch_sizes` does not rise", F),
  row(
    21,
    CONFIG,
    "`batching_parameters_file is set without setting server_options.enable_batching to true`",
    F,
  ),
  row(22, CONFIG, "batching is off without a word: `--platform_config_file` overrides it", F),
  row(
    23,
    CONFIG,
    "`Illegal setting neither ModelServerConfig::model_type (deprecated) nor ModelServerConfig::model_platform`",
    F,
  ),
  row(
    24,
    CONFIG,
    "`Illegal to list model … multiple times in config list`, or `Illegal to change a model's platform`",
    F,
  ),
  row(25, CONFIG, "`unknown argument: --…` and the usage text, and the server runs without the flag", F),
  row(
    26,
    CONFIG,
    "`Request to assign label to version … of model …, which is not currently available for inference`",
    F,
  ),
  row(27, CONFIG, "labels do not work over REST", FS),
  row(28, CONFIG, "REST is dead while gRPC works: same port, or a port in use; one log line", FS),
  row(29, CONFIG, "404 or 400 for `/monitoring/prometheus/metrics`", FS),
  row(30, CONFIG, "`Servable not found for request: Specific(…)` while another version answers", FS),
  row(
    31,
    CONFIG,
    "edits of the config have no effect any more, or `HandleReloadConfigRequest` runs into its deadline",
    F,
  ),
  row(32, CONFIG, "the start hangs with `--file_system_poll_wait_seconds=-1`", F),
  row(33, CONFIG, "a surprising bill for listing an object store: it is polled once a second", F),
  row(34, CONFIG, "`File system scheme 's3' not implemented`", F),
  row(35, CONFIG, "the log drowns in messages of the S3 client", []),
  row(36, CONFIG, "a crash at start with `--grpc_channel_arguments` that lacks a `=`", F),
  row(37, CONFIG, "per-model batching is on, and one model never batches", F),
  row(
    38,
    CONFIG,
    "a segmentation fault instead of `Failed to BuildAndStart gRPC server` with the health service on",
    ["files", "host"],
    true,
  ),
  row(39, CONFIG, "`Servable not found for request: Latest(…)` while the log shows another name", FS),
  row(
    40,
    CONFIG,
    "`failed to connect to all addresses`: port not published, flags before the image name, a missing blank",
    FS,
  ),
  row(41, CONFIG, "gRPC is `UNAVAILABLE` while curl works: a proxy variable", ["smoke", "host"]),
  row(42, REQUESTS, "`Servable not found for request: Latest(…)` right after the start", S),
  row(43, REQUESTS, '`Serving signature name: "serving_default" not found in signature def`', FS),
  row(
    44,
    REQUESTS,
    "`Request inputs do not match required inputs for model …`: tensor names in place of aliases",
    FS,
  ),
  row(
    45,
    REQUESTS,
    "`Tensor :0, specified in either feed_devices or fetch_devices was not found in the Graph`",
    F,
  ),
  row(46, REQUESTS, "`Expects arg[0] to be float but string is provided`", FS),
  row(47, REQUESTS, "`You must feed a value for placeholder tensor '…'`", FS, true),
  row(48, REQUESTS, '`JSON Value: { "b64": … } Type: Object is not of expected type: float`', FS),
  row(49, REQUESTS, "`Malformed request: POST /v1/models/…`", S),
  row(50, REQUESTS, "`Failed to process element: … of 'instances' list`: rows of unequal length", FS),
  row(51, REQUESTS, "`Received message larger than max (… vs. 4194304)`: the client's limit", FS),
  row(52, REQUESTS, "`tensor parsing error` from a hand-made client", S),
  row(53, REQUESTS, "REST calls with images take seconds", L),
  row(54, REQUESTS, "reading `float_val` of a big answer dominates the call", FL),
  row(55, REQUESTS, "half-precision inputs: most client time is serialisation", L),
  row(56, REQUESTS, "a client image of one to two GB", []),
  row(57, BATCHING, "`Task size … is larger than maximum input batch size …`", FS),
  row(58, BATCHING, "`input tensors must have equal 0th-dimension size`", FS),
  row(59, BATCHING, "`input tensors must have at least one dimension`: a scalar input", F),
  row(
    60,
    BATCHING,
    "`Batched output tensor's 0th dimension does not equal the sum of the 0th dimension sizes of the input tensors`",
    FS,
  ),
  row(
    61,
    BATCHING,
    "`Tensors with name '…' from different tasks have different shapes and padding is turned off`",
    FL,
  ),
  row(62, BATCHING, "`The batch scheduling queue to which this task was submitted is full`", L),
  row(63, BATCHING, "batching has no effect, or makes it slower", L),
  row(64, BATCHING, "single requests cost as much as a batch: the smallest allowed size is too big", FL),
  row(65, BATCHING, "as many batch threads as cores, and throughput falls", FL, true),
  row(66, BATCHING, "enormous values copied from elsewhere: `max_enqueued_batches` of 100000000", F),
  row(67, OPERATIONS, "the first requests after a load take seconds; `No warmup data file found at …`", FL),
  row(
    68,
    OPERATIONS,
    "`Please verify your warmup data is in TFRecord format.`; or a warm-up record stops the load",
    F,
  ),
  row(69, OPERATIONS, "the latency of one model jumps while another loads", FL, true),
  row(70, OPERATIONS, "twice the memory during a version swap, and it does not fall afterwards", F),
  row(71, OPERATIONS, "one server takes all memory of the GPU", ["files", "smoke", "load"], true),
  row(72, OPERATIONS, "liveness probes kill a pod that is still loading", FS),
  row(73, OPERATIONS, "a broken model takes more than five minutes to be reported", FS),
  row(74, OPERATIONS, "scaling out does nothing: all gRPC traffic goes to one pod", FL),
  row(
    75,
    OPERATIONS,
    "TLS: `WRONG_VERSION_NUMBER`, `CERTIFICATE_VERIFY_FAILED`, or the server dies on the config",
    FS,
  ),
  row(76, OPERATIONS, "`Illegal instruction (core dumped)`, exit status 132", ["host"]),
  row(77, OPERATIONS, "Apple silicon: `The TensorFlow library was compiled to use AVX instructions`", [
    "host",
  ]),
  row(78, OPERATIONS, "the profiler's gRPC service is open to everybody", F),
  row(79, OPERATIONS, "requests fail after exactly 30 seconds over REST", FL),
];
