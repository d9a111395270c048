import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "@servable/diagnostics";

/** @throws UserError for a `--grpc` that is no gRPC address */
export function checkGrpcAddress(text: string | undefined): void {
  if (text === undefined || text.startsWith("unix:")) return;
  const url = /^(?:https?|grpcs?):\/\/([^/]*)/.exec(text);
  if (url !== null) {
    throw new UserError("usage", `--grpc wants HOST:PORT, not the URL "${text}"`, {
      hint: `write --grpc ${url[1] === "" ? "localhost:8500" : url[1]}; TLS comes from the spec, REST has --rest`,
    });
  }
  const port = /:([^:\]]*)$/.exec(text)?.[1];
  if (port === undefined || !/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) {
    throw new UserError("usage", `--grpc wants HOST:PORT such as localhost:8500, not "${text}"`);
  }
}

/** @throws UserError for a `--rest` that is no REST address of a model server */
export function checkRestAddress(text: string | undefined): void {
  if (text === undefined) return;
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new UserError("usage", `--rest wants a URL such as http://localhost:8501, not "${text}"`);
  }
  const path = /^(https?:\/\/.*?)\/v1(?:\/models.*)?\/?$/.exec(text);
  if (path !== null) {
    throw new UserError("usage", `--rest wants the server's address, without /v1/models: "${text}"`, {
      hint: `write --rest ${path[1]}`,
    });
  }
}

/** @throws UserError for a `--model NAME=PATH` whose path is no base path */
export function checkBasePath(name: string, path: string, written: string): void {
  if (!existsSync(path)) {
    throw new UserError("not-found", `there is no folder ${written}, the base path given for ${name}`, {
      hint: `leave "=PATH" out to check the server alone: --model ${name}`,
    });
  }
  if (!statSync(path).isDirectory())
    throw new UserError("not-a-folder", `${written}, the base path given for ${name}, is not a folder`);
  if (existsSync(join(path, "saved_model.pb")) || existsSync(join(path, "saved_model.pbtxt"))) {
    throw new UserError(
      "not-a-base-path",
      `${written} is a version directory; a base path is the folder above the versions`,
      { hint: `write --model ${name}=${dirname(written)}` },
    );
  }
}
