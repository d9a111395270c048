import { count, folder, quoted, versionRule } from "../model-rule.ts";
import { nodesInUse } from "./nodes-in-use.ts";

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
    const told = new Set<string>();
    for (const { node, where } of nodesInUse(graph)) {
      if (DEVICE.test(node.device) || told.has(node.device) || told.size >= 10) continue;
      told.add(node.device);
      yield {
        file: context.savedModel.value.file,
        severity: "error",
        message: `node ${quoted(node.name)}${where} asks for the device ${quoted(node.device)}, which is no device name`,
        help: "The load fails, or the requests that come to the node. Export the model again.",
      };
    }
    const pinned = new Map<string, string[]>();
    for (const { device, name } of graph.graph.nodes) {
      const kind = /(?:^|[/:])(gpu|tpu)(?::|$)/i.exec(device)?.[1]?.toUpperCase();
      if (kind === undefined) continue;
      const list = pinned.get(kind);
      if (list === undefined) pinned.set(kind, [name]);
      else list.push(name);
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
