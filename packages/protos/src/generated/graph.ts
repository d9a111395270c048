// Made by scripts/generate.ts from proto/graph: edit those files instead.
import type { INamespace } from "protobufjs";

export const descriptor: INamespace = {};
