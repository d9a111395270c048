// Made by scripts/generate.ts from proto/serving: edit those files instead.
import type { INamespace } from "protobufjs";

export const descriptor: INamespace = {};
