import { execFile, execFileSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { fixture, hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";
import { startModelServer } from "../../src/index.ts";

const run = promisify(execFile);
const python = process.env["SERVABLE_PYTHON"] ?? "python3";

function pythonHasGrpc(): boolean {
  try {
    execFileSync(python, ["-c", "import grpc, google.protobuf"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function hasCurl(): boolean {
  try {
    execFileSync("curl", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const SERVICE = "tensorflow.serving.PredictionService";

describe.skipIf(!hasShared)("clients that are not ours", () => {
  it("official descriptors, Python protobuf and grpcio", async (context) => {
    if (!pythonHasGrpc()) context.skip("Python's grpcio and protobuf are not installed");
    const server = await startModelServer({
      argv: [
        "--port=0",
        "--model_name=half",
        `--model_base_path=${fixture("models", "half_plus_two_versions")}`,
      ],
    });
    try {
      const calls = [
        {
          service: SERVICE,
          method: "Predict",
          message: {
            modelSpec: { name: "half" },
            inputs: { x: { dtype: "DT_FLOAT", tensorShape: { dim: [{ size: "3" }] }, floatVal: [1, 2, 5] } },
          },
        },
        {
          service: SERVICE,
          method: "GetModelMetadata",
          message: { modelSpec: { name: "half" }, metadataField: ["signature_def"] },
        },
        {
          service: "tensorflow.serving.ModelService",
          method: "GetModelStatus",
          message: { modelSpec: { name: "half" } },
        },
        { service: SERVICE, method: "Predict", message: { modelSpec: { name: "nope" } } },
      ];
      const { stdout } = await run(python, [
        join(import.meta.dirname, "client.py"),
        `127.0.0.1:${server.grpcPort}`,
        sharedFixture("descriptors", "tfs-official.binpb"),
        JSON.stringify(calls),
      ]);
      const [predict, metadata, status, unknown] = JSON.parse(stdout) as {
        code: string;
        reply?: never;
        message?: string;
      }[];
      expect(predict).toMatchObject({
        code: "OK",
        reply: {
          outputs: {
            y: { dtype: "DT_FLOAT", floatVal: [5.5, 6, 7.5], tensorShape: { dim: [{ size: "3" }] } },
          },
          modelSpec: { name: "half", version: "20240131", signatureName: "serving_default" },
        },
      });
      expect(metadata).toMatchObject({
        code: "OK",
        reply: {
          modelSpec: { name: "half", version: "20240131" },
          metadata: {
            signature_def: { signatureDef: { serving_default: { inputs: { x: { dtype: "DT_FLOAT" } } } } },
          },
        },
      });
      expect(status).toMatchObject({
        code: "OK",
        reply: { model_version_status: [{ version: "20240131", state: "AVAILABLE" }] },
      });
      expect(unknown).toEqual({ code: "NOT_FOUND", message: "Servable not found for request: Latest(nope)" });
    } finally {
      await server.stop();
    }
  });

  it("curl over REST", async (context) => {
    if (!hasCurl()) context.skip("curl is not installed");
    const server = await startModelServer({
      argv: [
        "--port=0",
        "--rest_api_port=0",
        "--model_name=half",
        `--model_base_path=${fixture("models", "half_plus_two_versions")}`,
      ],
    });
    try {
      const url = `http://127.0.0.1:${server.restPort}/v1/models/half`;
      const curl = async (...parts: string[]): Promise<unknown> =>
        JSON.parse((await run("curl", ["-sS", "--noproxy", "*", ...parts])).stdout);
      expect(await curl("-d", '{"instances": [1, 2, 5]}', `${url}:predict`)).toEqual({
        predictions: [5.5, 6, 7.5],
      });
      expect(await curl("-d", '{"inputs": {"x": [1]}}', `${url}/versions/20240131:predict`)).toEqual({
        outputs: [5.5],
      });
      expect(await curl(url)).toEqual({
        model_version_status: [
          { version: "20240131", state: "AVAILABLE", status: { error_code: "OK", error_message: "" } },
        ],
      });
      expect(await curl(`${url}/metadata`)).toMatchObject({
        model_spec: { name: "half", version: "20240131" },
      });
    } finally {
      await server.stop();
    }
  });
});
