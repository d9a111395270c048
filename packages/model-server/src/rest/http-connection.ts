import type { Socket } from "node:net";
import { errorPage, type HttpRequest, type HttpResponse, headerOf, reasonPhrase } from "./http-message.ts";
import { parseUri } from "./uri.ts";

/** Methods that the server lets through; others get 501. */
const ALLOWED: ReadonlySet<string> = new Set(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]);
/** Methods that libevent knows, and so reads the body of. */
const WITH_BODY: ReadonlySet<string> = new Set([...ALLOWED, "CONNECT"]);

export type HttpHandler = (
  request: HttpRequest,
  path: string,
  pathAndMore: string,
) => Promise<HttpResponse | undefined>;

interface Head {
  readonly method: string;
  readonly target: string;
  readonly major: number;
  readonly minor: number;
  readonly proxied: boolean;
  headers: [string, string][];
}

type State =
  | { readonly kind: "request-line" }
  | { readonly kind: "headers"; readonly head: Head }
  | { readonly kind: "body"; readonly head: Head; left: number; readonly parts: Buffer[] }
  | { readonly kind: "chunk"; readonly head: Head; left: number; readonly parts: Buffer[] }
  | { readonly kind: "trailer"; readonly head: Head; readonly parts: Buffer[] };

const EMPTY: Buffer = Buffer.alloc(0);

/**
 * One HTTP/1.x connection, read and answered as libevent 2.1.12 does: strict request targets, bodies by Content-Length
 * or chunks, keep-alive, pipelined requests in order, error pages in HTML. Nothing is capped, as in the server.
 */
export class HttpConnection {
  private readonly socket: Socket;
  private readonly handler: HttpHandler;
  private chunks: Buffer[] = [];
  private pending: Buffer = EMPTY;
  private searched = 0;
  private state: State = { kind: "request-line" };
  private busy = false;
  private ended = false;
  /** Settles when the answer under way is written. */
  idle: Promise<void> = Promise.resolve();

  constructor(socket: Socket, handler: HttpHandler) {
    this.socket = socket;
    this.handler = handler;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      this.chunks.push(chunk);
      this.advance();
    });
    socket.on("end", () => {
      this.ended = true;
      if (!this.busy) socket.end();
    });
    socket.on("error", () => socket.destroy());
  }

  /** Closes after the answer under way, or at once. */
  async shutdown(): Promise<void> {
    await this.idle;
    this.socket.end();
    this.socket.destroySoon();
  }

  private gather(): void {
    if (this.chunks.length === 0) return;
    this.pending =
      this.pending.length === 0 && this.chunks.length === 1
        ? (this.chunks[0] ?? EMPTY)
        : Buffer.concat([this.pending, ...this.chunks]);
    this.chunks = [];
  }

  /** The next line without its end (LF, or CR LF), or undefined until it has come. */
  private line(): string | undefined {
    this.gather();
    const end = this.pending.indexOf(0x0a, this.searched);
    if (end === -1) {
      this.searched = this.pending.length;
      return undefined;
    }
    const stop = end > 0 && this.pending[end - 1] === 0x0d ? end - 1 : end;
    const text = this.pending.toString("latin1", 0, stop);
    this.pending = this.pending.subarray(end + 1);
    this.searched = 0;
    return text;
  }

  private advance(): void {
    while (!this.busy) {
      const { state } = this;
      if (state.kind === "request-line") {
        const line = this.line();
        if (line === undefined) return;
        const head = parseRequestLine(line);
        if (head === undefined) {
          this.fail(undefined);
          return;
        }
        this.state = { kind: "headers", head };
      } else if (state.kind === "headers") {
        const done = this.readHeaders(state.head.headers);
        if (done === "more") return;
        if (done === "bad") {
          this.fail(state.head);
          return;
        }
        this.startBody(state.head);
      } else if (state.kind === "body") {
        if (!this.take(state)) return;
        this.answer(state.head, Buffer.concat(state.parts));
      } else if (state.kind === "chunk") {
        if (!this.readChunk(state)) return;
      } else {
        const done = this.readHeaders(state.head.headers);
        if (done === "more") return;
        if (done === "bad") {
          this.fail(state.head);
          return;
        }
        this.answer(state.head, Buffer.concat(state.parts));
      }
    }
  }

  private readHeaders(headers: [string, string][]): "done" | "more" | "bad" {
    for (;;) {
      const line = this.line();
      if (line === undefined) return "more";
      if (line === "") return "done";
      if (line.startsWith(" ") || line.startsWith("\t")) {
        const last = headers[headers.length - 1];
        if (last === undefined) return "bad";
        last[1] += ` ${line.replace(/^[ \t]+|[ \t]+$/g, "")}`;
        continue;
      }
      const colon = line.indexOf(":");
      if (colon === -1) return "bad";
      headers.push([
        line.slice(0, colon),
        line
          .slice(colon + 1)
          .replace(/^ +/, "")
          .replace(/[ \t]+$/, ""),
      ]);
    }
  }

  private startBody(head: Head): void {
    if (!WITH_BODY.has(head.method)) {
      this.answer(head, EMPTY);
      return;
    }
    const chunked = headerOf(head.headers, "Transfer-Encoding")?.toLowerCase() === "chunked";
    let length = -1;
    if (!chunked) {
      const text = headerOf(head.headers, "Content-Length");
      if (text !== undefined) {
        // strtoll: leading blanks and a sign are taken.
        if (!/^[ \t\n\v\f\r]*[+-]?[0-9]+$/.test(text) || Number(text) < 0) {
          this.fail(head);
          return;
        }
        length = Number(text);
      }
      if (length < 1) {
        this.answer(head, EMPTY);
        return;
      }
    }
    const expect = headerOf(head.headers, "Expect");
    if (expect !== undefined && head.major === 1 && head.minor >= 1) {
      if (expect.toLowerCase() !== "100-continue") {
        this.reply(head, errorPage(417));
        return;
      }
      this.gather();
      if (this.pending.length === 0) this.socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    }
    this.state = chunked
      ? { kind: "chunk", head, left: -1, parts: [] }
      : { kind: "body", head, left: length, parts: [] };
  }

  /** Moves what has come of a body; true when all of it has. Parts are kept apart until then. */
  private take(state: { left: number; readonly parts: Buffer[] }): boolean {
    while (state.left > 0) {
      if (this.pending.length === 0) {
        const chunk = this.chunks.shift();
        if (chunk === undefined) return false;
        this.pending = chunk;
      }
      const part = this.pending.subarray(0, state.left);
      state.parts.push(part);
      state.left -= part.length;
      this.pending = this.pending.subarray(part.length);
    }
    return true;
  }

  private readChunk(state: { readonly head: Head; left: number; readonly parts: Buffer[] }): boolean {
    if (state.left >= 0) {
      if (!this.take(state)) return false;
      state.left = -1;
      return true;
    }
    const line = this.line();
    if (line === undefined) return false;
    if (line === "") return true;
    const size = /^[ \t]*[+]?(?:0[xX])?([0-9a-fA-F]+)(?: .*)?$/.exec(line)?.[1];
    if (size === undefined) {
      this.fail(state.head);
      return false;
    }
    state.left = Number.parseInt(size, 16);
    if (state.left === 0) this.state = { kind: "trailer", head: state.head, parts: state.parts };
    return true;
  }

  /** What can't be read: the 400 page, and the connection ends. */
  private fail(head: Head | undefined): void {
    this.reply(head, errorPage(400));
  }

  private answer(head: Head, body: Buffer): void {
    this.busy = true;
    this.state = { kind: "request-line" };
    const run = async (): Promise<void> => {
      let response: HttpResponse | undefined;
      if (!ALLOWED.has(head.method)) {
        response = errorPage(501);
      } else {
        const uri = parseUri(head.target);
        if (uri === undefined) {
          response = errorPage(400);
        } else {
          const whole = `${uri.path}${uri.query === undefined ? "" : `?${uri.query}`}${uri.fragment === undefined ? "" : `#${uri.fragment}`}`;
          response = await this.handler({ ...head, body }, uri.path, whole);
          // No thread is left to answer: the connection stays as it is.
          if (response === undefined) return;
        }
      }
      this.reply(head, response);
    };
    this.idle = run().catch(() => {
      this.socket.destroy();
    });
  }

  private reply(head: Head | undefined, response: HttpResponse): void {
    const { bytes, close } = render(head, response);
    if (this.socket.writable) this.socket.write(bytes);
    if (close || this.ended) {
      this.busy = true;
      this.socket.end();
      return;
    }
    this.state = { kind: "request-line" };
    this.busy = false;
    // Requests that came meanwhile; not from inside the reader that called us.
    setImmediate(() => this.advance());
  }
}

function parseRequestLine(text: string): Head | undefined {
  const line = text.replace(/ +$/, "");
  if (line.length < "GET / HTTP/1.0".length) return undefined;
  const first = line.indexOf(" ");
  const last = line.lastIndexOf(" ");
  if (first === -1 || last <= first) return undefined;
  const method = line.slice(0, first);
  const target = line.slice(first + 1, last);
  const version = /^HTTP\/\s*([+-]?\d+)\.\s*([+-]?\d+)$/.exec(line.slice(last + 1));
  if (version === null || target === "") return undefined;
  const major = Number(version[1]);
  const minor = Number(version[2]);
  if (major > 1) return undefined;
  const absolute = /^https?:\/\//i.test(target);
  return { method, target, major, minor, proxied: absolute, headers: [] };
}

const isClose = (head: Head | undefined): boolean => {
  if (head === undefined) return false;
  if (head.proxied) return headerOf(head.headers, "Proxy-Connection")?.toLowerCase() !== "keep-alive";
  return headerOf(head.headers, "Connection")?.toLowerCase() === "close";
};

/** The answer's bytes with the headers that libevent adds, and whether the connection closes after it. */
function render(head: Head | undefined, response: HttpResponse): { bytes: Buffer; close: boolean } {
  const raised = response.page === true && (head?.major === 0 || head?.minor === 0);
  const major = raised ? 1 : (head?.major ?? 1);
  const minor = raised ? 1 : (head?.minor ?? 1);
  const keepAlive =
    headerOf(head?.headers ?? [], "Connection")
      ?.toLowerCase()
      .startsWith("keep-alive") === true;
  const needsBody = head?.method !== "HEAD" && head?.method !== "CONNECT";
  let headers = [...response.headers];
  if (major === 1) {
    if (minor >= 1) headers.push(["Date", new Date().toUTCString()]);
    if (minor === 0 && keepAlive) headers.push(["Connection", "keep-alive"]);
    if ((minor >= 1 || keepAlive) && needsBody)
      headers.push(["Content-Length", String(response.body.length)]);
  }
  if (needsBody && headerOf(headers, "Content-Type") === undefined) {
    headers.push(["Content-Type", "text/html; charset=ISO-8859-1"]);
  }
  if (isClose(head)) {
    headers = headers.filter(([name]) => name.toLowerCase() !== "connection");
    if (head?.proxied !== true) headers.push(["Connection", "close"]);
  }
  const close =
    ((major < 1 || minor < 1) && !keepAlive) ||
    isClose(head) ||
    // After the page for CONNECT the server leaves the socket open.
    (head?.method !== "CONNECT" && headerOf(response.headers, "Connection")?.toLowerCase() === "close");
  const top = `HTTP/${major}.${minor} ${response.status} ${reasonPhrase(response.status)}\r\n`;
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const start = Buffer.from(`${top}${lines}\r\n`, "latin1");
  const body = head?.method === "HEAD" ? EMPTY : response.body;
  return { bytes: body.length === 0 ? start : Buffer.concat([start, body]), close };
}
