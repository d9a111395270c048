export { type LogStream, type RunningServer, type StartOptions, startModelServer } from "./start.ts";
export { ServerStartError } from "./start-error.ts";
