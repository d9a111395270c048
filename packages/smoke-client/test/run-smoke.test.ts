import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { ServerCredentials } from "@grpc/grpc-js";
import {
  type CheckResult,
  renderSmokeHtml,
  renderSmokeJunit,
  renderSmokePretty,
  runSmoke,
  type SmokeModel,
  type SmokeOptions,
  type SmokeReport,
  smokeChecks,
} from "@servable/smoke-client";
import type { Tensor } from "@servable/tensors";
import { fixture } from "@servable/test-fixtures";
import { afterEach, describe, expect, it } from "vitest";
import { FakeServing, halfPlusTwo, Refusal, startGrpc, startRest } from "./fake-server.ts";
import { makeCertificates } from "./make-certificates.ts";

const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function smoke(
  change: (serving: FakeServing) => void,
  options: Partial<SmokeOptions> = {},
): Promise<{ report: SmokeReport; serving: FakeServing }> {
  const serving = new FakeServing();
  change(serving);
  const grpc = await startGrpc(serving);
  const rest = await startRest(serving);
  cleanups.push(
    () => grpc.stop(),
    () => rest.stop(),
  );
  const report = await runSmoke({
    targets: { grpc: `127.0.0.1:${grpc.port}`, rest: `http://127.0.0.1:${rest.port}` },
    models: [{ name: "half" }],
    requestTimeoutMs: 3000,
    ...options,
  });
  return { report, serving };
}

const of = (report: SmokeReport, id: string): CheckResult[] =>
  report.checks.filter((result) => result.id === id);
const failures = (report: SmokeReport): string[] => [
  ...new Set(report.checks.filter((result) => result.outcome === "fail").map((result) => result.id)),
];

/** half_plus_two_versions as the repository carries it, but served by the fake. */
const basePath = fixture("models", "half_plus_two_versions");
const newest = 20240131;

function asOnDisk(serving: FakeServing): void {
  serving.models[0]!.versions = [{ version: newest, state: 30 }];
}

describe("a server as it should be", () => {
  it("passes everything that applies", async () => {
    const { report, serving } = await smoke(
      (one) => {
        asOnDisk(one);
        one.models[0]!.labels = { stable: newest };
        one.health = true;
        one.metrics = {
          path: "/monitoring/prometheus/metrics",
          text: "# TYPE :tensorflow:x counter\n:tensorflow:x 1\n",
        };
      },
      {
        models: [
          {
            name: "half",
            basePath,
            labels: { stable: BigInt(newest) },
            goldens: [
              {
                name: "by hand",
                api: "predict",
                inputs: { x: { dtype: "DT_FLOAT", shape: [2], data: Float32Array.of(1, 10) } },
                outputs: { y: { dtype: "DT_FLOAT", shape: [2], data: Float32Array.of(2.5, 7) } },
              },
              { api: "predict", signature: "nope", inputs: {}, error: { code: "FAILED_PRECONDITION" } },
            ],
          },
        ],
        metricsPath: "/monitoring/prometheus/metrics",
        health: true,
      },
    );
    expect(report.checks.filter((result) => result.outcome !== "pass")).toEqual([]);
    expect(report.reachable).toBe(true);
    expect(report.summary.passed).toBe(report.checks.length);
    const ids = new Set(report.checks.map((result) => result.id));
    expect([...ids].sort()).toEqual(
      smokeChecks
        .map((check) => check.id)
        .filter((id) => id !== "predict/images" && id !== "examples/answers")
        .sort(),
    );
    // nothing that could harm a live server was sent
    expect(serving.calls.filter((call) => call.includes("Reload"))).toEqual([]);
  });

  it("has the shape of the CLI contract", async () => {
    const { report } = await smoke(asOnDisk);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    for (const check of report.checks) {
      expect(Object.keys(check)).toEqual(
        expect.arrayContaining(["id", "model", "version", "transport", "outcome", "message", "durationMs"]),
      );
      expect(["pass", "fail", "skip"]).toContain(check.outcome);
      expect(check.message).toMatch(/^\S[^\n]*\S$/);
      expect(check.durationMs).toBeGreaterThanOrEqual(0);
    }
    expect(report.summary).toMatchObject({
      passed: expect.any(Number),
      failed: 0,
      skipped: expect.any(Number),
    });
  });

  it("runs only what is asked for, and tells each result as it comes", async () => {
    const told: string[] = [];
    const { report } = await smoke(asOnDisk, {
      only: (id) => id.startsWith("status/"),
      onResult: (result) => told.push(result.id),
    });
    expect(new Set(report.checks.map((result) => result.id))).toEqual(
      new Set(["status/available", "status/versions", "status/agreement"]),
    );
    expect(told).toEqual(report.checks.map((result) => result.id));
  });

  it("gives versions beyond 2^53 as text", async () => {
    const { report } = await smoke((one) => {
      one.models[0]!.versions = [{ version: 2 ** 60, state: 30 }];
    });
    expect(of(report, "status/available")[0]!.version).toBe("1152921504606846976");
  });
});

describe("faults, each told with cause and remedy", () => {
  interface Fault {
    readonly name: string;
    readonly change: (serving: FakeServing) => void;
    readonly models?: SmokeModel[];
    readonly options?: Partial<SmokeOptions>;
    readonly fails: string[];
    readonly message: RegExp;
    readonly help: RegExp;
  }
  const faults: Fault[] = [
    {
      name: "the model is not there",
      change: (one) => {
        one.models = [];
      },
      fails: ["status/available"],
      message: /Could not find any versions of model half/,
      help: /compare the names/,
    },
    {
      name: "its load failed",
      change: (one) => {
        one.models[0]!.versions = [{ version: 3, state: 50, code: 5, message: "no variables" }];
      },
      fails: ["status/available"],
      message: /no version is AVAILABLE \(3 END \(NOT_FOUND: no variables\)\)/,
      help: /the load failed/,
    },
    {
      name: "an older version is served than is on disk",
      change: (one) => {
        one.models[0]!.versions = [{ version: 7, state: 30 }];
      },
      models: [{ name: "half", basePath }],
      fails: ["status/versions"],
      message: /version 20240131 is not known to the server; version 7 should not be served/,
      help: /base path is another folder.*another version policy/,
    },
    {
      name: "the policy names a version that is not on disk",
      change: asOnDisk,
      models: [{ name: "half", basePath, policy: { kind: "specific", versions: [BigInt(newest), 999n] } }],
      fails: ["status/versions"],
      message: /the version policy names 999/,
      help: /ignores such versions without a word/,
    },
    {
      name: "a label leads elsewhere",
      change: (one) => {
        asOnDisk(one);
        one.models[0]!.versions.push({ version: 1, state: 30 });
        one.models[0]!.labels = { stable: 1 };
      },
      models: [{ name: "half", labels: { stable: BigInt(newest) } }],
      fails: ["status/labels"],
      message: /label "stable" leads to version 1, not 20240131/,
      help: /another config/,
    },
    {
      name: "a label is not known",
      change: asOnDisk,
      models: [{ name: "half", labels: { canary: BigInt(newest) } }],
      fails: ["status/labels"],
      message: /Unrecognized servable version label: canary/,
      help: /set version_labels/,
    },
    {
      name: "the signature has another dtype than on disk",
      change: (one) => {
        asOnDisk(one);
        one.models[0]!.signatures["serving_default"]!.inputs["x"]!.dtype = 9;
      },
      models: [{ name: "half", basePath }],
      options: { only: (id) => id.startsWith("metadata/") },
      fails: ["metadata/signatures"],
      message: /serving_default input x: dtype is DT_INT64, on disk DT_FLOAT/,
      help: /new version number/,
    },
    {
      name: "the signature has other names than on disk",
      change: (one) => {
        asOnDisk(one);
        one.models[0]!.signatures = {
          other: { inputs: { a: { dtype: 1, shape: [-1] } }, outputs: { b: { dtype: 1, shape: [-1] } } },
        };
      },
      models: [{ name: "half", basePath }],
      options: { only: (id) => id.startsWith("metadata/") },
      fails: ["metadata/signatures"],
      message: /signature serving_default is on disk only; signature other is not on disk/,
      help: /loaded other files/,
    },
    {
      name: "the answer has another shape than declared",
      change: (one) => {
        one.models[0]!.signatures["serving_default"]!.outputs["y"]!.shape = [-1, 10];
      },
      fails: ["predict/signatures"],
      message: /output y has shape \[2\], declared \[\?,10\]/,
      help: /export the model/,
    },
    {
      name: "the answer has another dtype than declared",
      change: (one) => {
        one.models[0]!.predict = ({ x }) => ({
          y: { dtype: "DT_INT32", shape: x!.shape, data: new Int32Array(x!.data.length) },
        });
      },
      options: { only: (id) => id === "predict/signatures" },
      fails: ["predict/signatures"],
      message: /output y is DT_INT32, declared DT_FLOAT/,
      help: /true dtypes/,
    },
    {
      name: "an output is missing",
      change: (one) => {
        one.models[0]!.signatures["serving_default"]!.outputs["z"] = { dtype: 1, shape: [-1] };
      },
      options: { only: (id) => id === "predict/signatures" },
      fails: ["predict/signatures"],
      message: /output z is missing/,
      help: /metadata/,
    },
    {
      name: "Predict fails within the graph",
      change: (one) => {
        one.models[0]!.predict = () => {
          throw new Refusal(13, "op failed\n\t [[{{node a}}]]");
        };
      },
      options: { only: (id) => id === "predict/signatures" },
      fails: ["predict/signatures"],
      message: /op failed \[\[\{\{node a\}\}\]\]/,
      help: /log/,
    },
    {
      name: "REST answers something else than gRPC",
      change: (one) => {
        let calls = 0;
        one.models[0]!.predict = ({ x }) => ({
          y: {
            dtype: "DT_FLOAT",
            shape: x!.shape,
            data: (x!.data as Float32Array).map((value) => value + calls++),
          },
        });
      },
      fails: ["predict/agreement"],
      message: /REST differs from gRPC: output y: 2 of 2 values differ/,
      help: /different servers or models/,
    },
    {
      name: "a golden gets another answer",
      change: (one) => {
        one.models[0]!.predict = ({ x }) => ({
          y: { ...x!, data: (x!.data as Float32Array).map((value) => value * 2) },
        });
      },
      models: [
        {
          name: "half",
          goldens: [
            {
              name: "g.json",
              api: "predict",
              inputs: { x: { dtype: "DT_FLOAT", shape: [1], data: Float32Array.of(1) } },
              outputs: { y: { dtype: "DT_FLOAT", shape: [1], data: Float32Array.of(2.5) } },
            },
          ],
        },
      ],
      fails: ["goldens/answers"],
      message: /g\.json: output y: 1 of 1 values differ .*got 2, expected 2\.5/,
      help: /not the one that the golden was made with/,
    },
    {
      name: "errors have other codes than TensorFlow Serving's",
      change: (one) => {
        const { predict } = one;
        one.predict = (spec, inputs) => {
          if (String(spec?.["name"]).startsWith("servable-smoke")) throw new Refusal(2, "who?");
          return predict.call(one, spec, inputs);
        };
      },
      fails: ["errors/unknown-model"],
      message: /gave \[UNKNOWN\] who\?, not NOT_FOUND/,
      help: /proxy rewrites errors/,
    },
    {
      name: "no metrics page",
      change: () => {},
      options: { metricsPath: "/metrics" },
      fails: ["monitoring/metrics"],
      message: /\/metrics/,
      help: /monitoring/,
    },
    {
      name: "no health service",
      change: () => {},
      options: { health: true },
      fails: ["health/service"],
      message: /the health service is not there/,
      help: /--enable_grpc_healthcheck_service/,
    },
  ];

  it.each(faults.map((fault) => [fault.name, fault] as const))("%s", async (_name, fault) => {
    const { report } = await smoke(fault.change, {
      ...fault.options,
      ...(fault.models === undefined ? {} : { models: fault.models }),
    });
    expect(failures(report)).toEqual(fault.fails);
    const told = report.checks.filter((result) => result.outcome === "fail");
    expect(told.map((result) => result.message).join("\n")).toMatch(fault.message);
    expect(told.map((result) => result.help).join("\n")).toMatch(fault.help);
    for (const result of told) expect(result.help, result.message).toBeTruthy();
  });
});

describe("inputs that a signature leaves open", () => {
  it("are tried in several sizes", async () => {
    const { report } = await smoke(
      (one) => {
        one.models[0]!.signatures["serving_default"]!.inputs["x"]!.shape = [-1, -1];
        one.models[0]!.signatures["serving_default"]!.outputs["y"]!.shape = null;
        one.models[0]!.predict = ({ x }) => {
          if (x!.shape[1] !== 8) throw new Refusal(3, "Matrix size-incompatible");
          return { y: x! };
        };
      },
      { only: (id) => id === "predict/signatures" },
    );
    const [grpc] = of(report, "predict/signatures");
    expect(grpc).toMatchObject({ outcome: "pass", message: "x DT_FLOAT [1,8] → y DT_FLOAT [1,8]" });
  });

  it("are skipped with the reason when all sizes are refused", async () => {
    const { report } = await smoke(
      (one) => {
        one.models[0]!.signatures["serving_default"]!.inputs["x"]!.shape = [-1, -1];
        one.models[0]!.predict = () => {
          throw new Refusal(3, "must be 7 wide");
        };
      },
      { only: (id) => id === "predict/signatures" },
    );
    expect(of(report, "predict/signatures")[0]).toMatchObject({
      outcome: "skip",
      message: expect.stringMatching(/must be 7 wide; give a golden/),
    });
  });

  it("a batch that is refused while one row is taken is told", async () => {
    const { report } = await smoke((one) => {
      const { predict } = halfPlusTwo();
      one.models[0]!.predict = (inputs, name) => {
        if (inputs["x"]!.shape[0] !== 1) throw new Refusal(3, "one at a time");
        return predict!(inputs, name);
      };
    });
    expect(failures(report)).toEqual([]);
    expect(of(report, "predict/signatures")[0]!.message).toMatch(
      /a batch of 2 was refused .*batching on the server can't be used/,
    );
  });
});

describe("what is listening", () => {
  it("gRPC and REST swapped", async () => {
    const serving = new FakeServing();
    const grpc = await startGrpc(serving);
    const rest = await startRest(serving);
    cleanups.push(
      () => grpc.stop(),
      () => rest.stop(),
    );
    const report = await runSmoke({
      targets: { grpc: `127.0.0.1:${rest.port}`, rest: `http://127.0.0.1:${grpc.port}` },
      models: [{ name: "half" }],
      requestTimeoutMs: 2000,
    });
    expect(report.reachable).toBe(false);
    expect(report.checks.map((result) => [result.transport, result.message])).toEqual([
      ["grpc", expect.stringContaining("an HTTP/1 server listens there, not gRPC")],
      ["rest", expect.stringContaining("a gRPC server listens there, not REST")],
    ]);
    expect(report.checks[0]!.help).toMatch(/--rest_api_port/);
    expect(report.checks[1]!.help).toMatch(/--port/);
  });

  it("nothing", async () => {
    const report = await runSmoke({
      targets: { grpc: "127.0.0.1:1", rest: "http://127.0.0.1:1" },
      models: [{ name: "half" }],
    });
    expect(report).toMatchObject({ reachable: false, summary: { passed: 0, failed: 2, skipped: 0 } });
    for (const result of report.checks) expect(result.help).toMatch(/nothing listens there/);
  });

  it("TLS where none was expected, and the reverse", async () => {
    const { authority, server: own } = makeCertificates();
    const pair = { private_key: Buffer.from(own.key), cert_chain: Buffer.from(own.certificate) };
    const serving = new FakeServing();
    const secure = await startGrpc(serving, {
      credentials: ServerCredentials.createSsl(null, [pair], false),
    });
    const plain = await startGrpc(serving);
    cleanups.push(
      () => secure.stop(),
      () => plain.stop(),
    );
    const models = [{ name: "half" }];
    const [first] = (
      await runSmoke({ targets: { grpc: `127.0.0.1:${secure.port}` }, models, requestTimeoutMs: 2000 })
    ).checks;
    expect(first!.message).toContain("the port wants TLS");
    const tls = { rootCertificates: authority };
    const [second] = (
      await runSmoke({ targets: { grpc: `127.0.0.1:${plain.port}`, tls }, models, requestTimeoutMs: 2000 })
    ).checks;
    expect(second!.message).toContain("speaks gRPC without TLS");
    const good = await runSmoke({ targets: { grpc: `127.0.0.1:${secure.port}`, tls }, models });
    expect(good.summary.failed).toBe(0);
  });

  it("something that only accepts and hangs up, as docker-proxy does", async () => {
    const silent = createTcpServer((socket) => socket.end());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const report = await runSmoke({
      targets: { grpc: `127.0.0.1:${port}` },
      models: [{ name: "half" }],
      requestTimeoutMs: 1500,
    });
    expect(report.checks[0]!.message).toContain("speaks neither HTTP nor TLS");
    expect(report.checks[0]!.help).toContain("docker-proxy");
  });

  it("another web server", async () => {
    const web = createServer((_request, response) => {
      response.statusCode = 404;
      response.end("<html>not here</html>");
    });
    await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => {
      web.closeAllConnections();
      web.close();
    });
    const { port } = web.address() as AddressInfo;
    const report = await runSmoke({
      targets: { rest: `http://127.0.0.1:${port}` },
      models: [{ name: "half" }],
    });
    expect(report.reachable).toBe(false);
    expect(report.checks[0]!.message).toContain("answers HTTP, but not as a model server");
  });

  it("a slow start is waited for", async () => {
    const seen: string[] = [];
    const { report } = await smoke(
      (one) => {
        one.models[0]!.versions = [{ version: 3, state: 20 }];
        setTimeout(() => {
          one.models[0]!.versions = [{ version: 3, state: 30 }];
        }, 300);
      },
      { waitMs: 5000, onProgress: (line) => seen.push(line) },
    );
    expect(failures(report)).toEqual([]);
    expect(seen[0]).toContain("3 LOADING");
  });
});

describe("reports", () => {
  const hostile = `<script>alert("1")</script> & 'x' \u001b[31m\u0007 é`;

  async function report(): Promise<SmokeReport> {
    const model: SmokeModel = {
      name: "half",
      goldens: [
        {
          name: hostile,
          api: "predict",
          inputs: { x: { dtype: "DT_FLOAT", shape: [1], data: Float32Array.of(1) } satisfies Tensor },
          outputs: { y: { dtype: "DT_FLOAT", shape: [1], data: Float32Array.of(99) } },
        },
      ],
    };
    return (await smoke(() => {}, { models: [model] })).report;
  }

  it("pretty: a line per result, help under failures, no control characters", async () => {
    const text = renderSmokePretty(await report());
    expect(text).toMatch(/✓ half\/3 serving_default gRPC {2}x DT_FLOAT \[2\] → y DT_FLOAT \[2\]/);
    expect(text).toMatch(/help: the model that is served/);
    expect(text).toMatch(/\d+ passed, 2 failed, \d+ skipped in/);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  it("JUnit: well-formed, counted, escaped", async () => {
    const made = await report();
    const xml = renderSmokeJunit(made);
    expect(xml).not.toContain("<script>");
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
    expect(xml.match(/<testcase /g)).toHaveLength(made.checks.length);
    expect(xml.match(/<failure /g)).toHaveLength(2);
    expect(xml).toContain(`failures="2"`);
    // tags balance
    for (const tag of ["testsuites", "testsuite", "testcase", "failure"]) {
      const open = xml.match(new RegExp(`<${tag}[ >](?![^>]*/>)`, "g"))?.length ?? 0;
      expect(xml.match(new RegExp(`</${tag}>`, "g"))?.length ?? 0).toBe(open);
    }
  });

  it("HTML: one page, nothing loaded, escaped", async () => {
    const html = renderSmokeHtml(await report());
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toMatch(/<script|src=|href=|@import|url\(/);
    expect(html).toContain("Proves that");
  });
});
