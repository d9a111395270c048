import { explainError, ServingError } from "@servable/smoke-client";
import { describe, expect, it } from "vitest";

const error = (code: ServingError["code"], details: string): ServingError =>
  new ServingError({ code, details, transport: "grpc", target: "localhost:8500" });

describe("explanations of a model server's own words (recorded from 2.17.1)", () => {
  it.each([
    ["NOT_FOUND", "Servable not found for request: Latest(nope)", /compare the name/],
    ["NOT_FOUND", "Servable not found for request: Specific(hp2, 7)", /version policy/],
    ["INVALID_ARGUMENT", "Unrecognized servable version label: canary", /version_labels/],
    ["FAILED_PRECONDITION", 'Serving signature key "nope" not found.', /servable inspect/],
    ["INVALID_ARGUMENT", 'Serving signature name: "nope" not found in signature def', /servable inspect/],
    ["INVALID_ARGUMENT", "Expects arg[0] to be float but double is provided", /dtype/],
    ["INVALID_ARGUMENT", "tensor parsing error: x", /TensorProto is broken/],
    ["INVALID_ARGUMENT", "Missing named input: a in 'inputs' object.", /aliases/],
    [
      "UNAVAILABLE",
      "The batch scheduling queue to which this task was submitted is full; currently 1 batches enqueued and max_enqueued_batches is 1",
      /max_enqueued_batches/,
    ],
    ["INVALID_ARGUMENT", "Task size 5 is larger than maximum input batch size 4", /max_batch_size/],
    [
      "INVALID_ARGUMENT",
      "Batching Run() input tensors must have at least one dimension",
      /do not enable batching/,
    ],
    [
      "FAILED_PRECONDITION",
      "Could not find variable dense/kernel. This could mean that the variable has been deleted.",
      /variables folder/,
    ],
    ["RESOURCE_EXHAUSTED", "Received message larger than max (5000000 vs 4194304)", /maxReceiveBytes/],
    [
      "UNIMPLEMENTED",
      "this model needs an op that the embedded runtime does not run: X (node 'x')",
      /--with docker/,
    ],
  ] as const)("%s %s", (code, details, help) => {
    expect(explainError(error(code, details)).help).toMatch(help);
  });

  it("have a remedy for every code", () => {
    for (const code of [
      "INTERNAL",
      "UNIMPLEMENTED",
      "DEADLINE_EXCEEDED",
      "DATA_LOSS",
      "UNKNOWN",
      "PERMISSION_DENIED",
    ] as const) {
      expect(explainError(error(code, "???")).help.length).toBeGreaterThan(20);
    }
  });
});
