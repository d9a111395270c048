import { memoryFileSystem } from "@servable/model-layout";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkManifest, looksLikeManifest } from "../src/manifests.ts";

/** The least model.tflite that is one. */
const TFLITE = "\x0c\0\0\0TFL3\x04\0\x04\0\x04\0\0\0";

const encoder = new TextEncoder();

function check(text: string, file = "run.sh", files: Record<string, string> = {}) {
  const fs = memoryFileSystem(
    new Map(Object.entries(files).map(([path, body]) => [path, encoder.encode(body)])),
  );
  return checkManifest(text, { file, path: `/srv/${file}`, cwd: "/srv", fs, tfsVersion: "2.17.1" });
}
const found = (text: string, file?: string, files?: Record<string, string>): string[] =>
  check(text, file, files)
    .diagnostics.filter((d) => d.severity !== "info")
    .map(({ rule, span }) => `${rule} ${span === undefined ? "" : text.slice(span.start, span.end)}`);

const tflite = { "/srv/models/m/1/model.tflite": TFLITE };
const quiet = "--enable_profiler=false --prefer_tflite_model=true";

describe("docker run", () => {
  it("points at the flag in the script and mends it there", () => {
    const text = `docker run -p 8501:8501 -v "$(pwd)/models/m:/models/m" -e MODEL_NAME=m \\\n  tensorflow/serving:2.17.1 \\\n  --enable-batching=true ${quiet}\n`;
    const { diagnostics } = check(text, "run.sh", tflite);
    const [only] = diagnostics.filter((d) => d.severity === "error" && d.rule.startsWith("flags/"));
    expect(only?.rule).toBe("flags/underscores");
    expect(text.slice(only?.span?.start, only?.span?.end)).toBe("--enable-batching=true");
    expect(only?.fix?.edits[0]?.newText).toBe("--enable_batching=true");
  });
  it("looks through the mounts", () => {
    const run = (target: string): string =>
      `docker run -p 8501:8501 -v $PWD/models/m:${target} -e MODEL_NAME=m tensorflow/serving:2.17.1 ${quiet}\n`;
    expect(check(run("/models/m"), "run.sh", tflite).outcomes[0]?.prediction).toBe("serves");
    expect(found(run("/models/other"), "run.sh", tflite)).toContain(
      "deploy/mount-covers-base-path tensorflow/serving:2.17.1",
    );
    expect(
      found(run("/models/m").replace("models/m:", "models/m/1:"), "run.sh", {
        "/srv/models/m/1/saved_model.pb": "",
      }).join(),
    ).toContain("start/base-path-above-versions");
  });
  it("uses the version of the tag", () => {
    const run = (tag: string): string =>
      `docker run -p 8501:8501 tensorflow/serving:${tag} --model_base_path=s3://b/m --file_system_poll_wait_seconds=60\n`;
    expect(found(run("2.17.1"))).toEqual(["flags/base-path-scheme --model_base_path=s3://b/m"]);
    expect(found(run("2.6.0"))).toEqual([]);
    expect(found(run("2.4.0").replace("\n", " --grpc_max_threads=8\n"))).toEqual([
      "flags/since-version --grpc_max_threads=8",
    ]);
  });
  it("takes what it cannot know for right", () => {
    expect(
      found(
        `docker run -p "$PORT:8501" -v "$MODELS:/models" -e MODEL_NAME="$NAME" tensorflow/serving:2.17.1 --rest_api_num_threads=$THREADS "$@"\n`,
      ),
    ).toEqual([]);
  });
  it("reads variables, functions and helpers before the command", () => {
    const text = [
      "#!/bin/sh",
      "# docker run tensorflow/serving --nonsense",
      "IMAGE=tensorflow/serving:2.17.1",
      'here="$(cd "$(dirname "$0")" && pwd)"',
      "usage() {",
      '  echo "docker run tensorflow/serving --bad=1"',
      "}",
      'exec docker run -p 8501:8501 --mount type=bind,source="$here"/models,target=/models -e MODEL_NAME=m "$IMAGE" ' +
        quiet +
        " --bad=1",
      "",
    ].join("\n");
    expect(found(text, "run.sh", tflite).filter((line) => line.startsWith("flags/"))).toEqual([
      "flags/known-name --bad=1",
    ]);
  });
  it("checks a plain tensorflow_model_server command with paths of the host", () => {
    const text = "tensorflow_model_server --rest_api_port=8501 --model_base_path=/srv/models/none\n";
    expect(found(text, "run.sh", tflite)).toEqual([
      "start/base-path-exists --model_base_path=/srv/models/none",
    ]);
  });
});

describe("compose", () => {
  it("reads list and text commands, environment, mounts and ports", () => {
    const compose = (command: string): string =>
      `services:\n  other: { image: redis }\n  tfs:\n    image: tensorflow/serving:2.17.1\n    ports: ["8501:8501"]\n    environment: { MODEL_NAME: m }\n    volumes:\n      - ./models/m:/models/m\n    command: ${command}\n`;
    for (const command of [
      '["--prot=1", "--prefer_tflite_model=true"]',
      "--prot=1 --prefer_tflite_model=true",
      '\n      - "--prot=1"\n      - --prefer_tflite_model=true',
    ]) {
      const text = compose(command);
      expect(
        found(text, "compose.yaml", tflite).filter((line) => line.startsWith("flags/")),
        text,
      ).toHaveLength(1);
    }
  });
});

describe("Kubernetes", () => {
  const pod = (args: string, more = ""): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n    - name: sidecar\n      image: busybox\n    - name: tfs\n      image: tensorflow/serving:2.17.1\n      args:\n${args}${more}---\napiVersion: v1\nkind: Service\nmetadata: { name: s }\n`;
  it("checks the args of the server's container", () => {
    expect(
      found(
        pod(
          "        - --model_base_path=gs://b/m\n        - --file_system_poll_wait_seconds=60\n        - --port 9000\n",
        ),
        "pod.yaml",
      ),
    ).toEqual(["deploy/one-flag-an-argument --port 9000"]);
    expect(
      found(
        pod(
          '        - --model_base_path=gs://b/m\n        - --file_system_poll_wait_seconds=60\n        - --model_name="m"\n',
        ),
        "pod.yaml",
      ),
    ).toEqual(['flags/plain-text-values --model_name="m"']);
  });
  it("checks probes against flags", () => {
    const probe =
      "      livenessProbe: { grpc: { port: 8500 } }\n      startupProbe: { httpGet: { path: /v1/models/m, port: 8501 } }\n";
    const args = "        - --model_base_path=gs://b/m\n        - --file_system_poll_wait_seconds=60\n";
    expect(check(pod(args, probe), "pod.yaml").diagnostics.map(({ rule }) => rule)).toContain(
      "deploy/probes",
    );
    expect(
      found(pod(`${args}        - --enable_grpc_healthcheck_service=true\n`, probe), "pod.yaml"),
    ).toEqual([]);
  });
  it("leaves volumes alone that it cannot see", () => {
    const volumes = "      volumeMounts: [{ name: models, mountPath: /models }]\n";
    expect(found(pod("        - --model_base_path=/models/m\n", volumes), "pod.yaml")).toEqual([]);
  });
});

describe("any text", () => {
  it("is told from a manifest without a throw", () => {
    expect(looksLikeManifest("a.yaml", "a: [")).toBe(false);
    expect(looksLikeManifest("a.yaml", "image: tensorflow/serving\n")).toBe(false);
    expect(looksLikeManifest("a.sh", "echo tensorflow/serving")).toBe(false);
    const piece = fc.constantFrom(
      "docker ",
      "run ",
      "-p ",
      "8501:8501 ",
      "-v ",
      '"',
      "'",
      "$(",
      ")",
      "${",
      "}",
      "\\\n",
      "\n",
      "tensorflow/serving ",
      "--port=",
      "--model_name=",
      "tensorflow_model_server ",
      "<<EOF\n",
      "`",
      "#",
      ";",
      "- ",
      ": ",
      "services:\n  a:\n",
      "    image: tensorflow/serving\n",
      "    command: ",
      "&x ",
      "*x ",
      "<<: *x\n",
      "{{ .x }}",
      "FROM tensorflow/serving\n",
      "ENTRYPOINT [",
      "COPY . /models\n",
      "ENV A=$B ",
      "apiVersion: v1\nkind: ConfigMap\n",
      "data:\n  models.config: |\n    model_config_list {\n",
      "spec:\n  containers:\n    - image: tensorflow/serving\n",
      "      args: ",
      "A=(",
      "A+=",
      "${A[@]} ",
      "f() {\n",
      "\n}\n",
      "-c ",
      "sh ",
      "$(docker run tensorflow/serving --x",
      "    extends: a\n",
      "    configs: [c]\n",
      "configs:\n  c:\n    content: >\n      model_config_list {}\n",
      "---\n",
      '"\\u0041\\n"',
      "[",
      "]",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }),
        fc.constantFrom("x.sh", "x.yaml", "x.bat", "Dockerfile"),
        (parts, file) => {
          const text = parts.join("");
          for (const { span } of check(text, file).diagnostics) {
            if (span !== undefined) expect(span.end).toBeLessThanOrEqual(text.length);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
  it("is read in time that grows with its length", () => {
    for (const text of [
      `tensorflow/serving ${"$(docker run ".repeat(5000)}`,
      `a: &a tensorflow/serving\nb: [${"[".repeat(20_000)}`,
      `services:\n${Array.from({ length: 2000 }, (_, i) => `  s${i}: &s${i}\n    image: tensorflow/serving\n    x: [*s${Math.max(0, i - 1)}, *s${Math.max(0, i - 2)}]\n`).join("")}`,
      `kind: Pod\napiVersion: v1\nspec:\n  containers:\n${'    - image: tensorflow/serving\n      args: ["--port=1"]\n'.repeat(300)}`,
      `docker run tensorflow/serving "${"$((".repeat(5000)}`,
      `ARGS=(${"x ".repeat(20_000)})\ndocker run tensorflow/serving "\${ARGS[@]}"`,
    ]) {
      for (const file of ["x.sh", "x.yaml", "Dockerfile"]) {
        const begun = process.cpuUsage();
        check(text, file);
        const { user, system } = process.cpuUsage(begun);
        expect((user + system) / 1e6, `${file} ${text.slice(0, 60)}`).toBeLessThan(8);
      }
    }
  });
});
