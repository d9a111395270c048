import { createServer, type Server, type Socket } from "node:net";
import { HttpConnection, type HttpHandler } from "./http-connection.ts";

/** Listens for HTTP/1.x on a port of all interfaces. */
export class RestServer {
  private readonly server: Server;
  private readonly connections = new Map<Socket, HttpConnection>();

  constructor(handler: HttpHandler) {
    this.server = createServer({ allowHalfOpen: true }, (socket) => {
      this.connections.set(socket, new HttpConnection(socket, handler));
      socket.on("close", () => this.connections.delete(socket));
    });
  }

  /** `::` with IPv4, or IPv4 alone where there is no IPv6; answers the port. */
  async listen(port: number): Promise<number> {
    try {
      return await this.listenOn(port, "::");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== "EAFNOSUPPORT" && code !== "EADDRNOTAVAIL" && code !== "EINVAL") throw error;
      return this.listenOn(port, "0.0.0.0");
    }
  }

  private listenOn(port: number, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const failed = (error: Error): void => reject(error);
      this.server.once("error", failed);
      this.server.listen({ port, host }, () => {
        this.server.off("error", failed);
        const address = this.server.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  /** Ends after the answers under way; connections still open after `graceMs` are cut off. */
  async stop(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (!this.server.listening) resolve();
      else this.server.close(() => resolve());
    });
    for (const connection of this.connections.values()) void connection.shutdown();
    const timer = setTimeout(() => {
      for (const socket of this.connections.keys()) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }
}
