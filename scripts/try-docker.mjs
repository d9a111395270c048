// `servable verify --with docker` and docker-run.sh against a real Docker engine. The image is made on the spot, without a
// registry: this machine's Node, the built command, and an entrypoint that does what TensorFlow Serving's does, with the
// embedded server as tensorflow_model_server. Uses the engine at hand, or starts one of its own (as root, with dockerd).
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const bin = process.env.SERVABLE_BIN ?? join(root, "packages", "servable", "dist", "bin.js");
const IMAGE = "servable-try/serving:2.17.1";
const scratch = mkdtempSync(join(tmpdir(), "servable-docker-"));
const env = { ...process.env, NO_COLOR: "1" };
/** What a verify that passes ends with. */
const passes = { status: 0, says: [/ 0 failed/, /container removed/] };
let engine;
let failures = 0;

const docker = (...args) => spawnSync("docker", args, { env, encoding: "utf8", maxBuffer: 1 << 28 });
const answers = () => docker("info", "--format", "{{.ServerVersion}}").status === 0;
const verify = (folder) => servable(folder, "verify", "--with", "docker");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function skip(reason) {
  console.log(`skipped: ${reason}`);
  rmSync(scratch, { recursive: true, force: true });
  process.exit(0);
}

if (process.platform !== "linux")
  skip("the image is made from this machine's own files, which must be Linux's");
if (docker("--version").status !== 0) skip("docker is not installed");
if (!existsSync(bin)) throw new Error("not built: npx turbo run build --filter=servable");
if (!answers()) await startEngine();

try {
  makeImage();
  await scenarios();
} finally {
  docker("rmi", "--force", IMAGE);
  await stopEngine();
  rmSync(scratch, { recursive: true, force: true });
}
process.exitCode = failures > 0 ? 1 : 0;

/** An engine that shares nothing with the system's: own socket, own storage, no firewall rules. */
async function startEngine() {
  if (process.getuid?.() !== 0) skip("no Docker engine answers, and only root can start one");
  const dockerd = ["/usr/sbin/dockerd", "/usr/bin/dockerd", "/usr/local/bin/dockerd"].find(existsSync);
  if (dockerd === undefined) skip("no Docker engine answers, and dockerd is not installed");
  env.DOCKER_HOST = `unix://${join(scratch, "docker.sock")}`;
  engine = spawn(
    dockerd,
    [
      ...[
        "--host",
        env.DOCKER_HOST,
        "--data-root",
        join(scratch, "data"),
        "--exec-root",
        join(scratch, "exec"),
      ],
      ...["--pidfile", join(scratch, "dockerd.pid"), "--storage-driver=vfs"],
      ...["--iptables=false", "--ip6tables=false", "--ip-masq=false"],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  // Also where this script is ended before its time.
  process.on("exit", () => engine.kill("SIGTERM"));
  let log = "";
  engine.stderr.setEncoding("utf8").on("data", (text) => {
    log = (log + text).slice(-4000);
  });
  for (let attempt = 0; attempt < 60 && engine.exitCode === null; attempt++) {
    if (answers()) return;
    await pause(500);
  }
  const last = log.trimEnd().split("\n").at(-1) ?? "";
  await stopEngine();
  skip(`the Docker engine does not start here: ${last}`);
}

async function stopEngine() {
  if (engine === undefined || engine.exitCode !== null) return;
  engine.kill("SIGTERM");
  await Promise.race([new Promise((done) => engine.once("exit", done)), pause(15_000)]);
  // The host's network, which a container used, stays mounted there.
  spawnSync("umount", [join(scratch, "exec", "netns", "default")]);
}

function makeImage() {
  const image = join(scratch, "image");
  for (const folder of ["usr/bin", "etc", "tmp", "models", "opt/servable"])
    mkdirSync(join(image, folder), { recursive: true });
  for (const tool of ["node", "bash", "sleep"]) {
    const found =
      tool === "node" ? process.execPath : spawnSync("which", [tool], { encoding: "utf8" }).stdout.trim();
    const path = realpathSync(found);
    copyFileSync(path, join(image, "usr/bin", tool));
    chmodSync(join(image, "usr/bin", tool), 0o755);
    const needs = spawnSync("ldd", [path], { encoding: "utf8" }).stdout.match(/\/\S+\.so\S*/g) ?? [];
    for (const library of needs) {
      mkdirSync(join(image, dirname(library)), { recursive: true });
      copyFileSync(library, join(image, library));
      chmodSync(join(image, library), 0o755);
    }
  }
  symlinkSync("usr/bin", join(image, "bin"));
  cpSync(dirname(bin), join(image, "opt/servable"), { recursive: true });
  const script = (name, text) => writeFileSync(join(image, "usr/bin", name), text, { mode: 0o755 });
  script("tensorflow_model_server", '#!/bin/bash\nexec node /opt/servable/bin.js serve -- "$@"\n');
  // As in the official image: fixed flags from two variables without quotes, no exec, then the arguments.
  script(
    "tf_serving_entrypoint.sh",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's
    '#!/bin/bash\ntensorflow_model_server --port=8500 --rest_api_port=8501 --model_name=${MODEL_NAME} --model_base_path=${MODEL_BASE_PATH}/${MODEL_NAME} "$@"\n',
  );
  const changes = [
    'ENTRYPOINT ["/usr/bin/tf_serving_entrypoint.sh"]',
    "ENV PATH=/usr/bin",
    "ENV MODEL_NAME=model",
    "ENV MODEL_BASE_PATH=/models",
    "EXPOSE 8500 8501",
  ].flatMap((change) => ["--change", change]);
  const archive = join(scratch, "image.tar");
  for (const { status, stderr } of [
    spawnSync("tar", ["-C", image, "-cf", archive, "."], { encoding: "utf8" }),
    docker("import", ...changes, archive, IMAGE),
  ]) {
    if (status !== 0) throw new Error(`the image can't be made: ${stderr}`);
  }
  rmSync(archive);
  const { stdout } = docker("version", "--format", "client {{.Client.Version}}, engine {{.Server.Version}}");
  console.log(`docker ${stdout.trim()}`);
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** A project with a spec and models, and free ports. */
async function project(name, spec, models = { half: "half_plus_two_versions" }) {
  const folder = join(scratch, "projects", name);
  for (const [path, fixture] of Object.entries(models)) {
    cpSync(join(root, "fixtures", "models", fixture), join(folder, "models", path), { recursive: true });
  }
  mkdirSync(folder, { recursive: true });
  const ports = { grpc: { published: await freePort() }, rest: { published: await freePort() } };
  writeFileSync(
    join(folder, "servable.yaml"),
    JSON.stringify({
      server: { version: "2.17.1", image: IMAGE },
      ports,
      models: Object.keys(models).map((path, index) => ({ name: `m${index}`, path: `models/${path}` })),
      docker: true,
      ...spec,
    }),
  );
  return { folder, ports };
}

function servable(folder, ...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

function running() {
  return docker("ps", "--all", "--quiet").stdout.split("\n").filter(Boolean);
}

/** One scenario: what came out, against what must. */
async function scenario(what, run, want) {
  const before = new Set(running());
  const started = performance.now();
  const got = await run();
  const left = running().filter((id) => !before.has(id));
  const wrong = [
    ...(got.status === want.status ? [] : [`status ${got.status}, not ${want.status}`]),
    ...(want.says ?? [])
      .filter((pattern) => !pattern.test(got.stdout + got.stderr))
      .map((pattern) => `does not say ${pattern}`),
    ...(left.length === 0 ? [] : [`leaves ${left.length} container(s) behind`]),
    ...(got.wrong ?? []),
  ];
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `${wrong.length === 0 ? "ok    " : "FAILED"} ${what} (${seconds} s)${wrong.map((each) => `\n       ${each}`).join("")}`,
  );
  if (wrong.length > 0) {
    failures++;
    console.log(`${got.stdout}${got.stderr}`.replace(/^/gm, "       | "));
  }
  if (left.length > 0) docker("rm", "--force", ...left);
}

/** Whatever the spec may say of the container. */
async function containersThatServe() {
  const one = await project("one", {});
  await scenario("one model", () => verify(one.folder), passes);
  const several = await project(
    "several",
    {
      batching: true,
      monitoring: true,
      resources: { cores: 1, memoryMiB: 1024 },
      models: [
        { name: "half", path: "models/half", versionPolicy: "all", labels: { stable: 20240131 } },
        { name: "mlp", path: "models/mlp" },
      ],
    },
    { half: "half_plus_two_versions", mlp: "keras_mlp_export" },
  );
  await scenario("models.config, batching, monitoring, limits", () => verify(several.folder), passes);
  const secret = await project("tls", {
    tls: { serverKeyFile: "key.pem", serverCertFile: "cert.pem" },
    models: [{ name: "half", path: "models/half" }],
  });
  const made = spawnSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem"],
      ...["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"],
    ],
    { cwd: secret.folder },
  );
  if (made.status === 0) await scenario("TLS", () => verify(secret.folder), passes);
  const hostile = await project(
    'it\'s "$HOME", `id` & #1',
    {},
    { "a, b '$(x)' \"é\"": "half_plus_two_versions" },
  );
  await scenario("hostile names of folders", () => verify(hostile.folder), passes);
  for (const [what, options] of [
    ["detached", { detach: true }],
    ["without --rm", { remove: false }],
    ["without --init, so deaf to signals", { init: false }],
    ["with a restart policy", { restart: "always" }],
    ["named, as another user", { name: "servable-try", user: "1000:1000" }],
  ]) {
    const { folder } = await project(what, { docker: options });
    await scenario(what, () => verify(folder), passes);
  }
  await scenario(
    "on the network of the host",
    async () => {
      const { folder } = await project("host", {
        ports: { grpc: { container: await freePort() }, rest: { container: await freePort() } },
        docker: { network: "host" },
      });
      return verify(folder);
    },
    passes,
  );

  await scenario(
    "docker-run.sh from another folder, then docker stop",
    async () => {
      const { folder, ports } = await project("script's own", { docker: { name: "servable-script" } });
      const made = servable(folder, "generate");
      if (made.status !== 0) return made;
      const script = spawn("bash", [join(folder, "serving", "docker-run.sh")], {
        cwd: "/",
        env,
        stdio: "ignore",
      });
      const ended = new Promise((done) => script.once("exit", done));
      const smoked = servable(folder, "smoke", "--wait", "30");
      const inspected = docker(
        "inspect",
        "--format",
        "{{.HostConfig.AutoRemove}} {{.HostConfig.Init}}",
        "servable-script",
      );
      docker("stop", "servable-script");
      await ended;
      const bound = inspected.stdout.trim() === "true true" ? [] : [`inspect says ${inspected.stdout}`];
      return { ...smoked, wrong: ports.grpc ? bound : [] };
    },
    { status: 0, says: [/ 0 failed/] },
  );
}

/** What docker itself refuses. */
async function runsThatDockerRefuses() {
  await scenario(
    "an image that is nowhere",
    async () => {
      const image = { reference: "localhost:1/servable-try/none:1" };
      const { folder } = await project("no-image", { server: { version: "2.17.1", image } });
      return verify(folder);
    },
    { status: 2, says: [/docker run failed with status 125/, /docker pull/] },
  );
  docker("create", "--name", "servable-taken", IMAGE);
  for (const remove of [true, false]) {
    await scenario(
      `a name that is taken (remove: ${remove})`,
      async () => {
        const { folder } = await project(`taken-${remove}`, { docker: { name: "servable-taken", remove } });
        const result = verify(folder);
        const there = docker("inspect", "servable-taken").status === 0;
        return { ...result, wrong: there ? [] : ["the container of that name is gone"] };
      },
      { status: 2, says: [/already in use/, /docker\.name/] },
    );
  }
  docker("rm", "servable-taken");
  for (const docker of [{}, { remove: false }, { detach: true }, { detach: true, remove: false }]) {
    await scenario(
      `a port that is taken (${JSON.stringify(docker)})`,
      async () => {
        const { folder, ports } = await project(`port-${JSON.stringify(docker)}`, { docker });
        const server = createServer();
        await new Promise((done) => server.listen(ports.rest.published, "0.0.0.0", done));
        try {
          return verify(folder);
        } finally {
          server.close();
        }
      },
      { status: 2, says: [/address already in use|port is already allocated/, /published/] },
    );
  }
  await scenario(
    "a model folder that is not there",
    async () => {
      const { folder } = await project("no-folder", {});
      rmSync(join(folder, "models"), { recursive: true });
      return verify(folder);
    },
    { status: 2, says: [/bind source path does not exist/, /does not see that folder/] },
  );
}

async function serversThatEndOrWait() {
  for (const options of [{}, { detach: true, remove: false }]) {
    await scenario(
      `a server that ends at once (${JSON.stringify(options)})`,
      async () => {
        const { folder } = await project(`ends-${JSON.stringify(options)}`, {
          docker: options,
          extraFlags: ["--platform_config_file=/nope"],
        });
        return verify(folder);
      },
      { status: 3, says: [/ended by itself with status \d+/, /\/nope/] },
    );
  }
  await scenario(
    "a server that waits for a version for ever",
    async () => {
      const { folder } = await project("no-version", { smoke: { startupWaitSeconds: 15 } }, {});
      mkdirSync(join(folder, "models", "m0"), { recursive: true });
      const spec = {
        server: { version: "2.17.1", image: IMAGE },
        docker: true,
        smoke: { startupWaitSeconds: 15 },
      };
      const ports = { grpc: { published: await freePort() }, rest: { published: await freePort() } };
      writeFileSync(
        join(folder, "servable.yaml"),
        JSON.stringify({ ...spec, ports, models: [{ name: "m0", path: "models/m0" }] }),
      );
      return verify(folder);
    },
    { status: 3, says: [/the container's log/, /No versions of servable m0 found/] },
  );
}

async function interruptedRuns() {
  for (const [presses, options] of [{}, { detach: true }, { init: false }].flatMap((each) => [
    [1, each],
    [2, each],
  ])) {
    await scenario(
      `Ctrl-C while waiting, ${presses} time(s) (${JSON.stringify(options)})`,
      async () => {
        const { folder } = await project(`interrupt-${presses}-${JSON.stringify(options)}`, {
          docker: options,
        });
        const { child, ended } = await waiting(folder);
        for (let press = 0; press < presses; press++) {
          // To the whole group, as a terminal does it.
          process.kill(-child.pid, "SIGINT");
          await pause(30);
        }
        return ended;
      },
      { status: 130, says: [/container removed/, ...(presses > 1 ? [/Ctrl-C once more/] : [])] },
    );
  }
  await scenario(
    "after a run that was killed",
    async () => {
      const { folder } = await project("killed", {});
      const { child, ended } = await waiting(folder);
      const [left] = running();
      process.kill(child.pid, "SIGKILL");
      await ended;
      const result = verify(folder);
      const named = result.stderr.includes(`docker rm --force ${left}`);
      const there = running().includes(left);
      docker("rm", "--force", left);
      return {
        ...result,
        wrong: [
          ...(named ? [] : [`does not name ${left}`]),
          ...(there ? [] : ["has removed what it did not start"]),
        ],
      };
    },
    { status: 2, says: [/the same image and flags/] },
  );
}

async function scenarios() {
  await containersThatServe();
  await runsThatDockerRefuses();
  await serversThatEndOrWait();
  await interruptedRuns();
}

/** A verify of a server that waits for ever, once its container runs. */
async function waiting(folder) {
  rmSync(join(folder, "models"), { recursive: true });
  mkdirSync(join(folder, "models", "half"), { recursive: true });
  const before = running().length;
  const child = spawn(process.execPath, [bin, "verify", "--with", "docker"], {
    cwd: folder,
    env,
    detached: true,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const ended = new Promise((done) =>
    child.once("exit", (status) => done({ status, stdout: said, stderr: "" })),
  );
  for (let i = 0; i < 50 && running().length === before; i++) await pause(200);
  await pause(1500);
  return { child, ended };
}
