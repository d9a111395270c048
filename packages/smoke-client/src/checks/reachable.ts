import { explainError } from "../explain-error.ts";
import { hostAndPort } from "../host-and-port.ts";
import { identifyListener, type Listener } from "../identify-listener.ts";
import type { ConnectionTrouble, ServingError } from "../serving-error.ts";
import { attempt, type SmokeContext, type Transport } from "../smoke-context.ts";
import type { SmokeCheck } from "./check.ts";
import type { Finding } from "./finding.ts";

/** Troubles whose cause is plain without another look at the port. */
const CERTAIN: ReadonlySet<ConnectionTrouble> = new Set([
  "refused",
  "name-not-found",
  "tls-certificate",
  "gateway",
  "redirect",
  "credentials",
  "cut-off",
]);

/** A server that is alive says so much sooner; what accepts and stays silent is not waited for longer. */
const ALIVE_WITHIN_MS = 10_000;

/** A name that no server has; the answer only has to be a model server's. */
const NO_SUCH_MODEL = "servable-smoke-no-such-model";

/** What it means to find this listener where a transport was expected, and the remedy. */
function misplaced(
  transport: Transport,
  tls: boolean,
  listener: Listener,
): { what: string; help: string } | undefined {
  if (transport === "grpc") {
    if (listener === "http1") {
      return {
        what: "an HTTP/1 server listens there, not gRPC",
        help: "this is probably the REST port (--rest_api_port, by default 8501); the gRPC port is --port, by default 8500",
      };
    }
    if (listener === "tls" && !tls) {
      return {
        what: "the port wants TLS",
        help: "the server has --ssl_config_file: give its certificate's CA as root certificates, and a client certificate if client_verify is true",
      };
    }
    if (listener === "http2" && tls) {
      return {
        what: "the port speaks gRPC without TLS",
        help: "leave TLS off in the client, or start the server with --ssl_config_file",
      };
    }
  } else {
    if (listener === "http2") {
      return {
        what: "a gRPC server listens there, not REST",
        help: "this is probably the gRPC port (--port, by default 8500); the REST port is --rest_api_port, off by default and 8501 in the Docker image",
      };
    }
    if (listener === "tls") {
      return {
        what: "the port wants TLS",
        help: "the model server's REST has no TLS: use https:// if a proxy is before it; otherwise this is its gRPC port with TLS",
      };
    }
  }
  if (listener === "other") {
    return {
      what: "something accepts connections there but speaks neither HTTP nor TLS",
      help: "another program has the port, or a container port is published without a server behind it (docker-proxy accepts and hangs up): look at the container's log",
    };
  }
  return undefined;
}

function restAddress(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port === "" ? (protocol === "https:" ? 443 : 80) : port}`;
}

async function examine(context: SmokeContext, transport: Transport): Promise<Finding> {
  const target = transport === "grpc" ? context.grpc!.target : context.rest!.baseUrl;
  const name = context.options.models[0]?.name ?? NO_SUCH_MODEL;
  const { deadlineMs, signal } = context.callOptions;
  const result = await attempt(
    context
      .client(transport)
      .getModelStatus(
        { name },
        { deadlineMs: Math.min(deadlineMs ?? ALIVE_WITHIN_MS, ALIVE_WITHIN_MS), signal },
      ),
  );
  if (result.ok) {
    context.answering.add(transport);
    return { transport, outcome: "pass", message: `${target} answers` };
  }
  const { error } = result;
  const ours = transport === "grpc" ? error.code !== "UNIMPLEMENTED" : isRestAnswer(error);
  if (error.trouble === undefined && ours) {
    context.answering.add(transport);
    return { transport, outcome: "pass", message: `${target} answers (${error.message})` };
  }
  if (error.trouble === undefined && transport === "grpc") {
    return {
      transport,
      outcome: "fail",
      message: `${target} speaks gRPC but has no tensorflow.serving.ModelService: ${error.message}`,
      help: "another gRPC server has the port, or a proxy that does not route /tensorflow.serving.ModelService",
    };
  }
  const tls = context.options.targets.tls !== undefined;
  const secureRest = transport === "rest" && target.startsWith("https:");
  const address = hostAndPort(transport === "grpc" ? target : restAddress(target));
  const unsure = error.trouble === undefined || !CERTAIN.has(error.trouble);
  if (address !== undefined && unsure && !secureRest) {
    const listener = await identifyListener(address.host, address.port);
    const found = misplaced(transport, tls, listener);
    if (found !== undefined) {
      return { transport, outcome: "fail", message: `${target}: ${found.what}`, help: found.help };
    }
  }
  const answers = error.trouble === undefined ? `${target} answers HTTP, but not as a model server: ` : "";
  return {
    transport,
    outcome: "fail",
    message: `${answers}${error.message}`,
    help:
      error.trouble === undefined
        ? "another web server has the port, or a proxy whose path prefix is missing from the URL"
        : explainError(error).help,
  };
}

/** The REST API answers with JSON whatever is asked under /v1/models. */
function isRestAnswer(error: ServingError): boolean {
  return error.status !== undefined && !error.details.startsWith("HTTP ") && error.code !== "INTERNAL";
}

export const check: SmokeCheck = {
  id: "reachable",
  title: "the server answers",
  proves: "a model server listens at the gRPC and REST addresses, and not something else",
  async *run(context) {
    if (context.grpc !== undefined) yield await examine(context, "grpc");
    if (context.rest !== undefined) yield await examine(context, "rest");
  },
};
