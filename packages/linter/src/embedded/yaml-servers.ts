import type { Span } from "@servable/diagnostics";
import { findFlag } from "@servable/server-flags";
import { type Document, isMap, isScalar, isSeq, type Node, parseAllDocuments, type YAMLMap } from "yaml";
import { isServingImage, readPort, shortMount } from "./docker-run.ts";
import {
  type EmbeddedArgument,
  type EmbeddedMount,
  type EmbeddedPort,
  type EmbeddedProbe,
  type EmbeddedServer,
  readBytes,
} from "./embedded-server.ts";
import { readShell, unknownText } from "./shell-words.ts";

type MaybeNode = Node | null | undefined;

const child = (node: MaybeNode, ...path: readonly string[]): MaybeNode => {
  let at: MaybeNode = node;
  for (const key of path) {
    if (!isMap(at)) return undefined;
    at = (at as YAMLMap<Node, Node>).items.find(
      (pair) => isScalar(pair.key) && String(pair.key.value) === key,
    )?.value;
  }
  return at;
};
const spanOf = (node: MaybeNode): Span | undefined =>
  node?.range == null ? undefined : { start: node.range[0], end: node.range[1] };
const textOf = (node: MaybeNode): string | undefined =>
  isScalar(node) && node.value !== null && node.value !== undefined ? String(node.value) : undefined;
const items = (node: MaybeNode): Node[] =>
  isSeq(node) ? node.items.filter((item): item is Node => item !== null && typeof item === "object") : [];
const entries = (node: MaybeNode): { key: string; value: MaybeNode; keyNode: Node }[] =>
  isMap(node)
    ? (node as YAMLMap<Node, Node>).items.flatMap((pair) =>
        isScalar(pair.key) ? [{ key: String(pair.key.value), value: pair.value, keyNode: pair.key }] : [],
      )
    : [];

/** Compose variables `${X}` and Kubernetes references `$(X)` are known later. */
const settled = (text: string, kubernetes: boolean): string => {
  const reference = kubernetes ? /\$\(\w+\)/g : /\$\$|\$\{[^}]*\}|\$\w+/g;
  return text.replace(reference, (whole) => (whole === "$$" ? "$" : unknownText));
};

function scalarArgument(node: Node, source: string, kubernetes: boolean): EmbeddedArgument | undefined {
  const text = textOf(node);
  if (text === undefined) return undefined;
  const span = spanOf(node);
  const written = span === undefined ? undefined : source.slice(span.start, span.end);
  const simple = written === text;
  const quote = /^(["']).*\1$/s.exec(written ?? "")?.[1];
  const rewrite =
    simple || quote === "'"
      ? (value: string): string =>
          simple && /^[-\w@%+=,./]+$/.test(value) ? value : `'${value.replaceAll("'", "''")}'`
      : quote === '"'
        ? (value: string): string => JSON.stringify(value)
        : undefined;
  return { text: settled(text, kubernetes), span, rewrite };
}

/** A command as a list, or as one text that is split like a shell does. */
function argumentsOf(node: MaybeNode, source: string, kubernetes: boolean): EmbeddedArgument[] {
  if (isSeq(node)) {
    return items(node)
      .map((item) => scalarArgument(item, source, kubernetes))
      .filter((argument) => argument !== undefined);
  }
  const text = textOf(node);
  if (text === undefined) return [];
  const span = spanOf(node);
  const words: EmbeddedArgument[] = [];
  const escaped = settled(text, kubernetes);
  readShell(
    escaped.replaceAll("\n", " "),
    { variable: () => undefined, substitution: () => undefined },
    (command) => {
      for (const { name, value } of command.assignments)
        words.push({ text: `${name}=${value}`, span, rewrite: undefined });
      for (const word of command.words)
        words.push({ text: word.text, span: placeOfWord(word.text, span, source), rewrite: undefined });
    },
  );
  return words;
}

/** Where a word of a text stands in the file, as well as can be told. */
function placeOfWord(word: string, span: Span | undefined, source: string): Span | undefined {
  if (span === undefined) return undefined;
  const at = source.indexOf(word, span.start);
  return at === -1 || at + word.length > span.end ? span : { start: at, end: at + word.length };
}

const isServer = (text: string | undefined): boolean => text?.split("/").at(-1) === "tensorflow_model_server";
const hasServerFlags = (list: readonly EmbeddedArgument[]): boolean =>
  list.some(
    ({ text }) =>
      text.startsWith("--") && findFlag(text.slice(2).split("=")[0] ?? "")?.name.includes("_") === true,
  );

/** The documents of a file, or undefined where it is no YAML. */
function documents(text: string): Document[] | undefined {
  const parsed = parseAllDocuments(text, { uniqueKeys: false, logLevel: "silent", strict: false });
  if (!Array.isArray(parsed)) return undefined;
  return parsed.every((document) => document.errors.length === 0) ? [...parsed] : undefined;
}

/** The model servers of compose files and Kubernetes manifests. */
export function serversOfYaml(text: string): EmbeddedServer[] {
  const servers: EmbeddedServer[] = [];
  for (const document of documents(text) ?? []) {
    const root = document.contents as MaybeNode;
    if (isMap(child(root, "services"))) {
      for (const { key, value } of entries(child(root, "services"))) {
        const server = composeServer(key, value, text);
        if (server !== undefined) servers.push(server);
      }
    }
    for (const manifest of [root, ...items(child(root, "items"))]) {
      const spec = podSpec(manifest);
      for (const container of items(child(spec, "containers"))) {
        const server = kubernetesServer(container, spec, manifest, text);
        if (server !== undefined) servers.push(server);
      }
    }
  }
  return servers;
}

function podSpec(manifest: MaybeNode): MaybeNode {
  const kind = textOf(child(manifest, "kind"));
  if (kind === undefined || textOf(child(manifest, "apiVersion")) === undefined) return undefined;
  if (kind === "Pod") return child(manifest, "spec");
  if (kind === "CronJob") return child(manifest, "spec", "jobTemplate", "spec", "template", "spec");
  return child(manifest, "spec", "template", "spec");
}

function composeServer(name: string, service: MaybeNode, source: string): EmbeddedServer | undefined {
  const imageNode = child(service, "image");
  const image = textOf(imageNode);
  const entrypoint = argumentsOf(child(service, "entrypoint"), source, false);
  const command = argumentsOf(child(service, "command"), source, false);
  const serverEntry = isServer(entrypoint[0]?.text);
  if (entrypoint.length > 0 && !serverEntry) return undefined;
  if (!serverEntry && !hasServerFlags(command) && (image === undefined || !isServingImage(image)))
    return undefined;
  const network = textOf(child(service, "network_mode"));
  const limits = child(service, "deploy", "resources", "limits");
  const memoryNode = child(limits, "memory") ?? child(service, "mem_limit");
  const cpuNode = child(limits, "cpus") ?? child(service, "cpus");
  const devices = items(child(service, "deploy", "resources", "reservations", "devices")).find((device) =>
    items(child(device, "capabilities")).some((capability) => textOf(capability) === "gpu"),
  );
  const gpus = devices ?? child(service, "gpus");
  return {
    origin: "compose",
    span: spanOf(imageNode),
    name,
    image: image === undefined ? undefined : { reference: settled(image, false), span: spanOf(imageNode) },
    entrypoint: serverEntry ? "server" : "image",
    arguments: [...entrypoint.slice(1), ...command],
    environment: composeEnvironment(child(service, "environment")),
    mounts: items(child(service, "volumes"))
      .map((volume) => composeMount(volume))
      .filter((mount) => mount !== undefined),
    published: network === "host" ? undefined : items(child(service, "ports")).flatMap(composePort),
    gpus: gpus === undefined || gpus === null ? undefined : { span: spanOf(gpus) },
    memoryBytes: measured(memoryNode),
    cpuLimit: cores(cpuNode),
    probes: [],
    replicas: undefined,
    misplaced: [],
  };
}

function measured(node: MaybeNode): EmbeddedServer["memoryBytes"] {
  const bytes = readBytes(textOf(node) ?? "");
  return bytes === undefined ? undefined : { bytes, span: spanOf(node) };
}

function cores(node: MaybeNode): EmbeddedServer["cpuLimit"] {
  const text = textOf(node);
  if (text === undefined) return undefined;
  const value = text.endsWith("m") ? Number(text.slice(0, -1)) / 1000 : Number(text);
  return Number.isFinite(value) && value > 0 ? { cores: value, span: spanOf(node) } : undefined;
}

function composeEnvironment(node: MaybeNode): EmbeddedServer["environment"] {
  const environment = new Map<string, { value: string; span: Span | undefined }>();
  for (const { key, value } of entries(node)) {
    environment.set(key, { value: settled(textOf(value) ?? unknownText, false), span: spanOf(value) });
  }
  for (const item of items(node)) {
    const text = textOf(item) ?? "";
    const equals = text.indexOf("=");
    environment.set(equals === -1 ? text : text.slice(0, equals), {
      value: equals === -1 ? unknownText : settled(text.slice(equals + 1), false),
      span: spanOf(item),
    });
  }
  return environment;
}

function composeMount(node: Node): EmbeddedMount | undefined {
  const text = textOf(node);
  if (text !== undefined) return shortMount(settled(text, false), spanOf(node));
  const target = textOf(child(node, "target"));
  const source = textOf(child(node, "source"));
  if (target === undefined) return undefined;
  const bind = textOf(child(node, "type")) === "bind";
  const known = source === undefined ? undefined : settled(source, false);
  return {
    source: bind && known !== undefined && !known.includes(unknownText) ? known : undefined,
    target,
    span: spanOf(node),
    createsSource: false,
    singleFile: false,
    named: !bind,
  };
}

function composePort(node: Node): EmbeddedPort[] {
  const text = textOf(node);
  if (text !== undefined) return readPort(text, spanOf(node));
  const container = Number(textOf(child(node, "target")));
  const host = textOf(child(node, "published"));
  return Number.isInteger(container)
    ? [{ host: host === undefined ? undefined : Number(host), container, span: spanOf(node) }]
    : [];
}

function kubernetesServer(
  container: Node,
  spec: MaybeNode,
  manifest: MaybeNode,
  source: string,
): EmbeddedServer | undefined {
  const imageNode = child(container, "image");
  const image = textOf(imageNode);
  const command = argumentsOf(child(container, "command"), source, true);
  const args = argumentsOf(child(container, "args"), source, true);
  const serverEntry = isServer(command[0]?.text);
  if (command.length > 0 && !serverEntry) return undefined;
  if (!serverEntry && !hasServerFlags(args) && (image === undefined || !isServingImage(image)))
    return undefined;
  const limits = child(container, "resources", "limits");
  const gpus = child(limits, "nvidia.com/gpu");
  const replicas = Number(textOf(child(manifest, "spec", "replicas")));
  return {
    origin: "kubernetes",
    span: spanOf(imageNode),
    name: textOf(child(container, "name")),
    image: image === undefined ? undefined : { reference: image, span: spanOf(imageNode) },
    entrypoint: serverEntry ? "server" : "image",
    arguments: [...command.slice(1), ...args],
    environment: kubernetesEnvironment(child(container, "env")),
    mounts: items(child(container, "volumeMounts")).flatMap((mount) => kubernetesMount(mount, spec)),
    published: undefined,
    gpus: gpus === undefined || gpus === null ? undefined : { span: spanOf(gpus) },
    memoryBytes: measured(child(limits, "memory")),
    cpuLimit: cores(child(limits, "cpu")),
    probes: (["startup", "liveness", "readiness"] as const).flatMap((kind) =>
      probe(kind, child(container, `${kind}Probe`), container),
    ),
    replicas: Number.isInteger(replicas) ? replicas : undefined,
    misplaced: [],
  };
}

function kubernetesEnvironment(node: MaybeNode): EmbeddedServer["environment"] {
  const environment = new Map<string, { value: string; span: Span | undefined }>();
  for (const item of items(node)) {
    const name = textOf(child(item, "name"));
    if (name === undefined) continue;
    const value = textOf(child(item, "value"));
    environment.set(name, {
      value: value === undefined ? unknownText : settled(value, true),
      span: spanOf(item),
    });
  }
  return environment;
}

function kubernetesMount(mount: Node, spec: MaybeNode): EmbeddedMount[] {
  const target = textOf(child(mount, "mountPath"));
  const name = textOf(child(mount, "name"));
  if (target === undefined) return [];
  const volume = items(child(spec, "volumes")).find((candidate) => textOf(child(candidate, "name")) === name);
  const hasSubPath = child(mount, "subPath") !== undefined;
  const host = textOf(child(volume, "hostPath", "path"));
  return [
    {
      // A node's folders are not this machine's.
      source: undefined,
      target,
      span: spanOf(mount),
      createsSource: false,
      singleFile: hasSubPath && child(volume, "configMap") !== undefined,
      named: host === undefined,
    },
  ];
}

function probe(kind: EmbeddedProbe["kind"], node: MaybeNode, container: Node): EmbeddedProbe[] {
  if (!isMap(node)) return [];
  const handler =
    (["grpc", "httpGet", "tcpSocket", "exec"] as const).find((name) => child(node, name) !== undefined) ??
    "other";
  const at = child(node, handler);
  const portText = textOf(child(at, "port"));
  const named = items(child(container, "ports")).find((port) => textOf(child(port, "name")) === portText);
  const port = Number(named === undefined ? portText : textOf(child(named, "containerPort")));
  const number = (name: string, fallback: number): number => {
    const value = Number(textOf(child(node, name)));
    return Number.isFinite(value) ? value : fallback;
  };
  return [
    {
      kind,
      handler,
      port: Number.isInteger(port) ? port : undefined,
      path: textOf(child(at, "path")),
      service: handler === "grpc" ? (textOf(child(at, "service")) ?? "") : undefined,
      budgetSeconds:
        number("initialDelaySeconds", 0) + number("failureThreshold", 3) * number("periodSeconds", 10),
      span: spanOf(node),
    },
  ];
}
