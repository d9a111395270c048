/** A request target taken apart, still percent-encoded. */
export interface ParsedUri {
  readonly scheme: string | undefined;
  readonly host: string | undefined;
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string | undefined;
}

const PATH_CHARS = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*/;
const QUERY_CHARS = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*/;
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
const AUTHORITY = /^(?:((?:[A-Za-z0-9\-._~!$&'()*+,;=:]|%[0-9A-Fa-f]{2})*)@)?(.*?)(?::([0-9]*))?$/;
const REGISTERED_NAME = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
const BRACKETED = /^\[(?:[0-9A-Fa-f:.]+|v[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+)\]$/;

/**
 * A URI by RFC 3986, as strictly as libevent's `evhttp_uri_parse` reads it; undefined for what it refuses (raw UTF-8,
 * braces, blanks, a percent sign without two hex digits).
 */
export function parseUri(target: string): ParsedUri | undefined {
  let rest = target;
  const scheme = SCHEME.exec(rest)?.[1];
  if (scheme !== undefined) rest = rest.slice(scheme.length + 1);
  let host: string | undefined;
  if (rest.startsWith("//")) {
    const end = /[/?#]/.exec(rest.slice(2));
    const authority = end === null ? rest.slice(2) : rest.slice(2, 2 + end.index);
    const parts = AUTHORITY.exec(authority);
    host = parts?.[2];
    if (host === undefined) return undefined;
    if (!(REGISTERED_NAME.test(host) || BRACKETED.test(host))) return undefined;
    if (Number(parts?.[3] ?? "0") > 65535) return undefined;
    rest = rest.slice(2 + authority.length);
  }
  const path = PATH_CHARS.exec(rest)?.[0] ?? "";
  rest = rest.slice(path.length);
  let query: string | undefined;
  if (rest.startsWith("?")) {
    query = QUERY_CHARS.exec(rest.slice(1))?.[0] ?? "";
    rest = rest.slice(query.length + 1);
  }
  let fragment: string | undefined;
  if (rest.startsWith("#")) {
    fragment = QUERY_CHARS.exec(rest.slice(1))?.[0] ?? "";
    rest = rest.slice(fragment.length + 1);
  }
  if (rest !== "") return undefined;
  if (scheme === undefined && host === undefined && /^[^/]*:/.test(path)) return undefined;
  return { scheme, host, path, query, fragment };
}
