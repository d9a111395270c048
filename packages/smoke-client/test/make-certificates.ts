import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate and its key in PEM. */
export interface Certified {
  readonly certificate: string;
  readonly key: string;
}

const tlv = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, "hex"));
const name = (common: string): Buffer =>
  sequence(tlv(0x31, sequence(oid("550403"), tlv(0x0c, Buffer.from(common)))));
const time = (at: Date): Buffer =>
  tlv(
    0x17,
    Buffer.from(
      `${at
        .toISOString()
        .replace(/[-:T]|\.\d+/g, "")
        .slice(2)}`,
    ),
  );
const ecdsaWithSha256 = sequence(oid("2a8648ce3d040302"));

interface Issuer {
  readonly common: string;
  readonly key: KeyObject;
}

function issue(
  common: string,
  issuer: Issuer | undefined,
  names: readonly Buffer[],
): Certified & { readonly privateKey: KeyObject } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const now = Date.now();
  const authority = issuer === undefined ? [tlv(0x01, Buffer.from([255]))] : [];
  const extensions = [sequence(oid("551d13"), tlv(0x04, sequence(...authority)))];
  if (names.length > 0) extensions.push(sequence(oid("551d11"), tlv(0x04, sequence(...names))));
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.from([1, ...Buffer.from(common).subarray(0, 6)])),
    ecdsaWithSha256,
    name(issuer?.common ?? common),
    sequence(time(new Date(now - 3_600_000)), time(new Date(now + 86_400_000))),
    name(common),
    publicKey.export({ type: "spki", format: "der" }),
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", body, issuer?.key ?? privateKey);
  const der = sequence(body, ecdsaWithSha256, tlv(0x03, Buffer.from([0]), signature));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    privateKey,
    key: String(privateKey.export({ type: "pkcs8", format: "pem" })),
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

/** A fresh authority, a server certificate for localhost and 127.0.0.1, and a client certificate: valid for a day. */
export function makeCertificates(): { authority: string; server: Certified; client: Certified } {
  const authority = issue("test authority", undefined, []);
  const issuer: Issuer = { common: "test authority", key: authority.privateKey };
  const names = [tlv(0x82, Buffer.from("localhost")), tlv(0x87, Buffer.from([127, 0, 0, 1]))];
  return {
    authority: authority.certificate,
    server: issue("localhost", issuer, names),
    client: issue("client", issuer, []),
  };
}
