import type { Tensor } from "@servable/tensors";
import { GraphError, invalid } from "../graph-error.ts";
import type { KernelFactory, KernelTable } from "../kernel.ts";
import { allocate, asTensor, dtypeName, product, shapeText, strings, type Value } from "../value.ts";

const forward: KernelFactory =
  () =>
  ([x]) =>
    x!;

const nothing: KernelFactory = () => () => [];

const utf8 = new TextDecoder();

function partialShapeText(shape: readonly number[] | null): string {
  return shape === null ? "<unknown>" : `[${shape.map((size) => (size < 0 ? "?" : size)).join(",")}]`;
}

const placeholder: KernelFactory = (node) => {
  const dtype = node.attrs.dtype("dtype");
  const shape = node.attrs.shape("shape");
  return () => {
    // An empty shape is what old exports wrote for an unknown one.
    const known = shape !== null && shape.length > 0;
    throw invalid(
      `You must feed a value for placeholder tensor '${node.name}' with dtype ${dtypeName(dtype)}${known ? ` and shape ${partialShapeText(shape)}` : ""}`,
    );
  };
};

const constant: KernelFactory = (node) => {
  let tensor: Tensor | undefined;
  return () => {
    tensor ??= node.attrs.tensor("value");
    return tensor;
  };
};

/** Const, Identity and their like. */
export const basicKernels: KernelTable = {
  Const: constant,
  HostConst: constant,
  Placeholder: placeholder,
  PlaceholderV2: placeholder,
  PlaceholderWithDefault: forward,
  NoOp: nothing,
  ControlTrigger: nothing,
  DisableCopyOnRead: nothing,
  Identity: forward,
  IdentityN: () => (inputs) => [...inputs],
  StopGradient: forward,
  PreventGradient: forward,
  Snapshot: forward,
  DeepCopy: forward,
  OptimizationBarrier: () => (inputs) => [...inputs],
  _Retval: forward,
  TensorListElementIdentity: forward,
  LoopCond: forward,
  RefIdentity: forward,
  CheckNumerics: (node) => {
    const message = node.attrs.string("message");
    return ([x]) => {
      const data = x!.data as ArrayLike<number>;
      let nan = false;
      let inf = false;
      for (let i = 0; i < data.length; i++) {
        const v = data[i]!;
        if (Number.isNaN(v)) nan = true;
        else if (v === Number.POSITIVE_INFINITY || v === Number.NEGATIVE_INFINITY) inf = true;
      }
      if (!nan && !inf) return x!;
      const what = nan && inf ? "Inf and NaN" : nan ? "NaN" : "Inf";
      throw invalid(`${message} : Tensor had ${what} values`);
    };
  },
  EnsureShape: (node) => {
    const want = node.attrs.shape("shape");
    return ([x]) => {
      const fits =
        want === null ||
        (want.length === x!.shape.length && want.every((size, i) => size < 0 || size === x!.shape[i]));
      if (fits) return x!;
      throw invalid(
        `Shape of tensor ${node.def.inputs[0]} ${shapeText(x!.shape)} is not compatible with expected shape ${partialShapeText(want)}.`,
      );
    };
  },
  Assert: () => (inputs) => {
    if ((inputs[0]!.data as Uint8Array)[0]) return [];
    const texts = inputs.slice(1).map((data) => printed(data));
    throw invalid(`assertion failed: ${texts.map((text) => `[${text}]`).join(" ")}`);
  },
  Print: forward,
  PrintV2: nothing,
  Bitcast: (node) => {
    const dtype = node.attrs.dtype("type");
    return ([x]) => {
      const from = x!.data as Uint8Array;
      const unit = (allocate(dtype, [1]) as Uint8Array).byteLength;
      const old = from.BYTES_PER_ELEMENT * (x!.dtype.startsWith("DT_COMPLEX") ? 2 : 1);
      let shape: number[] = [...x!.shape];
      if (old > unit) shape.push(old / unit);
      else if (old < unit) {
        if (shape[shape.length - 1] !== unit / old) {
          throw invalid(
            `Cannot bitcast from ${dtypeName(x!.dtype)} to ${dtypeName(dtype)}: last dimension of shape ${shapeText(shape)} is not ${unit / old}`,
          );
        }
        shape = shape.slice(0, -1);
      }
      const data = allocate(dtype, shape) as Uint8Array;
      new Uint8Array(data.buffer).set(new Uint8Array(from.buffer, from.byteOffset, data.byteLength));
      return { dtype, shape, data };
    };
  },
  GuaranteeConst: forward,
  // Stands for what the branch that was not taken would have made; nothing reads it.
  FakeParam: (node) => {
    const dtype = node.attrs.dtype("dtype");
    const shape = (node.attrs.shape("shape") ?? []).map((size) => Math.max(0, size));
    return () => ({ dtype, shape, data: allocate(dtype, shape) });
  },
  Timestamp: () => () => ({ dtype: "DT_DOUBLE", shape: [], data: Float64Array.of(Date.now() / 1000) }),
  DeviceIndex: (node) => {
    const devices = node.attrs.strings("device_names");
    const at = devices.indexOf("CPU");
    return () => ({ dtype: "DT_INT32", shape: [], data: Int32Array.of(at < 0 ? devices.length : at) });
  },
  EmptyTensorMap: () => () => {
    throw new GraphError("UNIMPLEMENTED", "tensor maps are not supported");
  },
};

function printed(of: Value): string {
  const tensor = asTensor(of, "");
  const count = product(tensor.shape);
  const items: string[] = [];
  for (let i = 0; i < Math.min(3, count); i++) {
    items.push(
      tensor.dtype === "DT_STRING"
        ? utf8.decode(strings(of)[i])
        : tensor.dtype === "DT_BOOL"
          ? tensor.data[i]
            ? "1"
            : "0"
          : String(tensor.data[i]).replace("NaN", "nan").replace("Infinity", "inf"),
    );
  }
  return items.join(" ") + (count > 3 ? "..." : "");
}
