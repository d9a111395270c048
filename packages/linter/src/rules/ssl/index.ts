import type { LintRule } from "../../finding.ts";
import { rule as caNeedsVerify } from "./ca-needs-verify.ts";
import { rule as caReadable } from "./ca-readable.ts";
import { rule as certificateInTime } from "./certificate-in-time.ts";
import { rule as keyAndCertificate } from "./key-and-certificate.ts";
import { rule as keyMatchesCertificate } from "./key-matches-certificate.ts";
import { rule as keyTypeUsable } from "./key-type-usable.ts";
import type { SslContext } from "./ssl-context.ts";
import { rule as verifyNeedsCa } from "./verify-needs-ca.ts";

/** Rules of the area `ssl`, one file each; sorted by id. */
export const sslRules: readonly LintRule<SslContext>[] = [
  caNeedsVerify,
  caReadable,
  certificateInTime,
  keyAndCertificate,
  keyMatchesCertificate,
  keyTypeUsable,
  verifyNeedsCa,
];
