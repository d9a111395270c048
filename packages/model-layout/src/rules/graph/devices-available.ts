import { count, folder, quoted, versionRule } from "../model-rule.ts";
import { runningParts } from "./running-parts.ts";

/** A device name, whole or in part, as DeviceNameUtils::ParseFullName takes it. */
const DEVICE =
  /^(?:\/job:(?:[A-Za-z]\w*|\*)|\/(?:replica|task):(?:\d+|\*)|\/device:(?:\*|[A-Za-z]\w*)(?::(?:\d+|\*))?|\/(?:cpu|gpu|CPU|GPU|tpu|TPU)(?::(?:\d+|\*))?)*$/;

export const rule = versionRule({
  id: "graph/devices-available",
  level: "graph",
  summary: "nodes are not pinned to devices that a CPU server lacks",
  severity: "warning",
  effect: "load-fails",
  why: "A node that asks for a GPU or TPU by name can't be placed on a server without one, and the load fails; the stock server allows soft placement only through its session configuration.",
  mend: "Export with clear_devices, or serve on an image with the device.",
  evidence: ["TensorFlow 2.17.1's loader on a model pinned to a GPU", "recorded run of 2.17.1"],
  logTexts: ["Cannot assign a device for operation …", "Malformed device specification '…' in node: …"],
  examples: {
    bad: [folder("pinned", { "m/1/saved_model.pb": 'node with device "/device:GPU:0"' })],
    good: [folder("free", { "m/1/saved_model.pb": "nodes without device" })],
  },
  *check(context) {
    const { graph } = context;
    if (context.servesTflite || graph === undefined || !context.savedModel.ok) return;
    let running: ReturnType<typeof runningParts> | undefined;
    const told = new Set<string>();
    const pinned = new Map<string, string[]>();
    for (const { node, fn, where } of graph.nodesInUse) {
      const { device, name } = node;
      if (device === "") continue;
      running ??= runningParts(context, graph);
      if (fn !== undefined && !running.functions.has(fn)) continue;
      const kind = /(?:^|[/:])(gpu|tpu)(?::|$)/i.exec(device)?.[1]?.toUpperCase();
      if (kind !== undefined) {
        const list = pinned.get(kind);
        if (list === undefined) pinned.set(kind, [name]);
        else list.push(name);
      }
      const elsewhere = /\/(?:job:(?!localhost(?:\/|$)|\*)|(?:replica|task):(?!0(?:\/|$)|\*))[^/]*/.exec(
        device,
      )?.[0];
      const cpu = Number(/\/(?:device:)?cpu:(\d+)/i.exec(device)?.[1] ?? 0);
      const problem = !DEVICE.test(device)
        ? "which is no device name"
        : cpu > 0 && fn === undefined
          ? "but a server has one CPU device, number 0"
          : elsewhere !== undefined
            ? `but ${elsewhere} is another process`
            : undefined;
      if (problem === undefined || told.has(device) || told.size >= 10) continue;
      told.add(device);
      yield {
        file: context.savedModel.value.file,
        // In a function other processes are sometimes taken for this one.
        severity: fn !== undefined && DEVICE.test(device) ? "warning" : "error",
        message: `node ${quoted(name)}${where} asks for the device ${quoted(device)}, ${problem}`,
        help:
          fn === undefined
            ? "The load fails. Export with clear_devices=True."
            : "The load fails, or the requests that come to the node. Export without device scopes.",
      };
    }
    for (const [kind, names] of pinned) {
      yield {
        file: context.savedModel.value.file,
        message: `${count(names.length, "node")} (${quoted(names[0] ?? "")}, …) ${names.length === 1 ? "is" : "are"} pinned to a ${kind}`,
        help: `A server without a ${kind} fails to load the model. Export with clear_devices=True, or use an image with ${kind} support.`,
      };
    }
  },
});
