import { decodeTensorProto, type Tensor, TensorError, WIRE, WireReader } from "@servable/tensors";
import type { AnsweringModel, ClassifyResponse, PredictResponse, RegressResponse } from "../messages.ts";
import { decodeModelSpec, noModel } from "./decode-model.ts";
import { entry, fields, utf8 } from "./message-fields.ts";

/**
 * PredictResponse. Numbers of tensor_content are views on `bytes`.
 * @throws TensorError naming the output whose tensor is broken.
 */
export function decodePredictResponse(bytes: Uint8Array): PredictResponse {
  let model = noModel;
  const outputs = new Map<string, Tensor>();
  fields(bytes, (field, view) => {
    if (field === 2) model = decodeModelSpec(view);
    else if (field === 1) {
      const [alias, tensor] = entry(view);
      try {
        outputs.set(alias, decodeTensorProto(tensor));
      } catch (error) {
        if (error instanceof TensorError)
          throw new TensorError(error.code, `output ${alias}: ${error.message}`);
        throw error;
      }
    }
  });
  return { model, outputs };
}

function classOf(bytes: Uint8Array): { label: string; score: number } {
  const reader = new WireReader(bytes);
  let label = "";
  let score = 0;
  while (reader.next()) {
    if (reader.field === 1 && reader.wire === WIRE.bytes) label = utf8(reader.view());
    else if (reader.field === 2 && reader.wire === WIRE.fixed32) score = reader.float();
    else reader.skip();
  }
  return { label, score };
}

export function decodeClassificationResponse(bytes: Uint8Array): ClassifyResponse {
  let model: AnsweringModel | undefined;
  const classifications: { label: string; score: number }[][] = [];
  fields(bytes, (field, view) => {
    if (field === 2) model = decodeModelSpec(view);
    else if (field === 1) {
      fields(view, (inner, list) => {
        if (inner !== 1) return;
        const classes: { label: string; score: number }[] = [];
        fields(list, (number, value) => {
          if (number === 1) classes.push(classOf(value));
        });
        classifications.push(classes);
      });
    }
  });
  return { model, classifications };
}

export function decodeRegressionResponse(bytes: Uint8Array): RegressResponse {
  let model: AnsweringModel | undefined;
  const regressions: number[] = [];
  fields(bytes, (field, view) => {
    if (field === 2) model = decodeModelSpec(view);
    else if (field === 1) {
      fields(view, (inner, value) => {
        if (inner !== 1) return;
        const reader = new WireReader(value);
        let number = 0;
        while (reader.next()) {
          if (reader.field === 1 && reader.wire === WIRE.fixed32) number = reader.float();
          else reader.skip();
        }
        regressions.push(number);
      });
    }
  });
  return { model, regressions };
}
