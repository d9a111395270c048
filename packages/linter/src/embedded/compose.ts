import { isMap, isSeq, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { argumentsOf, type Expand, hasServerFlags, serverCommand } from "./command.ts";
import {
  coresOf,
  type EmbeddedMount,
  type EmbeddedPort,
  type EmbeddedServer,
  readBytes,
  readUser,
} from "./embedded-server.ts";
import { environmentFile, interpolate } from "./environment-file.ts";
import { type InlineText, inlineText } from "./inline-text.ts";
import { readPort, shortMount, unknownMount } from "./mounts.ts";
import { isGenerated, isServingImage, looksServing } from "./serving-image.ts";
import { unknownText } from "./shell-words.ts";
import { child, entries, items, listOf, type MaybeNode, spanOf, textOf } from "./yaml-tree.ts";

/** Reads a file beside the manifest; undefined where there is none. */
export type ReadBeside = (path: string) => string | undefined;

interface Project {
  readonly root: Node;
  readonly source: string;
  readonly expand: Expand;
  readonly read: ReadBeside;
}

/** The model servers among the services of a compose file. */
export function serversOfCompose(root: Node, source: string, read: ReadBeside): EmbeddedServer[] {
  const services = child(root, "services");
  if (!isMap(services)) return [];
  const settings = environmentFile(read(".env") ?? "", "compose");
  const expand: Expand = (text) => interpolate(text, (name) => settings.get(name), unknownText);
  const project = { root, source, expand, read };
  return entries(services).flatMap(({ key, value }) => {
    const service = extended(value, services, 0);
    const server = service === undefined ? undefined : composeServer(key, service, project);
    return server === undefined ? [] : [server];
  });
}

/** A service with what it extends in the same file: maps are merged, lists of mounts and ports joined, the rest replaced. */
function extended(service: MaybeNode, services: Node, depth: number): Node | undefined {
  if (!isMap(service)) return undefined;
  const extension = child(service, "extends");
  const name = textOf(child(extension, "service")) ?? textOf(extension);
  if (name === undefined || depth > 8) return service;
  const elsewhere = child(extension, "file") !== undefined;
  const base = elsewhere ? undefined : extended(child(services, name), services, depth + 1);
  if (base === undefined || !isMap(base)) return elsewhere ? withUnknownBase(service) : service;
  return merged(base as YAMLMap<Node, Node>, service as YAMLMap<Node, Node>);
}

function merged(base: YAMLMap<Node, Node>, own: YAMLMap<Node, Node>, depth = 0): YAMLMap<Node, Node> {
  const result = new YAMLMap<Node, Node>();
  result.range = own.range ?? null;
  const keys = new Map(own.items.map((pair) => [String((pair.key as Scalar).value), pair]));
  for (const pair of base.items) {
    const key = String((pair.key as Scalar).value);
    const over = keys.get(key);
    if (over === undefined) result.items.push(pair);
    else if (isMap(pair.value) && isMap(over.value) && depth < 32) {
      result.items.push(
        new Pair(
          over.key,
          merged(pair.value as YAMLMap<Node, Node>, over.value as YAMLMap<Node, Node>, depth + 1),
        ),
      );
      keys.delete(key);
    } else if (joined.has(key) && isSeq(pair.value) && isSeq(over.value)) {
      const both = new YAMLSeq<Node>();
      both.items.push(...items(pair.value), ...items(over.value));
      result.items.push(new Pair(over.key, both as Node));
      keys.delete(key);
    }
  }
  result.items.push(...keys.values());
  return result;
}

const joined = new Set(["ports", "volumes", "environment", "configs", "secrets", "env_file"]);

/** A base in another file may mount and set anything. */
function withUnknownBase(service: Node): Node {
  const base = new YAMLMap<Node, Node>();
  const unknown = new YAMLSeq<Node>();
  unknown.items.push(new Scalar(`${unknownText}:/`));
  base.items.push(new Pair(new Scalar("volumes") as Node, unknown as Node));
  const environment = new YAMLMap<Node, Node>();
  for (const name of ["MODEL_NAME", "MODEL_BASE_PATH"])
    environment.items.push(new Pair(new Scalar(name) as Node, new Scalar(unknownText) as Node));
  base.items.push(new Pair(new Scalar("environment") as Node, environment as Node));
  return merged(base, service as YAMLMap<Node, Node>);
}

function composeServer(name: string, service: Node, project: Project): EmbeddedServer | undefined {
  const { source, expand } = project;
  const imageNode = child(service, "image");
  const written = textOf(imageNode);
  const image = written === undefined ? undefined : expand(written);
  const environment = environmentOf(service, project);
  const variable = (key: string): string | undefined => environment.get(key)?.value;
  const args = argumentsOf(child(service, "command"), source, expand);
  const entry = argumentsOf(child(service, "entrypoint"), source, expand);
  const command = serverCommand(entry, args, source, variable);
  if (command === undefined) return undefined;
  const ports = items(child(service, "ports")).flatMap((port) => portsOf(port, expand));
  const known =
    image !== undefined && (isServingImage(image) || isGenerated(source) || looksServing(environment, ports));
  if (command.entrypoint === "image" && !known && !hasServerFlags(args)) return undefined;
  const network = textOf(child(service, "network_mode"));
  const limits = child(service, "deploy", "resources", "limits");
  const memoryNode = child(limits, "memory") ?? child(service, "mem_limit");
  const cpuNode = child(limits, "cpus") ?? child(service, "cpus");
  const bytes = readBytes(expand(textOf(memoryNode) ?? ""));
  const files = new Map<string, InlineText>();
  const gpus = gpusOf(service);
  const userNode = child(service, "user");
  return {
    origin: "compose",
    span: spanOf(imageNode),
    name,
    image: image === undefined ? undefined : { reference: image, span: spanOf(imageNode) },
    entrypoint: command.entrypoint,
    arguments: command.arguments,
    environment,
    mounts: [
      ...items(child(service, "volumes")).flatMap((volume) => mountOf(volume, project)),
      ...(["configs", "secrets"] as const).flatMap((kind) =>
        items(child(service, kind)).flatMap((item) => configOf(item, kind, project, files)),
      ),
      ...(child(service, "volumes_from") === undefined ? [] : [unknownMount(undefined)]),
    ],
    files,
    published: network === "host" ? undefined : ports,
    gpus: gpus == null ? undefined : { span: spanOf(gpus) },
    memoryBytes: bytes === undefined ? undefined : { bytes, span: spanOf(memoryNode) },
    cpuLimit: coresOf(textOf(cpuNode), spanOf(cpuNode)),
    probes: [],
    healthChecks: healthChecksOf(child(service, "healthcheck")),
    ...userOf(readUser(expand(textOf(userNode) ?? ""), spanOf(userNode))),
    replicas: undefined,
    misplaced: [],
  };
}

function healthChecksOf(node: MaybeNode): NonNullable<EmbeddedServer["healthChecks"]> {
  const test = child(node, "test");
  const disabled = textOf(child(node, "disable")) === "true";
  const words = listOf(test).map((item) => textOf(item) ?? "");
  if (test == null || disabled || words[0] === "NONE") return [];
  return [{ command: words.filter((word) => !/^CMD(-SHELL)?$/.test(word)).join(" "), span: spanOf(test) }];
}

const userOf = (user: EmbeddedServer["user"]): Pick<EmbeddedServer, "user"> =>
  user === undefined ? {} : { user };

function gpusOf(service: Node): MaybeNode {
  const devices = items(child(service, "deploy", "resources", "reservations", "devices")).find((device) =>
    items(child(device, "capabilities")).some((capability) => textOf(capability) === "gpu"),
  );
  const runtime = child(service, "runtime");
  return devices ?? child(service, "gpus") ?? (textOf(runtime) === "nvidia" ? runtime : undefined);
}

function environmentOf(service: Node, { expand, read }: Project): EmbeddedServer["environment"] {
  const environment = new Map<string, { value: string; span: ReturnType<typeof spanOf> }>();
  const fromHere = (name: string): string => expand(`\${${name}}`);
  for (const item of listOf(child(service, "env_file"))) {
    const path = textOf(item) ?? textOf(child(item, "path"));
    const text = path === undefined ? undefined : read(expand(path));
    const span = spanOf(item);
    if (text === undefined) {
      for (const name of ["MODEL_NAME", "MODEL_BASE_PATH"])
        environment.set(name, { value: unknownText, span });
    } else {
      for (const [name, value] of environmentFile(text, "compose"))
        environment.set(name, { value: value ?? fromHere(name), span });
    }
  }
  const node = child(service, "environment");
  for (const { key, value } of entries(node)) {
    const text = textOf(value);
    environment.set(key, {
      value: text === undefined ? fromHere(key) : expand(text),
      span: spanOf(value),
    });
  }
  for (const item of items(node)) {
    const text = textOf(item) ?? "";
    const equals = text.indexOf("=");
    const name = equals === -1 ? text : text.slice(0, equals);
    environment.set(name, {
      value: equals === -1 ? fromHere(name) : expand(text.slice(equals + 1)),
      span: spanOf(item),
    });
  }
  return environment;
}

function mountOf(node: Node, { root, expand }: Project): EmbeddedMount[] {
  const text = textOf(node);
  if (text !== undefined) {
    const mount = shortMount(expand(text), spanOf(node));
    if (mount === undefined) return [];
    const device = mount.named ? deviceOf(root, expand(text).split(":")[0] ?? "", expand) : undefined;
    return [device === undefined ? mount : { ...mount, source: device, named: false, createsSource: false }];
  }
  const target = textOf(child(node, "target"));
  const written = textOf(child(node, "source"));
  if (target === undefined) return [];
  const bind = textOf(child(node, "type")) === "bind";
  const known = written === undefined ? undefined : expand(written);
  const source = bind ? known : known === undefined ? undefined : deviceOf(root, known, expand);
  return [
    {
      source: source?.includes(unknownText) === true ? undefined : source,
      target: expand(target),
      span: spanOf(node),
      createsSource: false,
      singleFile: false,
      named: !bind && source === undefined,
    },
  ];
}

/** The folder of the host that a named volume is bound to. */
function deviceOf(root: Node, volume: string, expand: Expand): string | undefined {
  const options = child(root, "volumes", volume, "driver_opts");
  const device = textOf(child(options, "device"));
  if (device === undefined || !/(^|,)r?bind(,|$)/.test(textOf(child(options, "o")) ?? "")) return undefined;
  const path = expand(device);
  return path.includes(unknownText) ? undefined : path;
}

/** A config or secret of a service: a file of the host, or a text in the compose file itself. */
function configOf(
  item: Node,
  kind: "configs" | "secrets",
  { root, source, expand }: Project,
  files: Map<string, InlineText>,
): EmbeddedMount[] {
  const name = textOf(item) ?? textOf(child(item, "source"));
  if (name === undefined) return [];
  const definition = child(root, kind, name);
  const given = textOf(child(item, "target"));
  const target =
    kind === "configs"
      ? (given ?? `/${name}`)
      : given?.startsWith("/") === true
        ? given
        : `/run/secrets/${given ?? name}`;
  const content = child(definition, "content");
  const inline = content == null ? undefined : inlineText(content, source);
  if (inline !== undefined && expand(inline.text) === inline.text) files.set(target, inline);
  const file = textOf(child(definition, "file"));
  const path = file === undefined ? undefined : expand(file);
  return [
    {
      source: path?.includes(unknownText) === true ? undefined : path,
      target,
      span: spanOf(item),
      createsSource: false,
      singleFile: true,
      named: false,
    },
  ];
}

function portsOf(node: Node, expand: Expand): EmbeddedPort[] {
  const text = textOf(node);
  if (text !== undefined) return readPort(expand(text), spanOf(node));
  const container = Number(textOf(child(node, "target")));
  const host = Number(textOf(child(node, "published")) ?? Number.NaN);
  return Number.isInteger(container)
    ? [{ host: Number.isInteger(host) ? host : undefined, container, span: spanOf(node) }]
    : [];
}
