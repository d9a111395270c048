import { spawnSync } from "node:child_process";
import type { ResolvedSpec } from "@servable/config-schema";
import { dockerArgv, serverArgv } from "@servable/deploy-gen";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arbitrarySpec, hostileName, hostileText } from "./arbitrary-spec.ts";
import { type CreateRequest, type RecordingEngine, startRecordingEngine } from "./recording-engine.ts";
import { resolvedIfSound, resolvedOf } from "./resolved.ts";

// The judge is the docker client: what its parser makes of the arguments is what an engine would be asked for.
const installed = spawnSync("docker", ["--version"]).status === 0;
const why = installed ? "" : " (skipped: docker is not installed)";

const folders = { specFolder: "/project", outDir: "/project/serving" };

describe.skipIf(!installed)(`docker run as the docker client reads it${why}`, () => {
  let engine: RecordingEngine;
  beforeAll(async () => {
    engine = await startRecordingEngine();
  });
  afterAll(() => engine.close());

  async function asked(argv: readonly string[]): Promise<CreateRequest> {
    const { request, stderr } = await engine.asked(argv);
    if (request === undefined) throw new Error(`docker refuses ${JSON.stringify(argv)}: ${stderr}`);
    return request;
  }

  it("is the well-known baseline command, whichever way it is written", async () => {
    const resolved = resolvedOf(
      "server: { version: 2.17.1 }\nmodels: [{ name: resnet, path: models/resnet }]\ndocker: { init: false, remove: false, detach: true }\n",
    );
    const ours = await asked(dockerArgv(resolved, folders));
    // TensorFlow Serving's own guide (docker.md): -p twice, a bind mount, MODEL_NAME
    const guide = await asked([
      ...["run", "-d", "-p", "8500:8500", "-p", "8501:8501"],
      ...["--mount", "type=bind,source=/project/models/resnet,target=/models/resnet,readonly"],
      ...["-e", "MODEL_NAME=resnet", "-t", "tensorflow/serving:2.17.1"],
    ]);
    expect(ours).toEqual({ ...guide, Tty: false });
    expect(ours).toMatchObject({
      Image: "tensorflow/serving:2.17.1",
      Env: ["MODEL_NAME=resnet"],
      HostConfig: {
        PortBindings: {
          "8500/tcp": [{ HostIp: "", HostPort: "8500" }],
          "8501/tcp": [{ HostIp: "", HostPort: "8501" }],
        },
        Mounts: [
          { Type: "bind", Source: "/project/models/resnet", Target: "/models/resnet", ReadOnly: true },
        ],
      },
    });
  });

  it("splits device ids at commas, so that the spec takes none with one", async () => {
    const device = (id: string) => ({
      server: { image: "gpu" },
      models: [{ name: "m", path: "m" }],
      resources: { gpus: [id] },
    });
    const argv = dockerArgv(resolvedIfSound(device("GPU-1"))!, folders);
    const commas = argv.map((word) => word.replace("device=GPU-1", '"device={a,b}"'));
    expect((await asked(commas)).HostConfig.DeviceRequests?.[0]?.DeviceIDs).toEqual(["{a", "b}"]);
    expect(() => resolvedIfSound(device("{a,b}"))).toThrow(/must be an index or a UUID/);
  });

  it("means what the spec says, whatever names it has", { timeout: 120_000 }, async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(arbitrarySpec, async (spec) => {
        const resolved = resolvedIfSound(spec);
        fc.pre(resolved !== undefined);
        const request = await asked(dockerArgv(resolved, folders));
        expectSame(request, resolved);
        read++;
      }),
      { numRuns: 60 },
    );
    expect(read).toBeGreaterThan(20);
  });

  it("keeps hostile paths, labels and values of the environment", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ name: hostileText, folder: hostileName, label: hostileText, value: hostileText }),
        async ({ name, folder, label, value }) => {
          fc.pre(!/[=\s]/.test(label));
          const resolved = resolvedIfSound({
            models: [{ name, path: `./${folder}/x` }],
            docker: { labels: { [label]: value } },
            environment: { X_VALUE: value },
          });
          fc.pre(resolved !== undefined);
          const request = await asked(dockerArgv(resolved, folders));
          expectSame(request, resolved);
          expect(request.HostConfig.Mounts?.[0]?.Source).toBe(`/project/${folder}/x`);
          expect(request.Labels?.[label]).toBe(value);
          expect(request.Env).toContain(`X_VALUE=${value}`);
        },
      ),
      { numRuns: 80 },
    );
  });
});

const portsOf = (resolved: ResolvedSpec): Record<string, { HostIp: string; HostPort: string }[]> => {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of [resolved.ports.grpc, resolved.ports.rest]) {
    if (port?.published === undefined) continue;
    bindings[`${port.container}/tcp`] = [
      ...(bindings[`${port.container}/tcp`] ?? []),
      { HostIp: port.address ?? "", HostPort: String(port.published) },
    ];
  }
  return bindings;
};

/** The request of the client against the resolved spec, field by field. */
function expectSame(request: CreateRequest, resolved: ResolvedSpec): void {
  const { docker, resources } = resolved;
  const { HostConfig: host } = request;
  expect(request.Image).toBe(resolved.image.reference);
  expect(request.Cmd ?? []).toEqual(serverArgv(resolved, { hostPaths: false }));
  expect(request.name ?? undefined).toBe(docker?.name);
  expect(request.User).toBe(docker?.user ?? "");
  expect(request.Labels ?? {}).toEqual(Object.fromEntries(docker?.labels ?? []));
  expect(host.AutoRemove).toBe(docker?.remove !== false);
  expect(host.Init ?? false).toBe(docker?.init !== false);
  expect(host.Binds ?? []).toEqual([]);
  expect(host.PortBindings ?? {}).toEqual(portsOf(resolved));
  expect(host.NanoCpus).toBe(Math.round((resources.cores ?? 0) * 1e9));
  expect(host.Memory).toBe((resources.memoryMiB ?? 0) * 2 ** 20);
  expect(host.CpusetCpus).toBe(resources.cpuSet ?? "");
  const local = resolved.models.filter((model) => model.path !== undefined);
  const mounts = host.Mounts ?? [];
  expect(mounts.slice(0, local.length).map((mount) => mount.Target)).toEqual(
    local.map((model) => model.basePath),
  );
  for (const mount of mounts) expect(mount).toMatchObject({ Type: "bind", ReadOnly: true });
  for (const [name, value] of resolved.environment) expect(request.Env).toContain(`${name}=${value}`);
  const { gpus } = resources;
  const asksGpus = gpus !== undefined && resolved.image.variant === "gpu";
  expect((host.DeviceRequests ?? []).length).toBe(asksGpus ? 1 : 0);
  if (asksGpus) {
    const [device] = host.DeviceRequests!;
    expect(device?.Count).toBe(gpus === "all" ? -1 : typeof gpus === "number" ? gpus : 0);
    expect(device?.DeviceIDs ?? []).toEqual(Array.isArray(gpus) ? gpus : []);
  }
}
