import protobuf from "protobufjs/light.js";
import { descriptor } from "./generated/saved-model.ts";

/** The messages of `proto/saved-model` as protobufjs types; field names as in the .proto files (snake_case). */
export const root: protobuf.Root = protobuf.Root.fromJSON(descriptor);
