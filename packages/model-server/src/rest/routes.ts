import { textOfBytes } from "../status.ts";

export type InferenceVerb = "classify" | "regress" | "predict";

/** Which model, and which of its versions, a request is about. */
export interface ModelChoice {
  readonly name: string;
  readonly version?: bigint;
  readonly label?: string;
}

/** What a request under `/v1/` asks for. */
export type Route =
  | { readonly kind: "inference"; readonly verb: InferenceVerb; readonly model: ModelChoice }
  | { readonly kind: "metadata"; readonly model: ModelChoice }
  | { readonly kind: "status"; readonly model: ModelChoice }
  /** `Malformed request: METHOD PATH` */
  | { readonly kind: "malformed" }
  /** A version beyond int64: 400 without a body. */
  | { readonly kind: "version-overflow" };

const POST_ROUTE =
  /^\/v1\/models\/([^/:]+)(?:(?:\/versions\/([0-9]+))|(?:\/labels\/([^/:]+)))?:(classify|regress|predict)$/i;
const GET_ROUTE =
  /^\/v1\/models(?:\/([^/:]+))?(?:(?:\/versions\/([0-9]+))|(?:\/labels\/([^/:]+)))?(?:\/(metadata))?$/i;

/** The routes of `model_servers/http_rest_api_util.cc`; `path` holds query and fragment too, as the server matches it. */
export function routeOf(method: string, path: string): Route {
  if (method === "POST") {
    const match = POST_ROUTE.exec(path);
    if (match === null) return { kind: "malformed" };
    const model = choiceOf(match[1], match[2], match[3]);
    if (model === undefined) return { kind: "version-overflow" };
    // The pattern takes the verb in any case, the dispatch only in lower case.
    const verb = match[4];
    if (verb !== "classify" && verb !== "regress" && verb !== "predict") return { kind: "malformed" };
    return { kind: "inference", verb, model };
  }
  if (method === "GET") {
    const match = GET_ROUTE.exec(path);
    if (match === null) return { kind: "malformed" };
    const model = choiceOf(match[1], match[2], match[3]);
    if (model === undefined) return { kind: "version-overflow" };
    return { kind: match[4] === "metadata" ? "metadata" : "status", model };
  }
  return { kind: "malformed" };
}

function choiceOf(
  name: string | undefined,
  version: string | undefined,
  label: string | undefined,
): ModelChoice | undefined {
  const model = { name: unescaped(name ?? "") };
  if (version !== undefined && version !== "") {
    const number = BigInt(version);
    return number > 0x7fffffffffffffffn ? undefined : { ...model, version: number };
  }
  if (label !== undefined) return { ...model, label: unescaped(label) };
  return model;
}

/** Percent-decoding; `+` stays. The target was checked before: every percent sign has its two digits. */
function unescaped(text: string): string {
  return textOfBytes(
    text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}
