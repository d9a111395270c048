export type LogStream = "stdout" | "stderr";
export type LogSink = (line: string, stream: LogStream) => void;

function timestamp(): string {
  const now = new Date();
  const pad = (value: number, width = 2): string => String(value).padStart(width, "0");
  const date = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
  const time = `${pad(now.getHours())}:${pad(now.getMinutes())}:${pad(now.getSeconds())}`;
  return `${date} ${time}.${pad(now.getMilliseconds(), 3)}000`;
}

/** The model server's log: `time: LEVEL source] text` on stderr, plain lines on stdout. */
export class ServerLog {
  private readonly sink: LogSink;

  constructor(sink: LogSink | undefined) {
    this.sink = sink ?? (() => {});
  }

  /** `source` is the file and line that the server names, as `core/loader_harness.cc:97`. */
  info(source: string, text: string): void {
    this.write("I", source, text);
  }

  warning(source: string, text: string): void {
    this.write("W", source, text);
  }

  error(source: string, text: string): void {
    this.write("E", source, text);
  }

  private write(level: string, source: string, text: string): void {
    this.sink(`${timestamp()}: ${level} ${source}] ${text}`, "stderr");
  }

  /** A line without time and source. */
  plain(text: string, stream: LogStream): void {
    this.sink(text, stream);
  }
}
