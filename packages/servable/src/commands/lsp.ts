import { defineCommand } from "../cli/command.ts";

export const command = defineCommand({
  name: "lsp",
  summary: "language server for editors, over stdio",
  description:
    "Diagnostics as you type, completion of fields and enum values, hover with meaning, default and unit, formatting, and quick fixes, for the text protos and servable.yaml. An editor starts it; it speaks the language server protocol on standard input and output.",
  positionals: [],
  options: [{ name: "stdio", help: "as editors pass it; the only way there is" }],
  examples: [{ line: "servable lsp --stdio", says: "the command for an editor's configuration" }],
  async run(context) {
    const { serveLanguages, stdioConnection } = await import("@servable/language-server");
    const connection = stdioConnection();
    serveLanguages(connection, context.version);
    await new Promise<void>((resolve) => {
      connection.onExit(resolve);
      process.stdin.once("end", resolve);
      context.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    return 0;
  },
});
