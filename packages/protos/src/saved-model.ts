import type protobuf from "protobufjs/light.js";
import { withExactIntegers } from "./exact-integers.ts";
import { descriptor } from "./generated/saved-model.ts";

/** The messages of a SavedModel folder as protobufjs types; field names as in the .proto files (snake_case). */
export const root: protobuf.Root = withExactIntegers().Root.fromJSON(descriptor);
