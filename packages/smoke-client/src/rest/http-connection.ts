import type { Agent, IncomingHttpHeaders, IncomingMessage, RequestOptions } from "node:http";
import type { CallOptions, TlsOptions } from "../messages.ts";
import { ServingError } from "../serving-error.ts";
import { restError } from "./rest-error.ts";

/** Where and how to reach the REST port of a model server (or what stands before it). */
export interface RestClientOptions {
  /** `http://HOST:PORT`, with `https://` for a proxy that speaks TLS (the server itself does not, on REST). A path is a prefix. */
  readonly baseUrl: string;
  readonly tls?: TlsOptions | undefined;
  /** Milliseconds for calls without a deadline of their own. Default 30,000; 0 for none. */
  readonly deadlineMs?: number | undefined;
  /** Largest answer to take, in bytes. Default 1 GiB. */
  readonly maxReceiveBytes?: number | undefined;
}

/** A raw HTTP answer. */
export interface RestAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

const DEFAULT_DEADLINE_MS = 30_000;
const MAX_RECEIVE_BYTES = 2 ** 30;

/** Requests over node:http or node:https with kept-alive connections. */
export class HttpConnection {
  /** Without slashes at the end. */
  readonly baseUrl: string;
  readonly #url: URL;
  readonly #options: RestClientOptions;
  #agent: Promise<Agent> | undefined;

  constructor(options: RestClientOptions) {
    this.#options = options;
    this.#url = new URL(options.baseUrl);
    this.baseUrl = options.baseUrl.replace(/\/+$/, "");
  }

  async #connect(): Promise<{ http: typeof import("node:http"); agent: Agent }> {
    const secure = this.#url.protocol === "https:";
    const http = (
      secure ? await import("node:https") : await import("node:http")
    ) as typeof import("node:http");
    this.#agent ??= Promise.resolve(new http.Agent({ keepAlive: true, maxSockets: 64 }));
    return { http, agent: await this.#agent };
  }

  #requestOptions(path: string): RequestOptions & { readonly servername?: string } {
    const { hostname, port, pathname, protocol } = this.#url;
    const secure = protocol === "https:";
    const { tls } = this.#options;
    return {
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? (secure ? 443 : 80) : Number(port),
      path: pathname.replace(/\/+$/, "") + path,
      ...(secure && tls !== undefined
        ? {
            ca: tls.rootCertificates as string | undefined,
            key: tls.clientKey as string | undefined,
            cert: tls.clientCertificate as string | undefined,
            ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
          }
        : {}),
    };
  }

  /** Any request; resolves whatever the status. @throws ServingError, or the reason of the abort */
  async request(
    method: string,
    path: string,
    body?: string | Uint8Array,
    callOptions: CallOptions = {},
  ): Promise<RestAnswer> {
    const { signal } = callOptions;
    signal?.throwIfAborted();
    const { http, agent } = await this.#connect();
    const deadlineMs = callOptions.deadlineMs ?? this.#options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    const payload = typeof body === "string" ? Buffer.from(body, "utf8") : body;
    const headers = {
      ...(payload === undefined
        ? {}
        : { "content-type": "application/json", "content-length": payload.length }),
      ...callOptions.metadata,
    };
    return new Promise((resolve, reject) => {
      const outgoing = http.request({ agent, method, headers, ...this.#requestOptions(path) });
      const giveUp = (error: unknown): void => {
        fail(error);
        outgoing.destroy();
      };
      const onAbort = (): void => giveUp(signal?.reason);
      const timer = deadlineMs > 0 ? setTimeout(() => giveUp(this.#late(deadlineMs)), deadlineMs) : undefined;
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      const fail = (error: unknown): void => {
        settle();
        reject(signal?.aborted === true ? signal.reason : error);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      outgoing.on("error", (error) => fail(restError(error, this.baseUrl)));
      outgoing.on("response", (response) =>
        this.#receive(response, fail, (answer) => {
          settle();
          resolve(answer);
        }),
      );
      outgoing.end(payload);
    });
  }

  #receive(
    response: IncomingMessage,
    fail: (error: unknown) => void,
    done: (answer: RestAnswer) => void,
  ): void {
    const limit = this.#options.maxReceiveBytes ?? MAX_RECEIVE_BYTES;
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        fail(
          new ServingError({
            code: "RESOURCE_EXHAUSTED",
            details: `the answer is larger than ${limit} bytes`,
            transport: "rest",
            target: this.baseUrl,
          }),
        );
        response.destroy();
      } else chunks.push(chunk);
    });
    response.on("error", (error) => fail(restError(error, this.baseUrl)));
    response.on("aborted", () =>
      fail(
        restError({ code: "CUT_OFF", message: "the connection was closed within the answer" }, this.baseUrl),
      ),
    );
    response.on("end", () =>
      done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
    );
  }

  #late(deadlineMs: number): ServingError {
    return new ServingError({
      code: "DEADLINE_EXCEEDED",
      details: `no answer within ${Math.round(deadlineMs)} ms`,
      transport: "rest",
      target: this.baseUrl,
      trouble: "timeout",
    });
  }

  close(): void {
    this.#agent?.then(
      (connections) => connections.destroy(),
      () => {},
    );
  }
}
