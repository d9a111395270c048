/** Splits `host:port`, `[v6]:port`; undefined for UNIX sockets and other targets. */
export function hostAndPort(target: string): { host: string; port: number } | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:/]+)):(\d{1,5})$/.exec(target);
  if (match === null) return undefined;
  return { host: match[1] ?? match[2]!, port: Number(match[3]) };
}

/** Whether a target is this very machine. */
export function isLoopback(target: string): boolean {
  const host = hostAndPort(target)?.host;
  return host !== undefined && (host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host));
}
