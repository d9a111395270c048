import { fileURLToPath } from "node:url";
import { applyFixes, type Diagnostic, type Fix, sortDiagnostics } from "@servable/diagnostics";
import {
  type CodeAction,
  type CodeActionContext,
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
  type Range,
  TextDocumentSyncKind,
  TextDocuments,
  type TextEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { type Language, languageOf } from "./documents.ts";
import type { Offer } from "./text-features.ts";

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

/** The lines in which two texts differ, as one edit: a cursor elsewhere stays where it is. */
function lineEdit(document: TextDocument, to: string): TextEdit[] {
  const from = document.getText();
  if (from === to) return [];
  let start = 0;
  for (let at = 0; from.charCodeAt(at) === to.charCodeAt(at) && at < from.length; at++)
    if (from.charCodeAt(at) === 10) start = at + 1;
  let same = 0;
  const most = Math.min(from.length, to.length) - start;
  for (let at = 1; at <= most && from.charCodeAt(from.length - at) === to.charCodeAt(to.length - at); at++)
    if (from.charCodeAt(from.length - at) === 10) same = at - 1;
  const end = from.length - same;
  return [
    {
      range: { start: document.positionAt(start), end: document.positionAt(end) },
      newText: to.slice(start, to.length - same),
    },
  ];
}

const editsOf = (document: TextDocument, fix: Fix): TextEdit[] =>
  fix.edits.map(({ start, end, newText }) => ({
    range: { start: document.positionAt(start), end: document.positionAt(end) },
    newText,
  }));

/** All safe fixes at once, as `servable check --fix` makes them. */
function fixAll(document: TextDocument, language: Language): CodeAction[] {
  let text = document.getText();
  for (let pass = 0; pass < 12; pass++) {
    const { text: next, applied } = applyFixes(text, sortDiagnostics(language.diagnostics(text)));
    if (applied === 0 || next === text) break;
    text = next;
  }
  const edits = lineEdit(document, text);
  return edits.length === 0
    ? []
    : [
        {
          title: "make all safe fixes",
          kind: CodeActionKind.SourceFixAll,
          edit: { changes: { [document.uri]: edits } },
        },
      ];
}

function completionItem(document: TextDocument, offer: Offer): CompletionItem {
  return {
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
  };
}

/** Fixes of what is found in a range; where an editor asks for it, all safe ones at once. */
function codeActions(
  document: TextDocument,
  language: Language,
  range: Range,
  context: CodeActionContext,
): CodeAction[] {
  const from = document.offsetAt(range.start);
  const to = document.offsetAt(range.end);
  const wants = (kind: string): boolean =>
    context.only === undefined ||
    context.only.some((only) => only === "" || kind === only || kind.startsWith(`${only}.`));
  // As an editor asks on saving; not offered among the fixes at the cursor.
  const all =
    context.only !== undefined && wants(CodeActionKind.SourceFixAll) ? fixAll(document, language) : [];
  if (!wants(CodeActionKind.QuickFix)) return all;
  const single = language.diagnostics(document.getText()).flatMap((diagnostic) => {
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
  return [...all, ...single];
}

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

  const publish = (uri: string): void => {
    const document = documents.get(uri);
    if (document === undefined) return;
    const text = document.getText();
    const diagnostics = languageOf(pathOf(uri), text)?.diagnostics(text) ?? [];
    void connection.sendDiagnostics({
      uri,
      version: document.version,
      diagnostics: diagnostics.map((each) => shown(document, each)),
    });
  };
  // Several changes that have arrived are checked once, after the last of them.
  const due = new Set<string>();
  documents.onDidChangeContent(({ document: { uri } }) => {
    if (due.has(uri)) return;
    due.add(uri);
    setTimeout(() => {
      due.delete(uri);
      try {
        publish(uri);
      } catch (error) {
        connection.console.error(
          `cannot check ${uri}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    });
  });
  documents.onDidClose(
    ({ document }) => void connection.sendDiagnostics({ uri: document.uri, diagnostics: [] }),
  );

  connection.onCompletion(({ textDocument, position }): CompletionItem[] => {
    const found = language(textDocument.uri);
    if (found === undefined) return [];
    const { document } = found;
    return found.language
      .complete(document.getText(), document.offsetAt(position))
      .map((offer) => completionItem(document, offer));
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
    const formatted = found.language.format(document.getText());
    return formatted === undefined ? [] : lineEdit(document, formatted);
  });

  connection.onCodeAction(({ textDocument, range, context }): CodeAction[] => {
    const found = language(textDocument.uri);
    if (found === undefined) return [];
    return codeActions(found.document, found.language, range, context);
  });

  documents.listen(connection);
  connection.listen();
}

/** A connection over this process's standard input and output. */
export function stdioConnection(): Connection {
  return createConnection(process.stdin, process.stdout);
}
