import type protobuf from "protobufjs/light.js";
import { withExactIntegers } from "./exact-integers.ts";
import { descriptor } from "./generated/serving.ts";

export {
  MODEL_VERSION_STATES,
  type ModelVersionState,
  SERVING_METHODS,
  type ServingMethod,
  SIGNATURE_DEF_MAP_TYPE_URL,
  STATUS_CODE_NAMES,
  type StatusCodeName,
} from "./serving-methods.ts";

/**
 * The messages of the model server's API as protobufjs types; field names as in the .proto files (snake_case).
 * Tensors, Examples and a reload's ModelServerConfig are `bytes`: decode them with `decodeTensorProto`
 * (@servable/tensors) and `root.lookupType("tensorflow.Example")`.
 * 64-bit integers come out as `Long`.
 */
export const root: protobuf.Root = withExactIntegers().Root.fromJSON(descriptor);
