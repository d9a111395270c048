import { isMap, type Node } from "yaml";
import { argumentsOf, type Expand, hasServerFlags, serverCommand } from "./command.ts";
import {
  coresOf,
  type EmbeddedMount,
  type EmbeddedProbe,
  type EmbeddedServer,
  readBytes,
} from "./embedded-server.ts";
import { type InlineText, inlineText } from "./inline-text.ts";
import { isGenerated, isServingImage, looksServing } from "./serving-image.ts";
import { unknownText } from "./shell-words.ts";
import { child, entries, items, listOf, type MaybeNode, mapsBelow, spanOf, textOf } from "./yaml-tree.ts";

/** The texts of each ConfigMap (and each Secret's stringData) of a file, by name. */
export type ConfigMaps = ReadonlyMap<string, ReadonlyMap<string, InlineText>>;

/** Reads the ConfigMaps of all documents, those in lists included. */
export function configMapsOf(documents: readonly Node[], source: string): ConfigMaps {
  const found = new Map<string, Map<string, InlineText>>();
  for (const manifest of manifestsOf(documents)) {
    const kind = textOf(child(manifest, "kind"));
    const name = textOf(child(manifest, "metadata", "name"));
    if ((kind !== "ConfigMap" && kind !== "Secret") || name === undefined) continue;
    const texts = new Map<string, InlineText>();
    for (const { key, value } of entries(child(manifest, kind === "Secret" ? "stringData" : "data"))) {
      const inline = value == null ? undefined : inlineText(value, source);
      if (inline !== undefined) texts.set(key, inline);
    }
    // Data in base64 is not read.
    const whole = child(manifest, kind === "Secret" ? "data" : "binaryData") == null;
    if (whole) found.set(`${kind}/${name}`, texts);
  }
  return found;
}

function* manifestsOf(documents: readonly Node[]): Generator<Node> {
  for (const root of documents) {
    yield root;
    yield* items(child(root, "items"));
  }
}

/** The model servers of the pods that the documents describe, in whatever kind of object they stand. */
export function serversOfKubernetes(documents: readonly Node[], source: string): EmbeddedServer[] {
  const servers: EmbeddedServer[] = [];
  let maps: ConfigMaps | undefined;
  for (const manifest of manifestsOf(documents)) {
    if (textOf(child(manifest, "kind")) === undefined) continue;
    if (textOf(child(manifest, "apiVersion")) === undefined) continue;
    for (const spec of mapsBelow(manifest)) {
      // A list's manifests come by themselves.
      for (const container of items(child(spec, "containers"))) {
        if (textOf(child(manifest, "kind")) === "List") continue;
        maps ??= configMapsOf(documents, source);
        const server = kubernetesServer(container, spec, manifest, source, maps);
        if (server !== undefined) servers.push(server);
      }
    }
  }
  return servers;
}

function kubernetesServer(
  container: Node,
  spec: Node,
  manifest: Node,
  source: string,
  maps: ConfigMaps,
): EmbeddedServer | undefined {
  const imageNode = child(container, "image");
  const image = textOf(imageNode);
  const environment = environmentOf(container);
  const variable = (name: string): string | undefined => environment.get(name)?.value;
  const expand: Expand = (text) =>
    text.replace(/\$\$(?=\()|\$\((\w[\w.-]*)\)/g, (whole, name: string | undefined) =>
      // A name that no variable has stays for kustomize or the like.
      name === undefined ? whole.slice(1) : (variable(name) ?? unknownText),
    );
  const args = argumentsOf(child(container, "args"), source, expand);
  const command = serverCommand(
    argumentsOf(child(container, "command"), source, expand),
    args,
    source,
    variable,
  );
  if (command === undefined) return undefined;
  const ports = items(child(container, "ports")).map((port) => ({
    container: Number(textOf(child(port, "containerPort"))),
  }));
  const known =
    image !== undefined && (isServingImage(image) || isGenerated(source) || looksServing(environment, ports));
  if (command.entrypoint === "image" && !known && !hasServerFlags(args)) return undefined;
  const limits = child(container, "resources", "limits");
  const gpus = child(limits, "nvidia.com/gpu");
  const replicas = Number(textOf(child(manifest, "spec", "replicas")));
  const memory = child(limits, "memory");
  const bytes = readBytes(textOf(memory) ?? "");
  const files = new Map<string, InlineText>();
  const cpu = child(limits, "cpu");
  return {
    origin: "kubernetes",
    span: spanOf(imageNode) ?? spanOf(child(container, "name")),
    name: textOf(child(container, "name")),
    image: image === undefined ? undefined : { reference: image, span: spanOf(imageNode) },
    entrypoint: command.entrypoint,
    arguments: command.arguments,
    environment,
    mounts: items(child(container, "volumeMounts")).flatMap((mount) => mountOf(mount, spec, maps, files)),
    files,
    published: undefined,
    gpus: gpus == null ? undefined : { span: spanOf(gpus) },
    memoryBytes: bytes === undefined ? undefined : { bytes, span: spanOf(memory) },
    cpuLimit: coresOf(textOf(cpu), spanOf(cpu)),
    probes: (["startup", "liveness", "readiness"] as const).flatMap((kind) =>
      probe(kind, child(container, `${kind}Probe`), container),
    ),
    hasPreStop: child(container, "lifecycle", "preStop") != null,
    healthChecks: (["startup", "liveness", "readiness"] as const).flatMap((kind) => {
      const command = child(container, `${kind}Probe`, "exec", "command");
      const words = listOf(command).map((item) => textOf(item) ?? "");
      return command == null ? [] : [{ command: words.join(" "), span: spanOf(command) }];
    }),
    replicas: Number.isInteger(replicas) ? replicas : undefined,
    misplaced: [],
  };
}

/** Variables may come from elsewhere. */
const hasMore = (container: Node): boolean => items(child(container, "envFrom")).length > 0;

function environmentOf(container: Node): EmbeddedServer["environment"] {
  const environment = new Map<string, { value: string; span: ReturnType<typeof spanOf> }>();
  if (hasMore(container)) {
    const from = spanOf(child(container, "envFrom"));
    for (const name of ["MODEL_NAME", "MODEL_BASE_PATH"])
      environment.set(name, { value: unknownText, span: from });
  }
  for (const item of items(child(container, "env"))) {
    const name = textOf(child(item, "name"));
    if (name === undefined) continue;
    const value = child(item, "value");
    // `value:` without anything is empty; without the key it comes from a map, a secret or the pod.
    const given = textOf(value) ?? (child(item, "valueFrom") === undefined ? "" : unknownText);
    const settled = given.replace(/\$\$(?=\()|\$\((\w+)\)/g, (whole, other: string | undefined) =>
      other === undefined ? whole.slice(1) : (environment.get(other)?.value ?? unknownText),
    );
    environment.set(name, { value: settled, span: spanOf(value) ?? spanOf(item) });
  }
  return environment;
}

function mountOf(mount: Node, spec: Node, maps: ConfigMaps, files: Map<string, InlineText>): EmbeddedMount[] {
  const target = textOf(child(mount, "mountPath"));
  const name = textOf(child(mount, "name"));
  if (target === undefined) return [];
  const volume = items(child(spec, "volumes")).find((candidate) => textOf(child(candidate, "name")) === name);
  const subPath = textOf(child(mount, "subPath"));
  const host = textOf(child(volume, "hostPath", "path"));
  const held = contentsOf(volume, maps);
  const folder = target.replace(/\/+$/, "");
  for (const [path, inline] of held ?? []) {
    if (subPath === undefined) files.set(`${folder}/${path}`, inline);
    else if (path === subPath) files.set(folder, inline);
    else if (path.startsWith(`${subPath}/`)) files.set(`${folder}${path.slice(subPath.length)}`, inline);
  }
  return [
    {
      // A node's folders are not this machine's.
      source: undefined,
      target,
      span: spanOf(mount),
      createsSource: false,
      singleFile: subPath !== undefined && child(volume, "configMap") !== undefined,
      named: host === undefined,
      ...(held === undefined ? {} : { whole: true }),
    },
  ];
}

/** The files of a volume of ConfigMaps and Secrets that stand in this manifest, by path; undefined where some do not. */
function contentsOf(volume: MaybeNode, maps: ConfigMaps): ReadonlyMap<string, InlineText> | undefined {
  const projected = child(volume, "projected", "sources");
  if (projected !== undefined) {
    const all = new Map<string, InlineText>();
    for (const source of items(projected)) {
      const part = contentsOf(source, maps);
      if (part === undefined) return undefined;
      for (const [path, inline] of part) all.set(path, inline);
    }
    return all;
  }
  const map = child(volume, "configMap");
  const secret = child(volume, "secret");
  const name =
    textOf(child(map, "name")) ?? textOf(child(secret, "secretName")) ?? textOf(child(secret, "name"));
  const texts = maps.get(`${map === undefined ? "Secret" : "ConfigMap"}/${name ?? ""}`);
  if (texts === undefined) return undefined;
  const chosen = items(child(map ?? secret, "items"));
  if (chosen.length === 0) return texts;
  const held = new Map<string, InlineText>();
  for (const item of chosen) {
    const inline = texts.get(textOf(child(item, "key")) ?? "");
    const path = textOf(child(item, "path"));
    if (inline !== undefined && path !== undefined) held.set(path, inline);
  }
  return held;
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
    const value = Number(textOf(child(node, name)) ?? fallback);
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
