// Made by scripts/generate.ts from proto/config: edit those files instead.
import type { INamespace } from "protobufjs";

const json: object = {};
export const descriptor: INamespace = json;
