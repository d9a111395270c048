import { WireError } from "@servable/tensors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeExamplesRequest,
  decodeMetadataRequest,
  decodeMultiInferenceRequest,
  decodePredictRequest,
  decodeReloadRequest,
  decodeStatusRequest,
} from "../../src/wire/requests.ts";
import { decodeSignatureDef, signatureDefsOf } from "../../src/wire/signatures.ts";

const hex = (text: string): Uint8Array => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("requests off the wire", () => {
  it("a Predict request", () => {
    const request = decodePredictRequest(
      hex("0a03 0a016d 121b 0a0178 1216 0801 1208 12020801 12020802 2208 0000803f 00000040"),
    );
    expect(request.modelSpec).toEqual({ name: "m", signatureName: "" });
    expect([...request.inputs.keys()]).toEqual(["x"]);
  });

  it("an empty version is version 0, and the last of version and label counts", () => {
    expect(decodeStatusRequest(hex("0a02 1200"))).toEqual({ name: "", signatureName: "", version: 0n });
    expect(decodeStatusRequest(hex("0a05 1200 22016c"))).toEqual({ name: "", signatureName: "", label: "l" });
  });

  it("parts of one message are merged", () => {
    expect(decodeStatusRequest(hex("0a03 0a016d 0a04 12020807"))).toEqual({
      name: "m",
      signatureName: "",
      version: 7n,
    });
  });

  it.each(["0f", "0a040a02fffe", "0a05", "0801ff", "0b", "12071205220380808080"])(
    "%s does not parse",
    (bytes) => {
      expect(() => decodePredictRequest(hex(bytes))).toThrow(WireError);
    },
  );

  it("any bytes are read or refused with a WireError", () => {
    const decoders = [
      decodePredictRequest,
      decodeExamplesRequest,
      decodeMultiInferenceRequest,
      decodeMetadataRequest,
      decodeStatusRequest,
      decodeReloadRequest,
      decodeSignatureDef,
      (bytes: Uint8Array) => signatureDefsOf(bytes, ["serve"]),
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(decoders.length - 1), (bytes, which) => {
        try {
          decoders[which]?.(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
