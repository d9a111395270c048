// Made by scripts/generate.ts from proto/saved-model: edit those files instead.
import type { INamespace } from "protobufjs";

export const descriptor: INamespace = {};
