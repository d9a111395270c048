import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import {
  createConnection,
  createProtocolConnection,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import { serveLanguages } from "../src/server.ts";

let client: ProtocolConnection | undefined;
afterEach(() => client?.dispose());

/** A client connected to a server in this process, over the real wire format. */
async function connect(): Promise<{
  client: ProtocolConnection;
  published: (uri: string) => Promise<{ code: string; message: string }[]>;
}> {
  const up = new PassThrough();
  const down = new PassThrough();
  serveLanguages(createConnection(new StreamMessageReader(up), new StreamMessageWriter(down)), "1.2.3");
  const connection = createProtocolConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  client = connection;
  const waiting = new Map<string, (diagnostics: { code: string; message: string }[]) => void>();
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) =>
    waiting.get(uri)?.(diagnostics),
  );
  connection.listen();
  const answer = (await connection.sendRequest("initialize", {
    processId: null,
    rootUri: null,
    capabilities: {},
  })) as { serverInfo: unknown };
  expect(answer.serverInfo).toEqual({ name: "servable", version: "1.2.3" });
  await connection.sendNotification("initialized", {});
  return { client: connection, published: (uri) => new Promise((resolve) => waiting.set(uri, resolve)) };
}

describe("the protocol", () => {
  it("publishes diagnostics, completes, hovers, formats and fixes", async () => {
    const { client: connection, published } = await connect();
    const uri = "file:///project/batching_parameters.txt";
    const text = "max_batch_size: 8\nallowed_batch_sizes: 8\n";
    const diagnostics = published(uri);
    await connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "textproto", version: 1, text },
    });
    const [first] = await diagnostics;
    expect(first?.code).toMatch(/^text-proto\//);
    const textDocument = { uri };
    const actions = (await connection.sendRequest("textDocument/codeAction", {
      textDocument,
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 17 } },
      context: { diagnostics: [] },
    })) as { edit: { changes: Record<string, { newText: string }[]> } }[];
    expect(actions.length).toBeGreaterThan(0);
    expect(JSON.stringify(actions[0]?.edit.changes[uri])).toContain("value: 8");
    const completion = (await connection.sendRequest("textDocument/completion", {
      textDocument,
      position: { line: 2, character: 0 },
    })) as { label: string }[];
    expect(completion.map(({ label }) => label)).toContain("batch_timeout_micros");
    const hover = (await connection.sendRequest("textDocument/hover", {
      textDocument,
      position: { line: 1, character: 3 },
    })) as { contents: { value: string } };
    expect(hover.contents.value).toContain("allowed_batch_sizes");
    const mended = published(uri);
    await connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: 2 },
      contentChanges: [{ text: "max_batch_size{value:8}\n" }],
    });
    expect(await mended).toEqual([]);
    const edits = (await connection.sendRequest("textDocument/formatting", {
      textDocument,
      options: { tabSize: 2, insertSpaces: true },
    })) as { newText: string }[];
    expect(edits.map(({ newText }) => newText)).toEqual(["max_batch_size { value: 8 }\n"]);
    await connection.sendRequest("shutdown");
  });
});
