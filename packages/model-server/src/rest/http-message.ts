/** A request as it came: names of headers as sent, `target` still percent-encoded, the body whole. */
export interface HttpRequest {
  readonly method: string;
  readonly target: string;
  readonly minor: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

/** An answer before the connection's own headers (Date, Content-Length, Connection) are added. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
  /** One of libevent's own pages, which are HTTP/1.1 also where the request was older. */
  readonly page?: true;
}

/** The first header of a name, in any case. */
export function headerOf(
  headers: readonly (readonly [name: string, value: string])[],
  name: string,
): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([key]) => key.toLowerCase() === wanted)?.[1];
}

/** Reason phrases that libevent writes; of codes that it does not know it names the class. */
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Request Entity Too Large",
  417: "Expectation Failed",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  504: "Gateway Time-out",
};

export function reasonPhrase(status: number): string {
  const known = REASONS[status];
  if (known !== undefined) return known;
  return status >= 500 ? "Server Error" : status >= 400 ? "Client Error" : "OK";
}

/** libevent's own page for an error; the connection closes after it. */
export function errorPage(status: number): HttpResponse {
  const reason = reasonPhrase(status);
  const text = `<HTML><HEAD>\n<TITLE>${status} ${reason}</TITLE>\n</HEAD><BODY>\n<H1>${reason}</H1>\n</BODY></HTML>\n`;
  return {
    status,
    headers: [
      ["Content-Type", "text/html"],
      ["Connection", "close"],
    ],
    body: Buffer.from(text),
    page: true,
  };
}
