import { parseVersionName } from "../../discovery/version-name.ts";

/** Letters that are not seen: no-break and other blanks, joiners, marks of direction. */
const UNSEEN = /[\u00a0\u00ad\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]/u;

/** Whether a name is a decimal number to the server, however large; a plus sign counts since 2.19. */
export const isDecimal = (name: string): boolean => /^[ \t\n\v\f\r]*[-+]?[0-9]+[ \t\n\v\f\r]*$/.test(name);

/** What keeps a name that looks like a number from being a version, as the end of a sentence; "" where it is plain to see. */
export function whyNoVersion(name: string, tfsVersion: string): string {
  if (isDecimal(name)) {
    return parseVersionName(name, "2.19.0") === undefined
      ? " within the range of 64-bit ones"
      : ` to TFS ${tfsVersion}: a plus sign is taken since 2.19`;
  }
  if (UNSEEN.test(name)) return ": there is a letter in it that is not seen";
  if (/\p{Nd}/u.test(name.replace(/[0-9]/g, ""))) return ": only the digits 0 to 9 count";
  return "";
}

/** A number to rename a folder to that was meant as a version. */
export function suggestedVersion(name: string): string {
  const plain = name.normalize("NFKC");
  // Dates and times keep their order as one number; of other names only a single number is clear.
  const date = /^\d{4}[-._]\d\d[-._]\d\d/.test(plain);
  const digits = date ? plain.replace(/\D/g, "") : /^\D*(\d+)\D*$/.exec(plain)?.[1];
  const major = digits ?? /\d+/.exec(plain)?.[0] ?? "1";
  return parseVersionName(major) === undefined ? "1" : major;
}
