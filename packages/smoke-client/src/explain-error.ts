import type { ServingError } from "./serving-error.ts";

/** A failure's likely cause and the next thing to try. */
export interface Explanation {
  readonly help: string;
}

const TROUBLE_HELP: Readonly<Record<NonNullable<ServingError["trouble"]>, string>> = {
  refused:
    "nothing listens there: the server has not started (it opens its ports only when every model is loaded), has ended, or uses another port; look at its log, and check --port, --rest_api_port and the published ports",
  "name-not-found": "the host name does not resolve; check its spelling and the DNS or container network",
  reset:
    "something accepted the connection and hung up: often a port that speaks another protocol (REST instead of gRPC, or TLS), or a published container port without a server behind it",
  unreachable: "no route to the host; check the address, the firewall and the container network",
  "tls-required":
    "the server wants TLS (--ssl_config_file); give the root certificate, or check with TLS off",
  "tls-unexpected":
    "the server does not speak TLS there; check without TLS, or start the server with --ssl_config_file",
  "tls-certificate":
    "the TLS handshake failed on a certificate: give the CA that signed the server's certificate as root, check its names and dates, and send a client certificate if the server has client_verify: true",
  "not-grpc":
    "the port answers HTTP, but not gRPC: it is probably the REST port (--rest_api_port) or a proxy; use the gRPC port (--port)",
  "not-http":
    "the port answers, but not as the REST API: it is probably the gRPC port (--port) or another program; use --rest_api_port",
  gateway:
    "a proxy or load balancer answers instead of the model server, which it cannot reach: the server is starting (its ports open only when every model is loaded) or has ended, or the proxy's upstream address or port is wrong; ask the server directly, and look at the proxy's log",
  redirect:
    "something before the model server sends clients elsewhere, to https or to a login; give the address that it names, or the server's own",
  credentials:
    "a proxy before the server wants credentials, which the model server itself never does; ask the server directly, or let this machine through",
  "too-large-for-proxy":
    "a proxy before the server limits the size of requests (nginx: client_max_body_size), the REST API does not; raise the limit, or send fewer rows at a time",
  "cut-off":
    "the connection broke within the answer: the server or a proxy ended or was restarted; look at its log, for memory (exit code 137) above all",
  "socket-missing": "there is no such UNIX socket; check --grpc_socket_path and that the folder is mounted",
  timeout:
    "no answer came in time: the server may be overloaded, still warming up, or stopped; raise the timeout, or look at its log and CPU load",
};

/** Cause and remedy by the code and text that a server answers. Texts are those of tensorflow_model_server 2.17.1. */
const BY_TEXT: readonly (readonly [RegExp, string])[] = [
  [
    /embedded runtime does not run/,
    "the embedded model server lacks these ops; prove this model on the real one: `servable verify --with docker`, or `--with HOST:PORT`",
  ],
  [
    /^Servable not found for request: Latest\((.*)\)/,
    "no version of the model is loaded under that name; compare the name with --model_name or the names in models.config, and ask the status for load errors",
  ],
  [
    /^Servable not found for request: Specific\(/,
    "that version is not loaded; the version policy (by default only the newest) may have left it out, or its load failed",
  ],
  [
    /Unrecognized servable version label/,
    "the label is not assigned; set version_labels in models.config, and note that only AVAILABLE versions can have one",
  ],
  [
    /Serving signature key ".*" not found/,
    "the SavedModel has no signature of that name; `servable inspect` lists them",
  ],
  [
    /Serving signature name: ".*" not found in signature def/,
    "the SavedModel has no signature of that name; `servable inspect` lists them",
  ],
  [
    /Expects arg\[\d+\] to be (\S+) but (\S+) is provided/,
    "the tensor's dtype differs from the signature's; convert it in the client",
  ],
  [
    /Signature input alias|input tensor alias not found|Missing named input|keys must be equal to/,
    "the request's input names differ from the signature's; use the aliases that the metadata lists",
  ],
  [/tensor parsing error/, "the TensorProto is broken: dtype, shape and number of values do not fit"],
  [
    /Matrix size-incompatible|must be (at least )?rank|must be \d-dimensional|Incompatible shapes|Dimensions must|must have the same/i,
    "the input's shape does not fit the graph; the signature's declared shape may be wrong or looser than the graph",
  ],
  [
    /batch scheduling queue to which this task was submitted is full/,
    "the batching queue is full: raise max_enqueued_batches or num_batch_threads, or send less at a time",
  ],
  [
    /larger than maximum input batch size/,
    "the request has more rows than max_batch_size; raise it, or enable large batch splitting",
  ],
  [
    /must have at least one dimension|equal 0th-dimension size/,
    "server-side batching joins requests along the first dimension, which this signature's inputs do not share; do not enable batching for this model",
  ],
  [
    /Could not find variable|FailedPrecondition|uninitialized/i,
    "the variables were not restored: the version directory lacks its variables folder or it is from another export",
  ],
  [
    /Could not parse example input|Key: .* (is required|Data types)|data type: .* is required|Data types don't match/,
    "the Examples lack a feature that the model parses, or have it with another type",
  ],
  [
    /Expected classification|Expected regression|Expected .* signature|Unsupported signature method/i,
    "the signature is of another method; classify and regress need signatures exported for them",
  ],
  [/Received message larger than max/, "the answer is larger than the client allows; raise maxReceiveBytes"],
];

const CODE_HELP: Readonly<Partial<Record<ServingError["code"], string>>> = {
  UNIMPLEMENTED:
    "what answers does not have this call: not a TensorFlow model server, an older one, or a proxy that routes only some paths",
  RESOURCE_EXHAUSTED:
    "the server ran out of memory or queue space; look at its log and at the batching limits",
  DEADLINE_EXCEEDED: "the request took longer than allowed; raise the timeout, or make the batch smaller",
  UNAUTHENTICATED: "a proxy before the server wants credentials",
  PERMISSION_DENIED: "a proxy before the server refuses this client",
  INTERNAL: "the graph failed while it ran; the server's log has more",
  UNAVAILABLE: "the server is not ready or is stopping; look at its log",
  INVALID_ARGUMENT: "the server refused the request; compare it with the signature that the metadata lists",
  FAILED_PRECONDITION: "the model is not in a state to answer; the server's log has more",
  NOT_FOUND: "the server knows no such model or path; compare the names with its configuration",
};

/** The likely cause of a failed call and what to do about it. */
export function explainError(error: ServingError): Explanation {
  if (error.trouble !== undefined) return { help: TROUBLE_HELP[error.trouble] };
  const details = error.details.slice(0, 4096);
  for (const [pattern, help] of BY_TEXT) if (pattern.test(details)) return { help };
  return { help: CODE_HELP[error.code] ?? "the server's log has more" };
}
