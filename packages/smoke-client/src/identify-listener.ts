import { connect } from "node:net";
import { connect as connectTls } from "node:tls";

/** What listens on a port, as far as a greeting tells. */
export type Listener = "nothing" | "http2" | "http1" | "tls" | "other";

const PREFACE = Buffer.concat([
  Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
  // an empty SETTINGS frame
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

/**
 * Says hello in HTTP/2 and, if that is not understood, in TLS, and looks at the reply. No request is made.
 * @param timeoutMs for each of the two greetings.
 */
export async function identifyListener(host: string, port: number, timeoutMs = 1500): Promise<Listener> {
  const reply = await greet(host, port, timeoutMs);
  if (reply === "refused") return "nothing";
  if (reply.length >= 4 && reply[3] === 4 && reply.readUIntBE(0, 3) < 1024) return "http2";
  const text = reply.toString("latin1");
  if (text.startsWith("HTTP/1.") || /^\s*<(!doctype|html)/i.test(text)) return "http1";
  if (reply[0] === 0x15 && reply[1] === 3) return "tls";
  return (await speaksTls(host, port, timeoutMs)) ? "tls" : "other";
}

function greet(host: string, port: number, timeoutMs: number): Promise<Buffer | "refused"> {
  return new Promise((resolve) => {
    let reply = Buffer.alloc(0);
    const socket = connect({ host, port });
    const done = (value: Buffer | "refused"): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(value);
    };
    const timer = setTimeout(() => done(reply), timeoutMs);
    let connected = false;
    socket.on("connect", () => {
      connected = true;
      socket.write(PREFACE);
    });
    socket.on("data", (chunk: Buffer) => {
      reply = Buffer.concat([reply, chunk]);
      if (reply.length >= 9) done(reply);
    });
    socket.on("error", () => done(connected ? reply : "refused"));
    socket.on("close", () => done(reply));
  });
}

function speaksTls(host: string, port: number, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    // certificates do not matter here: only whether there is a TLS server at all
    const socket = connectTls({ host, port, rejectUnauthorized: false, ALPNProtocols: ["h2"] });
    const done = (value: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(value);
    };
    const timer = setTimeout(() => done(false), timeoutMs);
    socket.on("secureConnect", () => done(true));
    socket.on("error", (error: NodeJS.ErrnoException) => {
      // a server that wants a client certificate ends the handshake with an alert: that is TLS too
      done(/alert/i.test(error.message) && !/wrong version/i.test(error.message));
    });
    socket.on("close", () => done(false));
  });
}
