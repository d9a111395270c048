import { readFileSync } from "node:fs";

/**
 * TCP ports on which something listens on this machine, from Linux's tables; empty elsewhere. A server with the default
 * SO_REUSEPORT may share a port with another such server of the same user; nobody means that.
 */
export function listeningPorts(): ReadonlySet<number> {
  const ports = new Set<number>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    let text: string;
    try {
      text = readFileSync(table, "utf8");
    } catch {
      continue;
    }
    for (const port of portsOfTable(text)) ports.add(port);
  }
  return ports;
}

/** Local ports of the sockets in state LISTEN (0A). */
export function portsOfTable(text: string): number[] {
  return [...text.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /gm)].map((match) =>
    Number.parseInt(match[1] ?? "", 16),
  );
}
