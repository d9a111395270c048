/**
 * The parts of grpc-js that the client uses, by name: a bundler then finds them in the CommonJS package also where this
 * module is loaded later.
 */
export { Client, credentials, Metadata } from "@grpc/grpc-js";
