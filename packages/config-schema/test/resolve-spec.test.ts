import { loadSpec, type Origin, type ResolvedSpec, resolveSpec } from "@servable/config-schema";
import { UserError } from "@servable/diagnostics";
import { describe, expect, it } from "vitest";

const M = "models: [{ name: m, path: ./m }]\n";

function resolve(
  text: string,
  profile?: string,
): { resolved: ResolvedSpec; origin: (path: string) => Origin | undefined } {
  const { resolution, diagnostics } = loadSpec(text, { file: "s", profile });
  if (resolution === undefined) throw new Error(JSON.stringify(diagnostics));
  return { resolved: resolution.resolved, origin: (path) => resolution.origins.get(path) };
}

describe("resolving a spec", () => {
  it("fills in the image and ports, and leaves flags to the server", () => {
    const { resolved, origin } = resolve(M);
    expect(resolved.image).toEqual({ reference: "tensorflow/serving:2.17.1", variant: "cpu", stock: true });
    expect(resolved.ports).toEqual({
      grpc: { container: 8500, published: 8500 },
      rest: { container: 8501, published: 8501 },
    });
    expect(resolved.batching).toBeUndefined();
    expect(resolved.parallelism).toEqual({});
    expect(resolved.grpc).toEqual({ channelArguments: [] });
    expect(origin("loading.maxLoadRetries")).toMatchObject({ kind: "tfs-default", value: 5 });
    expect(origin("verification.maxLoadRetries")).toMatchObject({ kind: "default", value: 0 });
    expect(origin("docker.init")?.reason).toMatch(/signals/);
  });

  it("takes a bare port number as the published one", () => {
    const { resolved } = resolve(`${M}ports: { grpc: 9000, rest: { published: false } }\n`);
    expect(resolved.ports).toEqual({ grpc: { container: 8500, published: 9000 }, rest: { container: 8501 } });
    expect(resolve(`${M}ports: { rest: false }\n`).resolved.ports.rest).toBeUndefined();
  });

  it("derives thread counts from cores, and only from cores that are written", () => {
    const { resolved, origin } = resolve(`${M}resources: { cores: 4 }\nbatching: { maxBatchSize: 32 }\n`);
    expect(resolved.batching?.numBatchThreads).toBe(4);
    expect(resolved.parallelism).toEqual({ session: 4 });
    expect(resolved.grpc.maxThreads).toBe(65);
    expect(resolved.rest.numThreads).toBe(16);
    expect(origin("batching.numBatchThreads")).toMatchObject({ kind: "default", value: 4 });
    expect(origin("batching.numBatchThreads")?.reason).toMatch(/resources\.cores is 4/);
    const without = resolve(`${M}batching: { maxBatchSize: 32 }\n`).resolved;
    expect(without.batching).toEqual({ maxBatchSize: 32 });
    expect(without.parallelism).toEqual({});
  });

  it("keeps written values, and does not mix session and pool parallelism", () => {
    const { resolved } = resolve(
      `${M}resources: { cores: 0.5 }\nbatching: { numBatchThreads: 7 }\nparallelism: { intraOp: 3 }\ngrpc: { maxThreads: 9 }\n`,
    );
    expect(resolved.batching?.numBatchThreads).toBe(7);
    expect(resolved.parallelism).toEqual({ intraOp: 3 });
    expect(resolved.grpc.maxThreads).toBe(9);
    expect(resolved.rest.numThreads).toBe(4);
  });

  it("gives no thread flag to a server that lacks it", () => {
    const { resolved } = resolve(`server: { version: 2.4.0 }\n${M}resources: { cores: 4 }\n`);
    expect(resolved.grpc.maxThreads).toBeUndefined();
    expect(resolved.rest.numThreads).toBe(16);
  });

  it("ends maxBatchSize at the last allowed size", () => {
    const { resolved, origin } = resolve(`${M}batching: { allowedBatchSizes: [4, 16] }\n`);
    expect(resolved.batching?.maxBatchSize).toBe(16);
    expect(origin("batching.maxBatchSize")?.kind).toBe("default");
  });

  it("needs a models.config for several models, policies, labels and polling, and only then", () => {
    const mode = (text: string): string => resolve(text).resolved.modelMode;
    expect(mode(M)).toBe("single");
    expect(mode("models: [{ name: m, path: ./m, versionPolicy: latest }]")).toBe("single");
    expect(mode("models: [{ name: m, path: ./m, versionPolicy: { latest: 2 } }]")).toBe("config");
    expect(mode("models: [{ name: m, path: ./m, versionPolicy: all }]")).toBe("config");
    expect(mode("models: [{ name: m, path: ./m, labels: { a: 1 } }]")).toBe("config");
    expect(mode("models: [{ name: a, path: ./a }, { name: b, path: ./b }]")).toBe("config");
    expect(mode(`${M}loading: { modelConfigPollSeconds: 5 }`)).toBe("config");
    expect(mode(`${M}loading: { modelConfigPollSeconds: 0 }`)).toBe("single");
  });

  it("allows labels at start", () => {
    const { resolved, origin } = resolve("models: [{ name: m, path: ./m, labels: { a: 1 } }]");
    expect(resolved.loading.allowLabelsForUnavailableModels).toBe(true);
    expect(origin("loading.allowLabelsForUnavailableModels")?.reason).toMatch(/exits at start/);
  });

  it("reads version and variant from the tag of a stock image", () => {
    const { resolved } = resolve(`server: { image: "tensorflow/serving:2.11.0-gpu" }\n${M}`);
    expect(resolved.tfsVersion).toBe("2.11.0");
    expect(resolved.image).toEqual({
      reference: "tensorflow/serving:2.11.0-gpu",
      variant: "gpu",
      stock: true,
    });
    expect(resolved.resources.gpus).toBe("all");
  });

  it("takes the GPU image where GPUs are asked for, and the image that is built where one is", () => {
    expect(resolve(`${M}resources: { gpus: 2 }`).resolved.image.reference).toBe(
      "tensorflow/serving:2.17.1-gpu",
    );
    expect(resolve(`${M}build: { image: "me/tfs:1" }`).resolved.image).toEqual({
      reference: "me/tfs:1",
      variant: "cpu",
      stock: false,
    });
  });

  it("spells a CPU level as instruction sets, which the old compilers of the build images know", () => {
    const build = (text: string) => resolve(`${M}${text}`).resolved.build;
    expect(build('build: { image: "a:1", march: x86-64-v3 }')).toMatchObject({
      configs: ["release"],
      copts: expect.arrayContaining(["-mavx2", "-mfma", "-msse4.2"]) as string[],
      gitRef: "2.17.1",
      develImage: "a:1-devel",
    });
    expect(build('build: { image: "a:1", march: haswell, copts: [-O3] }')?.copts).toEqual([
      "-march=haswell",
      "-O3",
    ]);
    expect(build('build: { image: "a:1", march: native }')?.configs).toEqual(["nativeopt"]);
    expect(
      resolve(`server: { version: 1.13.0 }\n${M}build: { image: "a:1", copts: [-mavx2] }`).resolved.build,
    ).toMatchObject({ configs: [], copts: ["-mavx2"], gitRef: "1.13.0" });
  });

  it("gives a pod time for every retry", () => {
    const { resolved } = resolve(
      `${M}kubernetes: { modelVolume: image }\nloading: { maxLoadRetries: 2, loadRetryIntervalMicros: 1500000 }`,
    );
    expect(resolved.kubernetes?.startupSeconds).toBe(304);
  });
});

describe("profiles", () => {
  const text = `models:
  - { name: a, path: ./a, labels: { x: 1, y: 2 }, versionPolicy: { specific: [1, 2] } }
  - { name: b, path: ./b }
batching: { maxBatchSize: 8, allowedBatchSizes: [4, 8] }
ports: { grpc: 9000 }
profiles:
  p:
    batching: { maxBatchSize: 16, allowedBatchSizes: [16] }
    ports: { grpc: null }
    models:
      - { name: b, containerPath: /models/bb }
      - { name: a, versionPolicy: all, labels: { y: null } }
      - { name: c, path: ./c }
  off: { batching: false }
`;

  it("merge mappings by key, models by name, replace lists and choices, and take null as the default", () => {
    const { resolved, origin } = resolve(text, "p");
    expect(resolved.profile).toBe("p");
    expect(resolved.batching).toMatchObject({ maxBatchSize: 16, allowedBatchSizes: [16] });
    expect(resolved.ports.grpc.published).toBe(8500);
    expect(resolved.models.map((model) => [model.name, model.basePath])).toEqual([
      ["a", "/models/a"],
      ["b", "/models/bb"],
      ["c", "/models/c"],
    ]);
    expect(resolved.models[0]?.versionPolicy).toEqual({ kind: "all" });
    expect(resolved.models[0]?.labels).toEqual([["x", "1"]]);
    expect(origin("batching.maxBatchSize")).toMatchObject({
      kind: "profile",
      source: ["profiles", "p", "batching", "maxBatchSize"],
    });
    expect(origin("models[1].basePath")).toMatchObject({
      kind: "profile",
      source: ["profiles", "p", "models", 0, "containerPath"],
    });
    expect(origin("models[1].path")).toMatchObject({ kind: "written", source: ["models", 1, "path"] });
  });

  it("leave the base alone", () => {
    const { resolved } = resolve(text);
    expect(resolved.batching?.maxBatchSize).toBe(8);
    expect(resolved.models).toHaveLength(2);
    expect(resolve(text, "off").resolved.batching).toBeUndefined();
  });

  it("are refused by name", () => {
    const { spec } = loadSpec(text, { file: "s" });
    expect(() => resolveSpec(spec!, { profile: "of" })).toThrow(UserError);
    try {
      resolveSpec(spec!, { profile: "of" });
    } catch (error) {
      expect((error as UserError).hint).toBe('did you mean "off"? its profiles are off, p');
    }
  });
});
