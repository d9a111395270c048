import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { schemas } from "@servable/protos/text-schema";
import { encode, parse, read } from "@servable/text-proto";
import { afterAll, describe, expect, it } from "vitest";
import { readSignatureDefs } from "../../src/inference/signature-file.ts";
import { protoJson } from "../../src/proto/proto-json.ts";
import { signatureDebugString } from "../../src/proto/signature-text.ts";

/** Every kind of TensorInfo, a default and a pseudo-signature. */
const TEXT = `meta_graphs {
  meta_info_def { tags: "serve" }
  signature_def {
    key: "serving_default"
    value {
      inputs { key: "x" value { name: "x:0" dtype: DT_FLOAT_REF tensor_shape { dim { size: -1 } dim { size: 3 } } } }
      inputs {
        key: "ragged"
        value {
          composite_tensor {
            type_spec { type_spec_class: RAGGED_TENSOR_SPEC type_state { int64_value: -7 } num_flat_components: 1 }
            components { name: "values:0" dtype: DT_INT64 tensor_shape { unknown_rank: true } }
          }
        }
      }
      outputs {
        key: "sparse"
        value {
          coo_sparse { values_tensor_name: "v:0" indices_tensor_name: "i:0" dense_shape_tensor_name: "d:0" }
          dtype: DT_STRING
        }
      }
      method_name: "tensorflow/serving/predict"
      defaults { key: "x" value { dtype: DT_FLOAT float_val: 0.1 string_val: "\\377" } }
    }
  }
  signature_def { key: "__saved_model_init_op" value { outputs { key: "__saved_model_init_op" value { name: "init" } } } }
}
`;

const folder = mkdtempSync(join(tmpdir(), "signatures-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function signaturesOf(file: string, contents: string | Uint8Array): ReturnType<typeof readSignatureDefs> {
  const version = join(folder, file, "1");
  mkdirSync(version, { recursive: true });
  writeFileSync(join(version, file), contents);
  return readSignatureDefs(version, ["serve"]);
}

describe("signatures of a version", () => {
  const fromText = signaturesOf("saved_model.pbtxt", TEXT);

  it("are the same from the text form as from the binary one, to the last field", () => {
    const fromBinary = signaturesOf(
      "saved_model.pb",
      encode(read(parse(TEXT), "tensorflow.SavedModel", schemas).message),
    );
    expect([...fromText.keys()]).toEqual(["__saved_model_init_op", "serving_default"]);
    for (const [name, { bytes }] of fromBinary)
      expect(Buffer.from(fromText.get(name)!.bytes), name).toEqual(Buffer.from(bytes));
  });

  it("in proto JSON: declaration order, members of a oneof last, defaults shown", () => {
    const { bytes } = fromText.get("serving_default")!;
    expect(JSON.parse(protoJson("tensorflow.SignatureDef", bytes))).toEqual({
      inputs: {
        x: {
          dtype: "DT_FLOAT_REF",
          tensor_shape: {
            dim: [
              { size: "-1", name: "" },
              { size: "3", name: "" },
            ],
            unknown_rank: false,
          },
          name: "x:0",
        },
        ragged: {
          composite_tensor: {
            type_spec: {
              type_spec_class: "RAGGED_TENSOR_SPEC",
              type_state: { int64_value: "-7" },
              type_spec_class_name: "",
              num_flat_components: 1,
            },
            components: [
              { dtype: "DT_INT64", tensor_shape: { dim: [], unknown_rank: true }, name: "values:0" },
            ],
          },
          dtype: "DT_INVALID",
        },
      },
      outputs: {
        sparse: {
          coo_sparse: {
            values_tensor_name: "v:0",
            indices_tensor_name: "i:0",
            dense_shape_tensor_name: "d:0",
          },
          dtype: "DT_STRING",
        },
      },
      method_name: "tensorflow/serving/predict",
      defaults: {
        x: expect.objectContaining({ dtype: "DT_FLOAT", float_val: [0.1], string_val: ["/w=="] }),
      },
    });
    expect(protoJson("tensorflow.SignatureDef", bytes)).toContain(
      '"x": {\n   "dtype": "DT_FLOAT_REF",\n   "tensor_shape": {',
    );
  });

  it("as DebugString: the fields that are set, maps by key", () => {
    expect(signatureDebugString(fromText.get("serving_default")!.bytes)).toBe(`inputs {
  key: "ragged"
  value {
    composite_tensor {
      type_spec {
        type_spec_class: RAGGED_TENSOR_SPEC
        type_state {
          int64_value: -7
        }
        num_flat_components: 1
      }
      components {
        name: "values:0"
        dtype: DT_INT64
        tensor_shape {
          unknown_rank: true
        }
      }
    }
  }
}
inputs {
  key: "x"
  value {
    name: "x:0"
    dtype: DT_FLOAT_REF
    tensor_shape {
      dim {
        size: -1
      }
      dim {
        size: 3
      }
    }
  }
}
outputs {
  key: "sparse"
  value {
    dtype: DT_STRING
    coo_sparse {
      values_tensor_name: "v:0"
      indices_tensor_name: "i:0"
      dense_shape_tensor_name: "d:0"
    }
  }
}
method_name: "tensorflow/serving/predict"
defaults {
  key: "x"
  value {
    dtype: DT_FLOAT
    float_val: 0.1
    string_val: "\\377"
  }
}
`);
  });
});
