import Long from "long";
import protobuf from "protobufjs/light.js";

/**
 * Makes protobufjs read 64-bit integers as `Long`. By itself it asks `require("long")` and, where a bundler or a test
 * runner answers that with an ES module, silently reads them as doubles: versions beyond 2^53 would change.
 */
export function withExactIntegers(): typeof protobuf {
  if (protobuf.util.Long !== Long) {
    protobuf.util.Long = Long;
    protobuf.configure();
  }
  return protobuf;
}
