import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";

/** One socket that listens, from Linux's tables. */
interface Listener {
  readonly port: number;
  /** The user who opened it. */
  readonly uid: number;
  readonly inode: number;
}

/** The sockets in state LISTEN (0A); none on other systems. */
function listeners(proc: string): Listener[] {
  return ["net/tcp", "net/tcp6"].flatMap((table) => {
    let text: string;
    try {
      text = readFileSync(join(proc, table), "utf8");
    } catch {
      return [];
    }
    const rows = /^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A \S+ \S+ \S+ +(\d+) +\d+ (\d+) /gm;
    return [...text.matchAll(rows)].map(([, port = "", uid, inode]) => ({
      port: Number.parseInt(port, 16),
      uid: Number(uid),
      inode: Number(inode),
    }));
  });
}

/** TCP ports on which something listens on this machine, from Linux's tables; empty elsewhere. */
export function listeningPorts(proc = "/proc"): ReadonlySet<number> {
  return new Set(listeners(proc).map(({ port }) => port));
}

/**
 * Whether all that listens on a port is `tensorflow_model_server` of this user with gRPC's default SO_REUSEPORT, so that the
 * kernel lets another one bind the same port. Whether a socket has that option, Linux tells nobody but its owner: other
 * programs that set it pass for such that do not.
 */
export function modelServerShares(port: number, proc = "/proc", uid = process.getuid?.()): boolean {
  const holders = listeners(proc).filter((listener) => listener.port === port);
  if (holders.length === 0 || holders.some((holder) => holder.uid !== uid)) return false;
  const shared = new Set(modelServerSockets(proc));
  return holders.every(({ inode }) => shared.has(inode));
}

/** Inodes of the sockets of model servers that keep SO_REUSEPORT. */
function* modelServerSockets(proc: string): Generator<number> {
  for (const pid of readdirSync(proc).filter((name) => /^\d+$/.test(name))) {
    try {
      const argv = readFileSync(join(proc, pid, "cmdline"), "utf8").split("\0");
      if (!basename(argv[0] ?? "").startsWith("tensorflow_model_server")) continue;
      if (argv.some(turnsReusePortOff)) continue;
      for (const descriptor of readdirSync(join(proc, pid, "fd"))) {
        const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(join(proc, pid, "fd", descriptor)))?.[1];
        if (inode !== undefined) yield Number(inode);
      }
    } catch {
      // It has ended, or is another user's.
    }
  }
}

/** Whether `--grpc_channel_arguments` (or its value) takes SO_REUSEPORT from gRPC's sockets. */
export function turnsReusePortOff(channelArguments: string): boolean {
  return /(?:^|[=,])grpc\.so_reuseport=0+(?:,|$)/.test(channelArguments);
}
