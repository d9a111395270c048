import type { TextContext } from "../../text-context.ts";
import { bool, text, type Written } from "../../views/entries.ts";

/** A tensorflow.serving.SSLConfig with its PEM texts read. */
export interface SslView {
  readonly serverKey: Written<string> | undefined;
  readonly serverCert: Written<string> | undefined;
  readonly customCa: Written<string> | undefined;
  readonly clientVerify: Written<boolean> | undefined;
  /** Fields that are meant but could not be read. */
  readonly misread: ReadonlySet<string>;
}

export interface SslContext extends TextContext {
  readonly view: SslView;
}

export function sslView(message: TextContext["message"]): SslView {
  return {
    serverKey: text(message, "server_key"),
    serverCert: text(message, "server_cert"),
    customCa: text(message, "custom_ca"),
    clientVerify: bool(message, "client_verify"),
    misread: message.misread,
  };
}

// Asked for only when a certificate is looked at: the module is not cheap to load.
const crypto = (): typeof import("node:crypto") => process.getBuiltinModule("node:crypto");

/** The first certificate of a PEM text, or undefined. */
export function readCertificate(pem: string): import("node:crypto").X509Certificate | undefined {
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) return undefined;
  try {
    return new (crypto().X509Certificate)(pem);
  } catch {
    return undefined;
  }
}

/** The private key of a PEM text, or undefined. */
export function readKey(pem: string): import("node:crypto").KeyObject | undefined {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) return undefined;
  try {
    return crypto().createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** Whether a text is rather the name of a file. */
export function looksLikePath(value: string): boolean {
  return !value.includes("-----BEGIN") && value.length < 4096 && /^[^\n]*[./\\][^\n]*$/.test(value);
}
