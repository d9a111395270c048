import { connect } from "node:net";

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly body_base64?: string;
  readonly body_repeat?: {
    readonly prefix: string;
    readonly unit: string;
    readonly count: number;
    readonly middle: string;
    readonly unit2: string;
    readonly suffix: string;
  };
  readonly http_version?: string;
  readonly no_host?: boolean;
  readonly no_content_length?: boolean;
}

export interface RestResponse {
  readonly status: number;
  /** By lower-case name, without Date. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly closed: boolean;
}

export function requestBody(request: RestRequest): Buffer | undefined {
  if (request.body_repeat !== undefined) {
    const { prefix, unit, count, middle, unit2, suffix } = request.body_repeat;
    return Buffer.from(`${prefix}${unit.repeat(count)}${middle}${unit2.repeat(count)}${suffix}`);
  }
  if (request.body_base64 !== undefined) return Buffer.from(request.body_base64, "base64");
  return request.body === undefined ? undefined : Buffer.from(request.body);
}

/** Sends a request byte for byte on a connection of its own and reads one answer. */
export function sendRaw(port: number, request: RestRequest, timeoutMs = 30_000): Promise<RestResponse> {
  const body = requestBody(request);
  const names = new Set(Object.keys(request.headers ?? {}).map((name) => name.toLowerCase()));
  const chunked = /chunked/i.test(request.headers?.["Transfer-Encoding"] ?? "");
  const lines = [`${request.method} ${request.path} HTTP/${request.http_version ?? "1.1"}`];
  if (request.no_host !== true && !names.has("host")) lines.push(`Host: localhost:${port}`);
  for (const [name, value] of Object.entries(request.headers ?? {})) lines.push(`${name}: ${value}`);
  if (body !== undefined && !chunked && request.no_content_length !== true && !names.has("content-length")) {
    lines.push(`Content-Length: ${body.length}`);
  }
  const head = Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "utf8");
  const half = Math.ceil((body?.length ?? 0) / 2);
  const chunk = (part: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);
  const payload =
    body === undefined
      ? Buffer.alloc(0)
      : chunked
        ? Buffer.concat([chunk(body.subarray(0, half)), chunk(body.subarray(half)), Buffer.from("0\r\n\r\n")])
        : body;

  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let received = Buffer.alloc(0);
    let closed = false;
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no answer within ${timeoutMs} ms; got ${received.toString("latin1").slice(0, 200)}`));
    }, timeoutMs);
    let lingering: NodeJS.Timeout | undefined;
    const finish = (): void => {
      clearTimeout(timer);
      clearTimeout(lingering);
      socket.destroy();
      const parsed = parse(received, request.method, closed);
      if (parsed === undefined)
        reject(new Error(`not an HTTP answer: ${received.toString("latin1").slice(0, 200)}`));
      else resolve(parsed);
    };
    socket.on("connect", () => socket.write(Buffer.concat([head, payload])));
    socket.on("data", (data: Buffer) => {
      received = Buffer.concat([received, data]);
      const parsed = parse(received, request.method, false);
      // Whole: linger a moment to see whether the server closes.
      if (parsed !== undefined && lingering === undefined) lingering = setTimeout(finish, 15);
    });
    socket.on("end", () => {
      closed = true;
      finish();
    });
    socket.on("error", (error) => {
      clearTimeout(timer);
      if (received.length > 0) {
        closed = true;
        finish();
      } else reject(error);
    });
  });
}

function parse(received: Buffer, method: string, closed: boolean): RestResponse | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [first = "", ...lines] = received.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(first.split(" ")[1]);
  if (status === 100) return parse(received.subarray(end + 4), method, closed);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    if (name !== "date") headers[name] = line.slice(colon + 1).trim();
  }
  const body = received.subarray(end + 4);
  const length = headers["content-length"];
  if (method !== "HEAD" && length !== undefined && body.length < Number(length)) return undefined;
  if (method !== "HEAD" && length === undefined && !closed && body.length === 0) return undefined;
  return { status, headers, body, closed };
}
