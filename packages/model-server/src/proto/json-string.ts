/** Code points beside control characters that C++ protobuf escapes in JSON: invisible ones, and what HTML minds. */
const ESCAPED =
  /[<>\u007f-\u009f\u00ad\u0600-\u0603\u06dd\u070f\u17b4\u17b5\u200b-\u200f\u2028-\u202e\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb]/g;

/** A string as C++ protobuf writes it into JSON. */
export function protoJsonString(text: string): string {
  return JSON.stringify(text).replace(
    ESCAPED,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
