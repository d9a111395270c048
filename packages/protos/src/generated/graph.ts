// Made by scripts/generate.ts from proto/graph: edit those files instead.
import type { INamespace } from "protobufjs";

// Through unknown: the declared type of a map field lacks its keyType.
const json: unknown = {};
export const descriptor: INamespace = json as INamespace;
