import { memoryFileSystem } from "@servable/model-layout";
import { describe, expect, it } from "vitest";
import { checkManifest } from "../src/manifests.ts";

/** The least model.tflite that is one. */
const TFLITE = "\x0c\0\0\0TFL3\x04\0\x04\0\x04\0\0\0";

const encoder = new TextEncoder();

/** `line:column rule` of what is found, in order; where a finding is in another file, its name instead of the place. */
function found(text: string, file: string, files: Record<string, string>): string[] {
  const held = { "/srv/models/m/1/model.tflite": TFLITE, "/srv/here": "", ...files };
  const fs = memoryFileSystem(
    new Map(Object.entries(held).map(([path, body]) => [path, encoder.encode(body)])),
  );
  const { diagnostics } = checkManifest(text, {
    file,
    path: `/srv/${file}`,
    cwd: "/srv",
    fs,
    tfsVersion: "2.17.1",
  });
  return diagnostics
    .filter(({ rule, severity }) => severity !== "info" && rule !== "deploy/image-pinned")
    .map((diagnostic) => {
      if (diagnostic.file !== file) return `${diagnostic.file} ${diagnostic.rule}`;
      const before = text.slice(0, diagnostic.span?.start ?? 0).split("\n");
      const place =
        diagnostic.span === undefined ? "-" : `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
      return `${place} ${diagnostic.rule}`;
    });
}

function form(
  name: string,
  want: readonly string[],
  file: string,
  text: string,
  files: Record<string, string> = {},
): void {
  it(name, () => expect(found(text, file, files)).toEqual(want));
}

/** TensorFlow Lite versions need no SavedModel, so that a model folder can be written down. */
const tflite = "--prefer_tflite_model=true";
const compose = (service: string): string =>
  `services:\n  tfs:\n    image: tensorflow/serving:2.17.1\n${service}`;
const deployment = (container: string, volumes = "", kind = "Deployment", api = "apps/v1"): string =>
  `apiVersion: ${api}\nkind: ${kind}\nmetadata:\n  name: tfs\nspec:\n  replicas: 1\n  template:\n    spec:\n      containers:\n        - name: tfs\n          image: tensorflow/serving:2.17.1\n${container}${volumes}`;
const args = (...list: string[]): string =>
  `          args:\n${list.map((one) => `            - ${one}\n`).join("")}`;
/** Far away, and looked at seldom. */
const patient = "--file_system_poll_wait_seconds=60";
const remote = ["--model_base_path=gs://b/m", patient];
const modelsConfig = `model_config_list {\n  config {\n    name: "m"\n    base_path: "/models/m"\n    model_platform: "tensorfow"\n    model_version_policy { specific { versions: 08 } }\n  }\n}\n`;
const withPolicy = (policy: string): string => modelsConfig.replace(" specific { versions: 08 } ", policy);
const configMap = (key: string, text: string, indent = "    "): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: tfs-config\ndata:\n  ${key}: |\n${text
    .split("\n")
    .map((line) => (line === "" ? line : indent + line))
    .join("\n")}---\n`;
const mountsMap = (more = "", mount = "mountPath: /etc/tfs"): string =>
  deployment(
    `${args("--model_config_file=/etc/tfs/models.config", patient)}          volumeMounts:\n            - name: cfg\n              ${mount}\n            - name: models\n              mountPath: /models\n`,
    `      volumes:\n        - name: cfg\n          configMap:\n            name: tfs-config\n${more}        - name: models\n          hostPath: { path: /data }\n`,
  );

describe("scripts and compose files as people write them", () => {
  form(
    "a substitution",
    ["1:105 flags/known-name"],
    "a.sh",
    `CID=$(docker run -d -p 8501:8501 -v $(pwd)/models/m:/models/m -e MODEL_NAME=m tensorflow/serving:2.17.1 --prot=1 ${tflite})\necho $CID\n`,
  );
  form(
    "a function",
    ["2:103 flags/known-name"],
    "a.sh",
    `start() {\n  docker run --rm -p 8501:8501 -v "$PWD/models/m:/models/m" -e MODEL_NAME=m tensorflow/serving:2.17.1 --prot=1 ${tflite}\n}\nstart\n`,
  );
  form(
    "an array",
    ["2:3 flags/known-name", "5:8 flags/value-readable"],
    "a.sh",
    `ARGS=(\n  --prot=1  # bad\n  ${tflite}\n)\nARGS+=(--enable_batching=yes)\ndocker run --rm -p 8501:8501 -v "$PWD/models/m:/models/m" -e MODEL_NAME=m tensorflow/serving:2.17.1 "\${ARGS[@]}"\n`,
  );
  form(
    "flags in a variable",
    ["4:101 flags/known-name", "4:101 flags/value-readable"],
    "a.sh",
    `FLAGS="--prot=1 ${tflite}"\nFLAGS+=" --enable_batching=yes"\nEXTRA=\ndocker run --rm -p 8501:8501 -v "$PWD/models/m:/models/m" -e MODEL_NAME=m tensorflow/serving:2.17.1 $FLAGS $EXTRA\n`,
  );
  form(
    "-e without a value, exported before",
    [],
    "a.sh",
    `export MODEL_NAME=m\nexport MODEL_BASE_PATH=/models\ndocker run -p 8501:8501 -v "$PWD/models/m:/models/m" -e MODEL_NAME tensorflow/serving:2.17.1 ${tflite}\n`,
  );
  form(
    "--env-file with quotes",
    ["1:54 deploy/environment", "1:73 deploy/mount-covers-base-path"],
    "a.sh",
    `docker run -p 8501:8501 -v "$PWD/models/m:/models/m" --env-file tfs.env tensorflow/serving:2.17.1 ${tflite}\n`,
    { "/srv/tfs.env": 'MODEL_NAME="m"\n' },
  );
  form(
    "--env-file",
    [],
    "a.sh",
    `docker run -p 8501:8501 -v "$PWD/models/m:/models/m" --env-file ./tfs.env tensorflow/serving:2.17.1 ${tflite}\n`,
    { "/srv/tfs.env": "MODEL_NAME=m\n" },
  );
  form(
    "--env-file that is not here",
    [],
    "a.sh",
    `docker run -p 8501:8501 -v "$PWD/models/m:/models/m" --env-file none.env tensorflow/serving:2.17.1 ${tflite}\n`,
  );
  form(
    "a shell as entrypoint",
    ["1:180 flags/known-name"],
    "a.sh",
    `docker run -p 8501:8501 -v "$PWD/models/m:/models/m" --entrypoint /bin/bash tensorflow/serving:2.17.1 -c "tensorflow_model_server --rest_api_port=8501 --model_base_path=/models/m --prot=3 ${tflite}"\n`,
  );
  form(
    "the server as entrypoint",
    ["1:12 deploy/ports-published"],
    "a.sh",
    `docker run -p 8501:8501 -v "$PWD/models/m:/models/m" --entrypoint=tensorflow_model_server tensorflow/serving:2.17.1 --model_base_path=/models/m ${tflite}\n`,
  );
  form(
    "the image's script as entrypoint",
    [],
    "a.sh",
    `docker run -p 8501:8501 -v "$PWD/models/m:/models/m" --entrypoint=/usr/bin/tf_serving_entrypoint.sh tensorflow/serving:2.17.1 --model_base_path=/models/m ${tflite}\n`,
  );
  form(
    "nvidia-docker behind sudo -E",
    ["1:9 deploy/gpu-image"],
    "a.sh",
    `sudo -E nvidia-docker run -itd -p 8501:8501 -v /srv/models/m:/models/m -e MODEL_NAME=m tensorflow/serving:2.17.1 ${tflite}\n`,
  );
  form(
    "a registry with a port, a digest",
    ["1:141 flags/known-name"],
    "a.sh",
    `docker run -p 8501:8501 -v /srv/models/m:/models/m -e MODEL_NAME=m localhost:5000/tensorflow/serving@sha256:0123 ${tflite} --prot=1\n`,
  );
  form(
    "a batch file",
    ["8:3 flags/known-name"],
    "a.bat",
    `@echo off\r\nREM docker run tensorflow/serving --bad\r\ndocker run ^\r\n  -p 8501:8501 ^\r\n  -v %cd%\\models:/models ^\r\n  -e MODEL_NAME=m ^\r\n  tensorflow/serving:2.17.1 ^\r\n  --prot=1\r\n`,
  );
  form(
    "PowerShell",
    ["5:55 flags/known-name"],
    "a.ps1",
    `docker run \`\n -p 8501:8501 \`\n -v \${PWD}/models/m:/models/m \`\n -e MODEL_NAME=m \`\n tensorflow/serving:2.17.1 ${tflite} --prot=1\n`,
  );
  form(
    "--mount, a port with address and protocol",
    [],
    "a.sh",
    `docker run -p 127.0.0.1:8501:8501/tcp --mount 'type=bind,src=/srv/models,dst=/models,readonly' --name=t -e "MODEL_NAME=m" tensorflow/serving:2.17.1 ${tflite}\n`,
  );
  form(
    "a range of ports",
    [],
    "a.sh",
    `docker run -p 8500-8501:8500-8501 -v /srv/models/m:/models/m -e MODEL_NAME=m tensorflow/serving:2.17.1 ${tflite}\n`,
  );
  form(
    "a condition",
    ["1:129 flags/known-name"],
    "a.sh",
    `if ! docker run -d -p 8501:8501 -v /srv/models/m:/models/m -e MODEL_NAME=m tensorflow/serving:2.17.1 ${tflite} --prot=1; then exit 1; fi\n`,
  );
  form(
    "a chain of commands",
    ["1:176 flags/known-name"],
    "a.sh",
    `docker pull tensorflow/serving:2.17.1 && timeout 60 docker run -d -p 8501:8501 -v /srv/models/m:/models/m -e MODEL_NAME=m tensorflow/serving:2.17.1 ${tflite} --prot=1 || true\n`,
  );
  form(
    "a command of the host with redirections",
    ["4:64 flags/known-name"],
    "a.sh",
    `nohup tensorflow_model_server \\\n  --rest_api_port=8501 \\\n  --model_name=m \\\n  --model_base_path="/srv/models/m" ${tflite} --prot=1 >server.log 2>&1 &\n`,
  );
  form(
    "a config through a mount",
    ["models/models.config model-config/platform-known"],
    "a.sh",
    `docker run -p 8501:8501 \\\n -v "$(pwd)/models/:/models/" \\\n tensorflow/serving:2.17.1 \\\n ${tflite} --model_config_file=/models/models.config \\\n --model_config_file_poll_wait_seconds=60\n`,
    {
      "/srv/models/models.config":
        'model_config_list { config { name: "m" base_path: "/models/m" model_platform: "tensorfow" } }',
    },
  );
  form(
    "an image with an entrypoint of its own",
    [],
    "a.sh",
    "docker run -d --name s -v /srv/models:/bitnami/model-data bitnami/tensorflow-serving:2\n",
  );
  form(
    "anchors and merge keys",
    ["2:10 start/base-path-exists", "11:15 flags/known-name", "16:24 deploy/environment"],
    "compose.yaml",
    `x-base: &base\n  image: tensorflow/serving:2.17.1\n  environment: &env\n    MODEL_NAME: m\n  volumes:\n    - ./models/m:/models/m\nservices:\n  a:\n    <<: *base\n    ports: ["8501:8501"]\n    command: ["--prot=1", "${tflite}"]\n  b:\n    <<: *base\n    environment:\n      <<: *env\n      MODEL_BASE_PATH: /models/m\n    command: ${tflite}\n`,
  );
  form(
    "extends",
    ["10:45 flags/known-name"],
    "compose.yaml",
    `services:\n  base:\n    image: tensorflow/serving:2.17.1\n    volumes: ["./models/m:/models/m"]\n    environment: [MODEL_NAME=m]\n    command: ["${tflite}"]\n  gpu:\n    extends: { service: base }\n    ports: ["8501:8501"]\n    command: ["${tflite}", "--prot=1"]\n`,
  );
  form(
    "extends from another file",
    ["5:45 flags/known-name"],
    "compose.yaml",
    `services:\n  gpu:\n    extends: { file: base.yaml, service: base }\n    image: tensorflow/serving:2.17.1\n    command: ["${tflite}", "--prot=1"]\n`,
  );
  form(
    "interpolation with defaults",
    ["7:15 flags/value-readable", "7:48 flags/plain-text-values"],
    "compose.yaml",
    `services:\n  tfs:\n    image: tensorflow/serving:\${TFS_VERSION:-2.17.1}\n    volumes: ["\${MODELS:-./models}/m:/models/m"]\n    environment: { MODEL_NAME: "\${NAME:-m}" }\n    ports: ["\${REST:-8501}:8501"]\n    command: ["--rest_api_port=\${REST_IN:-x}", "--model_name=$$X", "${tflite}"]\n`,
  );
  form(
    "a .env file",
    [],
    "compose.yaml",
    compose(
      `    volumes: ["./models/m:/models/m"]\n    environment:\n      - MODEL_NAME\n    command: ${tflite}\n`,
    ),
    { "/srv/.env": "MODEL_NAME='m'\n" },
  );
  form(
    "env_file",
    ["3:12 deploy/mount-covers-base-path"],
    "compose.yaml",
    compose(`    env_file: tfs.env\n    volumes: ["./models/m:/models/m"]\n    command: ${tflite}\n`),
    { "/srv/tfs.env": "MODEL_NAME=mm\n" },
  );
  form(
    "env_file that is not here",
    [],
    "compose.yaml",
    compose(
      `    env_file: [{path: tfs.env, required: false}]\n    volumes: ["./models/m:/models/m"]\n    command: ${tflite}\n`,
    ),
  );
  form(
    "a folded command",
    ["11:7 flags/known-name", "12:7 flags/value-readable"],
    "compose.yaml",
    compose(
      `    volumes:\n      - type: bind\n        source: ./models\n        target: /models\n    environment:\n      - MODEL_NAME=m\n    command: >\n      --prot=1\n      --enable_batching=yes\n      ${tflite}\n`,
    ),
  );
  form(
    "quotes in the environment",
    [
      "3:12 start/base-path-exists",
      "7:9 deploy/environment",
      "9:7 flags/known-name",
      "10:7 flags/value-readable",
    ],
    "compose.yaml",
    compose(
      `    volumes:\n      - ./models:/models:ro\n    environment:\n      - MODEL_NAME="m"\n    command: |\n      --prot=1\n      --enable_batching=yes\n      ${tflite}\n`,
    ),
  );
  form(
    "entrypoint and command as texts",
    ["7:42 flags/known-name"],
    "compose.yaml",
    compose(
      `    entrypoint: tensorflow_model_server\n    volumes:\n      - ./models:/models:ro\n    command: --model_base_path=/models/m --prot=1 ${tflite}\n`,
    ),
  );
  form(
    "a script in compose",
    ["13:11 flags/known-name"],
    "compose.yaml",
    compose(
      `    entrypoint: ["/bin/sh", "-c"]\n    volumes:\n      - ./models:/models:ro\n    environment: { MODEL_NAME: m }\n    command:\n      - |\n        sleep 3\n        exec tensorflow_model_server --port=8500 \\\n          --model_base_path=/models/$$MODEL_NAME \\\n          --prot=1 ${tflite}\n`,
    ),
  );
  form(
    "a config in the compose file",
    ["17:11 text-proto/unknown-field"],
    "compose.yaml",
    compose(
      `    volumes:\n      - ./models:/models:ro\n    configs:\n      - source: models\n        target: /etc/tfs/models.config\n    command: --model_config_file=/etc/tfs/models.config ${tflite}\nconfigs:\n  models:\n    content: |\n      model_config_list {\n        config {\n          name: "m"\n          base_path: "/models/m"\n          model_platfrom: "tensorflow"\n        }\n      }\n`,
    ),
  );
  form(
    "ports in every form",
    ["8:9 deploy/ports-published"],
    "compose.yaml",
    compose(
      `    ports:\n      - target: 8501\n        published: "9001"\n      - "8500-8501:8500-8501"\n      - 9000:9000\n    volumes: ["./models/m:/models/m"]\n    environment: { MODEL_NAME: m }\n    command: ${tflite}\n`,
    ),
  );
  form(
    "a named volume bound to a folder",
    [],
    "compose.yaml",
    compose(
      `    volumes: ["models:/models"]\n    environment: { MODEL_NAME: m }\n    command: ${tflite}\nvolumes:\n  models:\n    driver_opts: { type: none, o: bind, device: "./models" }\n`,
    ),
  );
  form(
    "the nvidia runtime",
    ["6:54 deploy/environment"],
    "compose.yaml",
    `services:\n  tfs:\n    image: tensorflow/serving:2.17.1-gpu\n    runtime: nvidia\n    volumes: ["./models/m:/models/m"]\n    environment: { MODEL_NAME: m, MODEL_CONFIG_FILE: /x }\n    command: ${tflite}\n`,
  );
  form(
    "an image that is built",
    ["4:14 start/file-readable", "4:39 flags/known-name"],
    "compose.yaml",
    `services:\n  tfs:\n    build: .\n    command: --model_config_file=/m/x --prot=1\n`,
  );
  form(
    "services of odd shapes",
    [],
    "compose.yaml",
    `services:\n  tfs:\n  b: null\n  c: [1]\n  d:\n    image:\n    command:\n    volumes:\n    environment:\n    ports: 3\nversion: 3\n`,
  );
});

describe("scripts that prepare what they start", () => {
  const config = `model_config_list {\n  config { name: "m" base_path: "/models/m" model_platfrom: "tensorflow" }\n}\n`;
  const run = `docker run -p 8501:8501 -v "$PWD/models/m:/models/m" -v $PWD/models.config:/etc/models.config tensorflow/serving:2.17.1 --model_config_file=/etc/models.config ${tflite}\n`;
  form(
    "a config in a here document",
    ["3:45 text-proto/unknown-field"],
    "a.sh",
    `cat > models.config <<EOF\n${config}EOF\n${run}`,
  );
  form(
    "a config in a quoted here document, with the file behind",
    ["4:45 text-proto/unknown-field"],
    "a.sh",
    `set -e\ncat <<'EOF' > ./models.config\n${config}EOF\n${run}`,
  );
  form(
    "a config that tee writes",
    ["3:45 text-proto/unknown-field"],
    "a.sh",
    `tee models.config <<EOF >/dev/null\n${config}EOF\n${run}`,
  );
  form(
    "a config with a variable, which only the shell knows",
    [],
    "a.sh",
    `cat > models.config <<EOF\n${config.replace("/models/m", "$BASE/m")}EOF\n${run}`,
  );
  form(
    "a model that is fetched before",
    [],
    "a.sh",
    `git clone https://github.com/tensorflow/serving\nTESTDATA="$(pwd)/serving/testdata"\ndocker run -p 8501:8501 -v "$TESTDATA/half:/models/half" -e MODEL_NAME=half tensorflow/serving:2.17.1 ${tflite} &\n`,
  );
  form(
    "a folder that nothing makes",
    ["1:25 deploy/mount-source-exists"],
    "a.sh",
    `docker run -p 8501:8501 -v "$PWD/none:/models/m" -e MODEL_NAME=m tensorflow/serving:2.17.1 ${tflite}\n`,
  );
});

describe("images of one's own", () => {
  form(
    "with the entrypoint's variable and port",
    ["1:117 flags/known-name"],
    "a.sh",
    `docker run -p 8501:8501 -v $PWD/models/m:/models/m -e MODEL_NAME=m me/tfs:2.17.1-v3 ${tflite}      --prot=1\n`,
  );
  form(
    "with a flag of the server",
    ["1:108 flags/known-name"],
    "a.sh",
    `docker run -p 8501:8501 -v $PWD/models/m:/models/model me/tfs:2.17.1-v3 ${tflite}         --prot=1\n`,
  );
  form(
    "that have a variable of that name for something else",
    [],
    "a.sh",
    "docker run -p 8000:8000 -e MODEL_NAME=m me/api --prot=1\n",
  );
  form(
    "in a file that this tool generated",
    ["3:18 flags/known-name"],
    "compose.yaml",
    `# Generated by servable 0.1.0 from servable.yaml\nservices:\n  t: { command: [--prot=1, ${tflite}], image: "me/tfs:2.17.1", volumes: ["./models/m:/models/model"] }\n`,
  );
  form(
    "with a mount whose path holds a comma",
    [],
    "a.sh",
    `docker run -p 8501:8501 --mount 'type=bind,"source=/srv/a,""b",target=/models/m' -e MODEL_NAME=m me/tfs ${tflite}\n`,
    { '/srv/a,"b/1/model.tflite': TFLITE },
  );
  form(
    "started by the helper of a generated script",
    [],
    "a.sh",
    `bind_mount '/srv/a,"b' target=/models/m\nM=$REPLY\ndocker run -p 8501:8501 --mount "$M" -e MODEL_NAME=m me/tfs ${tflite}\n`,
    { '/srv/a,"b/1/model.tflite': TFLITE },
  );
});

describe("Dockerfiles as people write them", () => {
  const from = "FROM tensorflow/serving:2.17.1\n";
  const broken = {
    "/srv/models.config":
      'model_config_list { config { name: "m" base_path: "/models/m" model_platform: "tensorfow" } }',
  };
  form(
    "a model that is copied",
    [],
    "Dockerfile",
    `${from}COPY models/m /models/m\nENV MODEL_NAME=m\nCMD ["${tflite}"]\n`,
  );
  form(
    "another name than the folder's",
    ["1:6 deploy/mount-covers-base-path"],
    "Dockerfile",
    `${from}COPY models/m /models/m\nENV MODEL_NAME=n\nEXPOSE 8501\n`,
  );
  form(
    "variables that nothing reads",
    ["1:6 start/base-path-exists", "4:5 deploy/environment", "4:33 deploy/environment"],
    "Dockerfile",
    `${from}COPY models/m /models/m\nENV MODEL_NAME m\nENV MODEL_CONFIG_FILE=/models/x MODEL_BASE_PATH=/models/m\n`,
  );
  form(
    "a config, continuations and comments",
    ["9:3 flags/known-name", "models.config model-config/platform-known"],
    "Dockerfile",
    `# syntax=docker/dockerfile:1\nARG V=2.17.1\nFROM tensorflow/serving:\${V}\nCOPY ./models/ /models/\nCOPY models.config /models/models.config\nENTRYPOINT ["/usr/bin/tf_serving_entrypoint.sh", \\\n  "--model_config_file=/models/models.config", \\\n  # a comment\n  "--prot=1", "${tflite}"]\n`,
    broken,
  );
  form(
    "stages, and the server as entrypoint",
    ["5:95 flags/value-readable"],
    "Dockerfile.cpu",
    `FROM tensorflow/serving:2.17.1 AS base\nCOPY models/m /models/m\n\nFROM base\nENTRYPOINT ["tensorflow_model_server", "--rest_api_port=8501", "--model_base_path=/models/m", "--enable_batching=yes", "${tflite}"]\n`,
  );
  form(
    "the script of a shell",
    ["5:43 flags/known-name"],
    "Dockerfile",
    `${from}COPY models /models\nENV MODEL_NAME=m PORT=8501\nENTRYPOINT tensorflow_model_server --rest_api_port=\${PORT} \\\n  --model_base_path=/models/\${MODEL_NAME} --prot=1 ${tflite}\n`,
  );
  form(
    "a model from another stage",
    [],
    "Dockerfile",
    `FROM python:3 AS export\nRUN make\n${from}COPY --from=export /out /models/m\nENV MODEL_NAME=m\n`,
  );
  form(
    "a folder that is not there",
    ["2:6 deploy/mount-source-exists"],
    "Dockerfile",
    `${from}COPY model /models/m\nENV MODEL_NAME=m\n`,
  );
  form(
    "the devel image",
    ["1:6 deploy/image-serves"],
    "Dockerfile",
    `FROM tensorflow/serving:2.17.1-devel\nRUN bazel build x\n`,
  );
  form(
    "another image",
    [],
    "Dockerfile",
    `FROM python:3\nRUN pip install tensorflow-serving-api\nCMD ["python", "x.py"]\n`,
  );
  form(
    "pieces",
    [],
    "Dockerfile",
    `FROM\nENV\nCOPY\nCMD\nENTRYPOINT [\nFROM tensorflow/serving\nCOPY a\nENTRYPOINT ["x\nENV A`,
  );
});

describe("Kubernetes objects as people write them", () => {
  form(
    "StatefulSet",
    ["15:15 flags/known-name"],
    "k.yaml",
    deployment(args(...remote, "--prot=1"), "", "StatefulSet"),
  );
  form(
    "CronJob",
    ["12:90 flags/known-name"],
    "k.yaml",
    `apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: x }\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - name: c\n              image: tensorflow/serving:2.17.1\n              args: ["--model_base_path=gs://b/m", "${patient}", "--prot=1"]\n`,
  );
  form(
    "List",
    ["11:86 flags/known-name"],
    "k.yaml",
    `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Pod\n    metadata: { name: p }\n    spec:\n      containers:\n        - name: c\n          image: tensorflow/serving:2.17.1\n          args: ["--model_base_path=gs://b/m", "${patient}", "--prot=1"]\n`,
  );
  form(
    "JSON",
    ["15:11 flags/known-name"],
    "k.json",
    JSON.stringify(
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "p" },
        spec: {
          containers: [{ name: "c", image: "tensorflow/serving:2.17.1", args: [...remote, "--prot=1"] }],
        },
      },
      null,
      2,
    ),
  );
  form(
    "a patch without an image",
    ["10:15 start/file-readable", "11:15 flags/known-name"],
    "k.yaml",
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          args:\n            - --model_config_file=/x/y\n            - --prot=1\n`,
  );
  form(
    "Argo Rollout",
    ["15:15 flags/known-name"],
    "k.yaml",
    deployment(args(...remote, "--prot=1"), "", "Rollout", "argoproj.io/v1alpha1"),
  );
  form(
    "SeldonDeployment",
    ["10:24 deploy/gpu-image", "12:21 flags/no-stray-arguments"],
    "k.yaml",
    `apiVersion: machinelearning.seldon.io/v1\nkind: SeldonDeployment\nmetadata: { name: x }\nspec:\n  predictors:\n    - componentSpecs:\n        - spec:\n            containers:\n              - name: c\n                image: tensorflow/serving:2.3.0-gpu\n                args:\n                  - "/usr/bin/tensorflow_model_server"\n                  - "--port=7001"\n                  - "--model_name=f"\n                  - "--model_base_path=/mnt/models"\n                volumeMounts: [{ name: v, mountPath: /mnt }]\n`,
  );
  form(
    "KServe runtime with a template",
    ["13:11 start/base-path-exists", "15:11 flags/known-name"],
    "k.yaml",
    `apiVersion: serving.kserve.io/v1alpha1\nkind: ClusterServingRuntime\nmetadata: { name: x }\nspec:\n  containers:\n    - name: kserve-container\n      image: tensorflow/serving:2.6.2\n      command: [/usr/bin/tensorflow_model_server]\n      args:\n        - --model_name={{.Name}}\n        - --port=9000\n        - --rest_api_port=8080\n        - --model_base_path=/mnt/models\n        - --rest_api_timeout_in_ms=60000\n        - --prot=1\n`,
  );
  form(
    "Helm chart",
    ["16:15 start/file-readable", "18:15 flags/known-name"],
    "k.yaml",
    `{{- if .Values.enabled }}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include "x.fullname" . }}\n  labels:\n    {{- include "x.labels" . | nindent 4 }}\nspec:\n  replicas: {{ .Values.replicas }}\n  template:\n    spec:\n      containers:\n        - name: {{ .Chart.Name }}\n          image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n          args:\n            - --model_config_file=/config/models.config\n            - --rest_api_port={{ .Values.port }}\n            - --prot=1\n          env:\n            {{- toYaml .Values.env | nindent 12 }}\n{{- end }}\n`,
  );
  form(
    "a script with a variable of the container",
    ["14:123 flags/known-name"],
    "k.yaml",
    deployment(
      `          command: ["/bin/sh", "-c"]\n          args:\n            - tensorflow_model_server --rest_api_port=8501 --model_base_path=$(BASE)/m ${patient} --prot=1\n          env:\n            - name: BASE\n              value: gs://b\n`,
    ),
  );
  form(
    "a script in a block",
    ["21:17 flags/value-readable"],
    "k.yaml",
    deployment(
      `          command: ["/bin/bash"]\n          args:\n            - -c\n            - |\n              set -e\n              echo start\n              exec tensorflow_model_server \\\n                --rest_api_port=8501 \\\n                --model_base_path=gs://b/m ${patient} \\\n                --enable_batching=yes\n`,
    ),
  );
  form(
    "values from elsewhere",
    ["16:15 flags/value-readable", "17:15 flags/known-name"],
    "k.yaml",
    deployment(
      args(
        "--model_name=$(NAME)",
        "--model_base_path=gs://b/$(NAME)",
        patient,
        "--rest_api_num_threads=$(N)",
        "--prot=1",
      ) +
        `          env:\n            - name: NAME\n              valueFrom: { configMapKeyRef: { name: c, key: n } }\n            - name: N\n              value: "x1"\n`,
    ),
  );
  form(
    "envFrom",
    [],
    "k.yaml",
    deployment(
      `          envFrom: [{ configMapRef: { name: c } }]\n          volumeMounts: [{ name: v, mountPath: /models/foo }]\n`,
      `      volumes:\n        - name: v\n          persistentVolumeClaim: { claimName: c }\n`,
    ),
  );
  form(
    "a claim mounted elsewhere",
    ["11:18 deploy/mount-covers-base-path"],
    "k.yaml",
    deployment(
      `          env: [{ name: MODEL_NAME, value: bar }]\n          volumeMounts: [{ name: v, mountPath: /models/foo }]\n`,
      `      volumes:\n        - name: v\n          persistentVolumeClaim: { claimName: c }\n`,
    ),
  );
  form(
    "probes by port name",
    ["18:25 deploy/probes"],
    "k.yaml",
    deployment(
      args(...remote) +
        `          ports: [{ name: rest, containerPort: 8501 }, { name: grpc, containerPort: 8500 }]\n          readinessProbe: { httpGet: { path: /v1/models/m, port: rest } }\n          livenessProbe: { tcpSocket: { port: grpc } }\n          startupProbe: { httpGet: { path: /v1/models/m, port: 9000 }, failureThreshold: 60 }\n`,
    ),
  );
  form(
    "limits",
    ["16:63 deploy/gpu-image"],
    "k.yaml",
    deployment(
      args(...remote) +
        `          resources:\n            limits: { cpu: 500m, memory: 2Gi, nvidia.com/gpu: 1 }\n`,
    ),
  );
  form(
    "a ConfigMap",
    ["11:25 model-config/platform-known", "12:53 text-proto/syntax"],
    "k.yaml",
    configMap("models.config", modelsConfig) + mountsMap(),
  );
  form(
    "a ConfigMap behind its user",
    ["37:27 model-config/platform-known", "38:34 text-proto/unknown-field"],
    "k.yaml",
    `${mountsMap()}---\n${configMap("models.config", withPolicy(" specfic {} "), "      ")}`,
  );
  form(
    "items of a ConfigMap",
    ["11:25 model-config/platform-known"],
    "k.yaml",
    configMap("cfg", withPolicy(" all {} ")) +
      mountsMap("            items:\n              - key: cfg\n                path: models.config\n"),
  );
  form(
    "subPath",
    ["11:25 model-config/platform-known", "31:15 deploy/config-mounted-as-folder"],
    "k.yaml",
    configMap("models.config", withPolicy(" all {} ")) +
      mountsMap("", "mountPath: /etc/tfs/models.config\n              subPath: models.config").replace(
        patient,
        "--model_config_file_poll_wait_seconds=5",
      ),
  );
  form(
    "a key that the ConfigMap lacks",
    ["11:25 model-config/platform-known", "12:53 text-proto/syntax", "28:15 start/file-readable"],
    "k.yaml",
    configMap("model.config", modelsConfig) + mountsMap(),
  );
  form(
    "a ConfigMap with an escaped text",
    ["6:88 text-proto/unknown-field"],
    "k.yaml",
    configMap("x", "").replace(
      "  x: |\n",
      `  models.config: "model_config_list {\\n  config { name: \\"m\\" base_path: \\"/models/m\\" model_platfrom: \\"t\\" }\\n}\\n"\n`,
    ) + mountsMap(),
  );
  form(
    "a ConfigMap with a folded text",
    ["11:25 model-config/platform-known", "12:32 text-proto/unknown-field"],
    "k.yaml",
    configMap("models.config", withPolicy(" al {} ")).replace("config: |", "config: >") + mountsMap(),
  );
  form(
    "a ConfigMap with an indentation indicator",
    ["11:25 model-config/platform-known", "12:32 text-proto/unknown-field"],
    "k.yaml",
    configMap("models.config", withPolicy(" al {} ")).replace("config: |", "config: |+2") + mountsMap(),
  );
  form(
    "a ConfigMap alone",
    ["11:25 model-config/platform-known", "12:53 text-proto/syntax"],
    "k.yaml",
    configMap("models.config", modelsConfig).replace("---\n", ""),
  );
  form(
    "a batching file in a ConfigMap",
    ["8:30 batching/allowed-sizes-end-at-max"],
    "k.yaml",
    configMap("batching.config", "max_batch_size { value: 8 }\nallowed_batch_sizes: [2, 4]\n") +
      deployment(
        args(...remote, "--enable_batching", "--batching_parameters_file=/etc/tfs/batching.config") +
          `          volumeMounts: [{ name: cfg, mountPath: /etc/tfs/ }]\n`,
        `      volumes: [{ name: cfg, configMap: { name: tfs-config } }]\n`,
      ),
  );
  form(
    "a suppression in a ConfigMap",
    [],
    "k.yaml",
    configMap(
      "models.config",
      modelsConfig
        .replace(
          "    model_platform",
          "    # servable-disable-next-line model-config/platform-known -- test\n    model_platform",
        )
        .replace(" specific { versions: 08 } ", " all {} "),
    ) + mountsMap(),
  );
  form(
    "ConfigMap and Pod in a JSON list",
    ["12:47 text-proto/unknown-field"],
    "k.json",
    JSON.stringify(
      {
        apiVersion: "v1",
        kind: "List",
        items: [
          {
            apiVersion: "v1",
            kind: "ConfigMap",
            metadata: { name: "c" },
            data: { "monitoring.config": "prometheus_config { enabled: true }" },
          },
          {
            apiVersion: "v1",
            kind: "Pod",
            metadata: { name: "p" },
            spec: {
              volumes: [{ name: "v", configMap: { name: "c" } }],
              containers: [
                {
                  name: "t",
                  image: "tensorflow/serving:2.17.1",
                  args: [...remote, "--monitoring_config_file=/c/monitoring.config"],
                  volumeMounts: [{ name: "v", mountPath: "/c" }],
                },
              ],
            },
          },
        ],
      },
      null,
      1,
    ),
  );
  form(
    "a projected volume",
    ["11:25 model-config/platform-known"],
    "k.yaml",
    configMap("models.config", withPolicy(" all {} ")) +
      mountsMap().replace(
        "          configMap:\n            name: tfs-config\n",
        "          projected:\n            sources:\n              - configMap: { name: tfs-config }\n",
      ),
  );
  form(
    "a document that cannot be read",
    ["17:15 flags/known-name"],
    "k.yaml",
    `a: [\n---\n${deployment(args(...remote, "--prot=1"))}`,
  );
  form(
    "anchors in a list",
    ["12:11 flags/known-name"],
    "k.yaml",
    `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n    - &c\n      name: c\n      image: tensorflow/serving:2.17.1\n      args: &a\n        - --model_base_path=gs://b/m\n        - ${patient}\n        - --prot=1\n    - <<: *c\n      name: d\n    - name: e\n      image: tensorflow/serving:2.17.1\n      args: *a\n`,
  );
  form(
    "an anchor inside itself",
    ["4:28 start/base-path-exists", "4:62 flags/known-name"],
    "k.yaml",
    `apiVersion: v1\nkind: Pod\nspec: &s\n  containers: [*s, {image: tensorflow/serving, args: &a [*a, "--prot=1"]}]\n`,
  );
  form(
    "numbers as arguments",
    ["15:15 flags/no-stray-arguments", "16:15 flags/no-stray-arguments"],
    "k.yaml",
    deployment(args(...remote, "8500", "true", "--port=08500")),
  );
});
