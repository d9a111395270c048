/**
 * One word of a POSIX shell command, whatever the text holds: bare where nothing in it means anything to a shell, else in
 * single quotes.
 */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_@%+:,./=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** One field of a CSV record, as docker reads the values of `--mount` and `--gpus`. */
export function csvField(text: string): string {
  return /[,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
