import { fileURLToPath } from "node:url";
import type { Diagnostic, Fix } from "@servable/diagnostics";
import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  CompletionItemKind,
  CompletionItemTag,
  type Connection,
  createConnection,
  DiagnosticSeverity,
  InsertTextFormat,
  type Diagnostic as LspDiagnostic,
  MarkupKind,
  TextDocumentSyncKind,
  TextDocuments,
  type TextEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { type Language, languageOf } from "./documents.ts";

const SEVERITIES = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

const pathOf = (uri: string): string => {
  try {
    return uri.startsWith("file:") ? fileURLToPath(uri) : uri;
  } catch {
    return uri;
  }
};

function shown(document: TextDocument, diagnostic: Diagnostic): LspDiagnostic {
  const { start, end } = diagnostic.span ?? { start: 0, end: 0 };
  return {
    range: { start: document.positionAt(start), end: document.positionAt(end) },
    severity: SEVERITIES[diagnostic.severity],
    code: diagnostic.rule,
    source: "servable",
    message: diagnostic.help === undefined ? diagnostic.message : `${diagnostic.message}\n${diagnostic.help}`,
    relatedInformation: (diagnostic.related ?? []).flatMap(({ message, file, span }) =>
      span === undefined || file !== diagnostic.file
        ? []
        : [
            {
              message,
              location: {
                uri: document.uri,
                range: { start: document.positionAt(span.start), end: document.positionAt(span.end) },
              },
            },
          ],
    ),
  };
}

const editsOf = (document: TextDocument, fix: Fix): TextEdit[] =>
  fix.edits.map(({ start, end, newText }) => ({
    range: { start: document.positionAt(start), end: document.positionAt(end) },
    newText,
  }));

/**
 * Serves the language server protocol over a connection until it closes: diagnostics, completion of fields and values,
 * hover with meaning, default and unit, formatting, and quick fixes, for the text protos and the spec.
 */
export function serveLanguages(connection: Connection, version: string): void {
  const documents = new TextDocuments(TextDocument);
  const language = (
    uri: string,
  ): { readonly document: TextDocument; readonly language: Language } | undefined => {
    const document = documents.get(uri);
    if (document === undefined) return undefined;
    const found = languageOf(pathOf(uri), document.getText());
    return found === undefined ? undefined : { document, language: found };
  };

  connection.onInitialize(() => ({
    serverInfo: { name: "servable", version },
    capabilities: {
      textDocumentSync: TextDocumentSyncKind.Incremental,
      completionProvider: { triggerCharacters: [":", "{", " "] },
      hoverProvider: true,
      documentFormattingProvider: true,
      codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.SourceFixAll] },
    },
  }));

  documents.onDidChangeContent(({ document }) => {
    const found = languageOf(pathOf(document.uri), document.getText());
    const diagnostics = found?.diagnostics(document.getText()) ?? [];
    void connection.sendDiagnostics({
      uri: document.uri,
      version: document.version,
      diagnostics: diagnostics.map((each) => shown(document, each)),
    });
  });
  documents.onDidClose(
    ({ document }) => void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] }),
  );

  connection.onCompletion(({ textDocument, position }): CompletionItem[] => {
    const found = language(textDocument.uri);
    if (found === undefined) return [];
    const { document } = found;
    return found.language.complete(document.getText(), document.offsetAt(position)).map((offer) => ({
      label: offer.label,
      kind: offer.kind === "field" ? CompletionItemKind.Field : CompletionItemKind.Value,
      detail: offer.detail,
      ...(offer.documentation === ""
        ? {}
        : { documentation: { kind: MarkupKind.Markdown, value: offer.documentation } }),
      ...(offer.deprecated ? { tags: [CompletionItemTag.Deprecated] } : {}),
      insertTextFormat: InsertTextFormat.Snippet,
      textEdit: {
        range: { start: document.positionAt(offer.start), end: document.positionAt(offer.end) },
        newText: offer.snippet,
      },
    }));
  });

  connection.onHover(({ textDocument, position }) => {
    const found = language(textDocument.uri);
    if (found === undefined) return null;
    const { document } = found;
    const hover = found.language.hover(document.getText(), document.offsetAt(position));
    if (hover === undefined) return null;
    return {
      contents: { kind: MarkupKind.Markdown, value: hover.markdown },
      range: { start: document.positionAt(hover.start), end: document.positionAt(hover.end) },
    };
  });

  connection.onDocumentFormatting(({ textDocument }): TextEdit[] => {
    const found = language(textDocument.uri);
    if (found === undefined) return [];
    const { document } = found;
    const text = document.getText();
    const formatted = found.language.format(text);
    if (formatted === undefined) return [];
    return [
      {
        range: { start: { line: 0, character: 0 }, end: document.positionAt(text.length) },
        newText: formatted,
      },
    ];
  });

  connection.onCodeAction(({ textDocument, range, context }): CodeAction[] => {
    const found = language(textDocument.uri);
    if (found === undefined) return [];
    const { document } = found;
    const from = document.offsetAt(range.start);
    const to = document.offsetAt(range.end);
    return found.language.diagnostics(document.getText()).flatMap((diagnostic) => {
      const { fix, span } = diagnostic;
      if (fix === undefined || span === undefined || span.end < from || span.start > to) return [];
      const same = context.diagnostics.filter(
        ({ code, range: at }) => code === diagnostic.rule && document.offsetAt(at.start) === span.start,
      );
      return [
        {
          title: fix.title,
          kind: CodeActionKind.QuickFix,
          diagnostics: same,
          isPreferred: fix.safety === "safe",
          edit: { changes: { [document.uri]: editsOf(document, fix) } },
        },
      ];
    });
  });

  documents.listen(connection);
  connection.listen();
}

/** A connection over this process's standard input and output. */
export function stdioConnection(): Connection {
  return createConnection(process.stdin, process.stdout);
}
