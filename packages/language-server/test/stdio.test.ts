import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  CancellationTokenSource,
  type CompletionItem,
  createProtocolConnection,
  type Diagnostic,
  type Hover,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type TextEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";

const bin = join(import.meta.dirname, "../../servable/src/bin.ts");
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill();
});

/** `servable lsp --stdio` in a process of its own, as an editor starts it, and an editor's view of its documents. */
class Editor {
  readonly child: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly #documents = new Map<string, TextDocument>();
  readonly #published = new Map<string, { version: number | undefined; diagnostics: Diagnostic[] }>();
  #wake: () => void = () => undefined;
  stderr = "";

  constructor() {
    const args = ["--conditions=@servable/source", "--import", "tsx", bin, "lsp", "--stdio"];
    const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"] });
    running.push(child);
    this.child = child;
    child.stderr.on("data", (chunk) => {
      this.stderr += chunk;
    });
    this.connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    this.connection.onNotification("textDocument/publishDiagnostics", ({ uri, version, diagnostics }) => {
      this.#published.set(uri, { version, diagnostics });
      this.#wake();
    });
    this.connection.listen();
  }

  async initialize(): Promise<{ capabilities: Record<string, unknown> }> {
    const answer = await this.connection.sendRequest<{ capabilities: Record<string, unknown> }>(
      "initialize",
      {
        processId: process.pid,
        rootUri: null,
        capabilities: {
          textDocument: { publishDiagnostics: { relatedInformation: true, versionSupport: true } },
        },
      },
    );
    await this.connection.sendNotification("initialized", {});
    return answer;
  }

  async open(uri: string, text: string, languageId = "textproto"): Promise<void> {
    this.#documents.set(uri, TextDocument.create(uri, languageId, 1, text));
    await this.connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId, version: 1, text },
    });
  }

  /** Replaces `[start, end)` of a document, as typing does. */
  async type(uri: string, start: number, end: number, text: string): Promise<void> {
    const document = this.document(uri);
    const change = { range: { start: document.positionAt(start), end: document.positionAt(end) }, text };
    TextDocument.update(document, [change], document.version + 1);
    await this.connection.sendNotification("textDocument/didChange", {
      textDocument: { uri, version: document.version },
      contentChanges: [change],
    });
  }

  document(uri: string): TextDocument {
    const document = this.#documents.get(uri);
    if (document === undefined) throw new Error(uri);
    return document;
  }

  /** Diagnostics of the document as it is now: the text that each marks, and its rule. */
  async diagnostics(
    uri: string,
  ): Promise<{ marks: string; code: string; line: number; character: number }[]> {
    const document = this.document(uri);
    while (this.#published.get(uri)?.version !== document.version) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return (this.#published.get(uri)?.diagnostics ?? []).map(({ range, code }) => ({
      marks: document.getText(range),
      code: String(code),
      ...range.start,
    }));
  }

  at<Result>(method: string, uri: string, offset: number, more: object = {}): Promise<Result> {
    const position = this.document(uri).positionAt(offset);
    return this.connection.sendRequest(method, { textDocument: { uri }, position, ...more });
  }

  async labels(uri: string, offset: number): Promise<string[]> {
    const items = await this.at<CompletionItem[]>("textDocument/completion", uri, offset);
    return items.map(({ label }) => label);
  }

  /** Text of the document with the edits made. */
  edited(uri: string, edits: readonly TextEdit[]): string {
    return TextDocument.applyEdits(this.document(uri), [...edits]);
  }
}

describe("servable lsp --stdio", { timeout: 60_000 }, () => {
  it("serves an editor from the first key to the last", async () => {
    const editor = new Editor();
    const { capabilities } = await editor.initialize();
    expect(capabilities).toMatchObject({
      textDocumentSync: 2,
      hoverProvider: true,
      documentFormattingProvider: true,
    });

    // Incremental changes; an emoji is two UTF-16 units; lines end in CRLF.
    const models = "file:///project/models.config";
    const text = 'model_config_list {\r\n  config {\r\n    # 😀\r\n    name: "😀" nmae: 1\r\n  }\r\n}\r\n';
    await editor.open(models, text);
    expect(await editor.diagnostics(models)).toContainEqual({
      marks: "nmae",
      code: "text-proto/unknown-field",
      line: 3,
      character: 15,
    });
    const bad = text.indexOf(" nmae: 1");
    await editor.type(models, bad, bad + " nmae: 1".length, "");
    for (const [index, key] of [
      ...'\r\n    base_path: "/models/é"\r\n    model_platform: "tensorflow"',
    ].entries())
      await editor.type(models, bad + index, bad + index, key);
    expect(await editor.diagnostics(models)).toEqual([]);

    // Fields and values, at the place where they belong.
    const now = editor.document(models).getText();
    const line = now.indexOf("base_path");
    expect(await editor.labels(models, line)).toContain("version_labels");
    expect(await editor.labels(models, line)).not.toContain("name");
    expect(await editor.labels(models, now.indexOf('"tensorflow"'))).toEqual(['"tensorflow"']);
    // The other member of the oneof cannot be set as well.
    expect(await editor.labels(models, now.length)).toEqual([]);
    const hover = await editor.at<Hover>("textDocument/hover", models, line + 2);
    expect(JSON.stringify(hover.contents)).toContain("base_path");

    // Formatting and the fix of everything are small edits.
    const edits = await editor.connection.sendRequest<TextEdit[]>("textDocument/formatting", {
      textDocument: { uri: models },
      options: { tabSize: 2, insertSpaces: true },
    });
    expect(editor.edited(models, edits)).not.toContain("\r");

    const batching = "file:///project/batching_parameters.txt";
    await editor.open(
      batching,
      "# sizes\nmax_batch_size: 8\npad_variable_length_inputs { value: true }\nallowed_batch_sizes: [8 ]\n",
    );
    expect((await editor.diagnostics(batching)).map(({ code }) => code)).toEqual([
      "text-proto/invalid-value",
      "text-proto/invalid-value",
    ]);
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    const actions = await editor.connection.sendRequest<
      { kind: string; edit: { changes: Record<string, TextEdit[]> } }[]
    >("textDocument/codeAction", {
      textDocument: { uri: batching },
      range,
      context: { diagnostics: [], only: ["source.fixAll"] },
    });
    expect(actions.map(({ kind }) => kind)).toEqual(["source.fixAll"]);
    expect(editor.edited(batching, actions[0]?.edit.changes[batching] ?? [])).toBe(
      "# sizes\nmax_batch_size { value: 8 }\npad_variable_length_inputs: true\nallowed_batch_sizes: [8 ]\n",
    );

    // The spec, at a nested level.
    const spec = "file:///project/servable.yaml";
    const yaml =
      "version: 1\nmodels:\n  - name: a\n    path: ./a\n    batching:\n      \n  - name: b\n    path: ./b\n";
    await editor.open(spec, yaml, "yaml");
    expect(await editor.labels(spec, yaml.indexOf("\n  - name: b"))).toContain("maxBatchSize");
    expect(JSON.stringify(await editor.at("textDocument/hover", spec, yaml.indexOf("batching")))).toContain(
      "**batching**",
    );

    // A file that was never saved is told by its content; one of another program is left alone.
    const untitled = "untitled:Untitled-1";
    await editor.open(untitled, "prometheus_config { enable: maybe }", "plaintext");
    expect((await editor.diagnostics(untitled)).map(({ marks }) => marks)).toEqual(["maybe"]);
    for (const uri of ["file:///x/README.md", "file:///%zz", "git:/x?y#z"]) {
      await editor.open(uri, "# hello {", "markdown");
      expect(await editor.diagnostics(uri)).toEqual([]);
    }

    // A request that is not wanted any more, one that nobody knows, and one about a document that nobody opened.
    const source = new CancellationTokenSource();
    const cancelled = editor.connection.sendRequest(
      "textDocument/completion",
      { textDocument: { uri: models }, position: { line: 0, character: 0 } },
      source.token,
    );
    source.cancel();
    await cancelled.catch((error: { code: number }) => expect(error.code).toBe(-32800));
    await expect(editor.connection.sendRequest("textDocument/unknown", {})).rejects.toMatchObject({
      code: -32601,
    });
    expect(
      await editor.connection.sendRequest("textDocument/hover", {
        textDocument: { uri: "file:///nobody" },
        position: { line: 5, character: 5 },
      }),
    ).toBeNull();
    // A position outside the text is its end.
    await editor.connection.sendRequest("textDocument/completion", {
      textDocument: { uri: models },
      position: { line: 999, character: 999 },
    });

    await editor.connection.sendRequest("shutdown");
    const exited = once(editor.child, "exit");
    await editor.connection.sendNotification("exit");
    expect(await exited).toEqual([0, null]);
    expect(editor.stderr).toBe("");
  });

  it("ends with 1 where the editor leaves without shutdown", async () => {
    const editor = new Editor();
    await editor.initialize();
    const exited = once(editor.child, "exit");
    await editor.connection.sendNotification("exit");
    expect(await exited).toEqual([1, null]);
  });

  it("ends where the editor dies", async () => {
    const editor = new Editor();
    await editor.initialize();
    const exited = once(editor.child, "exit");
    editor.child.stdin?.end();
    expect((await exited)[1]).toBeNull();
  });
});
