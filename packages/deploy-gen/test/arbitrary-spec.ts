import fc from "fast-check";

/** Names that break careless quoting, each a letter that some shell, YAML, CSV or text proto reader gives a meaning to. */
const nasty = [
  " ",
  "a b",
  " lead",
  "trail ",
  "it's",
  'say "hi"',
  "$(touch pwned)",
  "`id`",
  `${"$"}{HOME}`,
  "$HOME",
  "$$",
  "a\nb",
  "\n",
  "end\n",
  "\n\n",
  "tab\t",
  "-x",
  "--flag",
  "--",
  "*",
  "?",
  "[a]",
  "{a,b}",
  "~",
  "~root",
  "a\\",
  "\\",
  "\\n",
  "#c",
  "a #c",
  "!x",
  "a;b",
  "a&b",
  "a|b",
  "<x>",
  "é",
  "日本語",
  "🙂",
  "\u202ertl",
  "“q”",
  "‘q’",
  "a,b",
  "a=b",
  "a:b",
  "a: b",
  "\u00a0",
  "%s",
  "%%",
  "\u007f",
  "\u001b[31m",
  "''",
  '""',
  "'\\''",
  "null",
  "true",
  "yes",
  "Off",
  "n",
  "~",
  "017",
  "0o17",
  "0b1",
  "1_000",
  "1:30",
  "1e3",
  ".inf",
  "2001-01-01",
  "<<x",
  "=",
  "---",
  "...",
  "- x",
  "? x",
  "&a",
  "*a",
  "!!str x",
  "@x",
  "%x",
  "|",
  ">",
  "1",
  "0x1",
  "\ufeff",
  "\u0085",
  "\u2028",
  "\r",
  "x\r",
  "\u0001",
];

const text = (extra: Partial<fc.StringConstraints> = {}): fc.Arbitrary<string> =>
  fc
    .oneof(
      { weight: 3, arbitrary: fc.constantFrom(...nasty) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12, ...extra }) },
      {
        weight: 2,
        arbitrary: fc
          .array(fc.constantFrom(...nasty), { minLength: 2, maxLength: 4 })
          .map((all) => all.join("")),
      },
      { weight: 2, arbitrary: fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/) },
    )
    // Names that YAML data cannot have as a key: readSpec refuses the first, and takes the second for a merge.
    .filter((value) => !value.includes("\0") && value !== "__proto__" && value !== "<<");

/** Any text that an argument can carry, not empty. */
export const hostileText = text().filter((value) => value !== "");

/** One folder or file name. */
export const hostileName = hostileText
  .map((value) => value.replaceAll("/", "_"))
  .filter((value) => value !== "." && value !== ".." && !value.includes("\r\n") && !/^[0-9]+$/.test(value));

const hostPath = fc
  .tuple(
    fc.constantFrom("", "./", "../", "/", "../../", "./x/../"),
    fc.array(hostileName, { minLength: 1, maxLength: 3 }),
  )
  .map(([start, names]) => start + names.join("/"))
  .filter((value) => !value.includes("\r\n"));

const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const optional = <T extends object>(
  fields: { [K in keyof T]: fc.Arbitrary<T[K]> },
  required: (keyof T)[] = [],
) => fc.record(fields, { requiredKeys: required });

const version = fc.oneof(int(0, 99), fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String));

const queue = {
  batchTimeoutMicros: int(0, 5_000_000),
  maxEnqueuedBatches: int(1, 1_000_000),
  padVariableLengthInputs: fc.boolean(),
};
const sizes = fc
  .uniqueArray(int(1, 512), { minLength: 1, maxLength: 5 })
  .map((all) => all.sort((a, b) => a - b));
/** Batch sizes that belong together. */
const batchSizes = fc.oneof(
  fc.constant({}),
  int(1, 1024).map((maxBatchSize) => ({ maxBatchSize })),
  sizes.map((allowedBatchSizes) => ({ allowedBatchSizes })),
  sizes.map((allowedBatchSizes) => ({ allowedBatchSizes, maxBatchSize: allowedBatchSizes.at(-1) })),
  fc.tuple(int(1, 64), int(1, 16)).map(([maxExecutionBatchSize, times]) => ({
    enableLargeBatchSplitting: true,
    maxExecutionBatchSize,
    maxBatchSize: maxExecutionBatchSize * times,
  })),
);
const together = (a: fc.Arbitrary<object>, b: fc.Arbitrary<object>): fc.Arbitrary<object> =>
  fc.tuple(a, b).map(([first, second]) => ({ ...first, ...second }));
const modelBatching = together(optional(queue), batchSizes);

const model = fc
  .record(
    {
      name: hostileText,
      path: hostPath,
      uri: hostileName.map((name) => `gs://bucket/${name}`),
      containerPath: fc
        .array(hostileName, { minLength: 1, maxLength: 3 })
        .map((names) => `/${names.join("/")}`),
      versionPolicy: fc.oneof(
        fc.constantFrom("all", "latest"),
        int(1, 9).map((latest) => ({ latest })),
        fc
          .uniqueArray(version, { minLength: 1, maxLength: 4, selector: String })
          .map((specific) => ({ specific })),
      ),
      labels: fc.dictionary(hostileText, version, { maxKeys: 3, noNullPrototype: true }),
      batching: modelBatching,
      remote: fc.boolean(),
    },
    { requiredKeys: ["name", "path", "uri", "remote"] },
  )
  .map(({ remote, path, uri, ...rest }) => {
    const { containerPath: _, ...other } = rest;
    return remote ? { ...other, uri } : { ...rest, path };
  })
  .map((entry) => {
    const { labels, versionPolicy } = entry;
    // A label of a specific policy must be one of its versions.
    if (labels === undefined || typeof versionPolicy !== "object" || !("specific" in versionPolicy))
      return entry;
    const first = versionPolicy.specific[0] ?? 0;
    return { ...entry, labels: Object.fromEntries(Object.keys(labels).map((label) => [label, first])) };
  });

const port = int(1, 65_535);
const portDetails = optional({
  published: fc.oneof(port, fc.constant(false as const)),
  container: port,
  address: fc.constantFrom("127.0.0.1", "::1", "0.0.0.0"),
});
const restart = fc.constantFrom("no", "always", "unless-stopped", "on-failure", "on-failure:3");
const dnsName = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const imageName = fc.constantFrom(
  "me/tfs:1",
  "registry.example:5000/team/tfs:2.17.1-avx2",
  "tfs@sha256:".padEnd(75, "a"),
);

const gpuId = fc.constantFrom("0", "7", "GPU-8a56a4bc-1b7e-4c3c-9d3f-0123456789ab", "MIG-GPU-1/2/3");

const flags = fc.subarray([
  "--version=false",
  "--skip_initialize_tpu=true",
  "--thread_pool_factory_config_file=",
]);

const everything = optional(
  {
    server: optional({
      version: fc.constantFrom("2.20.0", "2.19.1", "2.19.0"),
      image: fc.oneof(
        fc.constantFrom("cpu", "gpu"),
        imageName,
        optional({ reference: imageName, variant: fc.constantFrom("cpu", "gpu") }, ["reference"]),
      ),
    }).map((server) => ({ ...server, version: server.version ?? "2.20.0" })),
    ports: optional({
      grpc: fc.oneof(port, portDetails),
      rest: fc.oneof(port, fc.constant(false as const), portDetails),
    }),
    models: fc.uniqueArray(model, { minLength: 1, maxLength: 3, selector: (entry) => entry.name }),
    batching: fc.oneof(
      fc.boolean(),
      together(
        together(optional(queue), batchSizes),
        optional({ enabled: fc.boolean(), numBatchThreads: int(1, 64), threadPoolName: hostileText }),
      ),
    ),
    parallelism: fc.oneof(
      optional({ session: int(1, 64) }),
      optional({ intraOp: int(1, 64), interOp: int(1, 64) }),
    ),
    resources: optional({
      cores: fc.constantFrom(0.5, 1, 2, 3.5, 16),
      cpuSet: fc.constantFrom("0", "0-3", "0-1,4"),
      memoryMiB: int(1, 1_000_000),
      gpus: fc.oneof(fc.constant("all"), int(1, 8), fc.uniqueArray(gpuId, { minLength: 1, maxLength: 3 })),
      gpuMemoryFraction: fc.constantFrom(0.1, 0.5, 1),
      gpuAllowGrowth: fc.boolean(),
    }),
    loading: optional({
      fileSystemPollSeconds: int(1, 600),
      modelConfigPollSeconds: int(0, 600),
      numLoadThreads: int(0, 8),
      numUnloadThreads: int(0, 8),
      maxLoadRetries: int(0, 9),
      loadRetryIntervalMicros: int(0, 1_000_000_000),
      flushFilesystemCaches: fc.boolean(),
      savedModelTags: fc.array(fc.stringMatching(/^[a-z]{1,6}$/), { minLength: 1, maxLength: 2 }),
      allowLabelsForUnavailableModels: fc.constant(true),
      removeUnusedFieldsFromBundleMetagraph: fc.boolean(),
      preferTfliteModel: fc.boolean(),
    }),
    warmup: optional({ enabled: fc.boolean(), iterations: int(1, 9) }),
    monitoring: fc.oneof(
      fc.boolean(),
      optional({
        enabled: fc.boolean(),
        path: hostileName.map((name) => `/${name.replace(/[?#\s]/g, "_")}`),
      }),
    ),
    tls: optional(
      {
        serverKeyFile: fc.constant("key.pem"),
        serverCertFile: fc.constant("cert.pem"),
        customCaFile: fc.constant("ca.pem"),
        clientVerify: fc.boolean(),
      },
      ["serverKeyFile", "serverCertFile", "customCaFile"],
    ).map(({ customCaFile, ...tls }) => (tls.clientVerify === true ? { ...tls, customCaFile } : tls)),
    grpc: optional({
      maxThreads: int(2, 999),
      channelArguments: fc.dictionary(
        fc.stringMatching(/^grpc\.[a-z_]{1,9}$/),
        fc.oneof(
          int(0, 9),
          hostileText.map((value) => value.replace(/[,=]/g, "_")),
        ),
        { maxKeys: 2, noNullPrototype: true },
      ),
      healthService: fc.boolean(),
      profiler: fc.boolean(),
      socketPath: hostileText,
      useAlts: fc.constant(false),
    }),
    rest: optional({ numThreads: int(2, 999), timeoutMillis: int(1, 99_999), cors: fc.boolean() }),
    runtime: optional({
      mixedPrecision: fc.constant("bfloat16"),
      xlaCpu: fc.boolean(),
      xlaGpu: fc.boolean(),
      serializeAsTensorContent: fc.boolean(),
      checkSignatureMethodName: fc.boolean(),
      numTflitePools: int(1, 9),
      numTfliteInterpretersPerPool: int(1, 9),
      sessionConfigFile: hostPath,
    }),
    extraFlags: flags,
    environment: fc.dictionary(fc.stringMatching(/^[A-Z]{1,5}_[A-Z]{1,5}$/), text(), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    docker: fc.oneof(
      fc.boolean(),
      optional({
        name: fc.stringMatching(/^[a-z][a-z0-9]{1,8}$/),
        detach: fc.boolean(),
        remove: fc.boolean(),
        init: fc.boolean(),
        restart,
        user: fc.constantFrom("1000", "1000:1000", "nobody"),
        network: fc.constantFrom("host", "models-net"),
        labels: fc.dictionary(
          hostileText.filter((label) => !/[=\s]/.test(label)),
          text(),
          { maxKeys: 3, noNullPrototype: true },
        ),
        extraArgs: fc.subarray(["--read-only", "--shm-size=1g", "--log-driver=json-file"]),
      }).map(({ remove, ...docker }) =>
        remove === undefined || docker.restart !== undefined ? docker : { ...docker, remove },
      ),
    ),
    compose: fc.oneof(
      fc.boolean(),
      optional({ project: dnsName, service: dnsName, restart, healthcheck: fc.boolean() }),
    ),
    kubernetes: fc.oneof(
      fc.constant(false as const),
      optional(
        {
          name: dnsName,
          namespace: dnsName,
          replicas: int(0, 9),
          modelVolume: fc.oneof(
            fc.constant("image"),
            dnsName.map((claim) => ({ claim })),
            hostileName.map((name) => ({ hostPath: `/${name}` })),
          ),
          service: fc.constantFrom("ClusterIP", "Headless", "LoadBalancer", "NodePort"),
          startupSeconds: int(1, 9999),
          labels: fc.dictionary(dnsName, dnsName, { maxKeys: 2, noNullPrototype: true }),
          annotations: fc.dictionary(dnsName, text(), { maxKeys: 2, noNullPrototype: true }),
          serviceAccount: dnsName,
          imagePullSecrets: fc.array(dnsName, { maxLength: 2 }),
          autoscale: optional({ minReplicas: int(1, 3), maxReplicas: int(3, 9), cpuPercent: int(1, 100) }, [
            "minReplicas",
            "maxReplicas",
          ]),
        },
        ["modelVolume"],
      ),
    ),
    build: optional(
      {
        image: imageName.filter((name) => !name.includes("@")),
        develImage: fc.constantFrom("me/tfs-devel:1", "me/tfs-devel:2"),
        march: fc.constantFrom("native", "x86-64-v3", "haswell"),
        copts: fc.array(fc.constantFrom("-mavx2", "-mfma", "-O3", "-DX='$(y)'"), {
          minLength: 1,
          maxLength: 3,
        }),
        bazelOptions: fc.subarray(["--jobs=4", "--verbose_failures"]),
        memoryMiB: int(1024, 65_536),
        cores: int(1, 64),
        gitRef: fc.constantFrom("2.17.1", "r2.17", "master"),
        repository: fc.constantFrom(
          "https://github.com/tensorflow/serving.git",
          "https://example.org/fork.git",
        ),
      },
      ["image"],
    ),
    smoke: optional({
      startupWaitSeconds: int(1, 999),
      deadlineMillis: int(1, 99_999),
      relativeTolerance: fc.constantFrom(0, 1e-3),
      absoluteTolerance: fc.constantFrom(0, 1e-3),
    }),
  },
  ["models"],
);

/** Older servers, with what they have. */
const older = optional(
  {
    server: fc
      .constantFrom("1.13.0", "1.15.0", "2.3.0", "2.4.0", "2.11.0")
      .map((each) => ({ version: each })),
    models: fc.uniqueArray(
      model.map(({ batching: _, labels: __, ...entry }) => entry),
      { minLength: 1, maxLength: 3, selector: (entry) => entry.name },
    ),
    batching: fc.oneof(fc.constant(true), optional({ ...queue, numBatchThreads: int(1, 9) })),
    resources: optional({ cores: int(1, 8), memoryMiB: int(1, 9999) }),
    compose: fc.constant(true),
    build: fc.record({ image: fc.constant("me/tfs:1"), march: fc.constantFrom("native", "x86-64-v3") }),
  },
  ["server", "models"],
);

const profile = fc.record(
  {
    batching: fc.oneof(fc.constant(false as const), fc.constant(null), optional(queue)),
    ports: fc.constant(null),
  },
  { requiredKeys: [] },
);

/** Specs that the schema takes, over all of its keys; some still break a cross-field rule. */
export const arbitrarySpec: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: everything as fc.Arbitrary<Record<string, unknown>> },
      { weight: 1, arbitrary: older as fc.Arbitrary<Record<string, unknown>> },
    ),
    fc.option(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), profile, {
        minKeys: 1,
        maxKeys: 2,
        noNullPrototype: true,
      }),
      { nil: undefined },
    ),
    fc.nat(),
  )
  .map(([spec, profiles, index]) => {
    const { models } = spec as { models: { name: string }[] };
    const smoke = spec["smoke"];
    const golden = {
      model: models[index % models.length]?.name,
      signature: "serving_default",
      file: "golden.json",
    };
    return {
      ...spec,
      ...(smoke === undefined ? {} : { smoke: { ...smoke, goldens: [golden] } }),
      ...(profiles === undefined ? {} : { profiles }),
    };
  });
