import { GraphError, invalid } from "../graph-error.ts";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.ts";
import {
  dtypeName,
  ints,
  lanesOf,
  product,
  type RefVariable,
  type ResourceHandle,
  shapeText,
  strings,
  type Value,
} from "../value.ts";
import { applyBinary } from "./binary.ts";
import { copyRun, gather, gatherNd } from "./gather.ts";
import { copyOf, scatterNd, scatterRows } from "./scatter.ts";
import { sliceMasks, sliceSpec } from "./slice.ts";
import { stridesOf } from "./strided.ts";

function sameShape(a: Value, b: Value): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, d) => size === b.shape[d]);
}

/** The resource that a handle names. */
export function handleOf(of: Value): ResourceHandle {
  const handle = (of.data as readonly ResourceHandle[])[0];
  if (of.dtype !== "DT_RESOURCE" || !handle) throw invalid("expected a resource handle");
  return handle;
}

export function handleValue(container: string, name: string, object?: unknown): Value {
  return {
    dtype: "DT_RESOURCE",
    shape: [],
    data: [
      {
        kind: "resource",
        container: container || "localhost",
        name,
        ...(object === undefined ? {} : { object }),
      },
    ],
  };
}

/** Makes the handle of a named resource; a resource without a name is called after its node. */
export const resourceHandle: KernelFactory = (node) => {
  const shared = node.attrs.string("shared_name");
  const handle = handleValue(node.attrs.string("container"), shared || node.name);
  return () => handle;
};

function add(node: KernelNode, a: Value, b: Value): Value {
  return applyBinary(node.op, { num: (x, y) => x + y, big: (x, y) => x + y }, a, b);
}
function subtract(node: KernelNode, a: Value, b: Value): Value {
  return applyBinary(node.op, { num: (x, y) => x - y, big: (x, y) => x - y }, a, b);
}

const updateVariable =
  (apply: (node: KernelNode, a: Value, b: Value) => Value): KernelFactory =>
  (node) =>
  ([handle, delta], run) => {
    const resource = handleOf(handle!);
    const old = run.resources.read(resource);
    if (!sameShape(old, delta!)) {
      throw invalid(
        `Cannot update variable with shape ${shapeText(old.shape)} using a Tensor with shape ${shapeText(delta!.shape)}, shapes must be equal.`,
      );
    }
    run.resources.assign(resource, apply(node, old, delta!));
    return [];
  };

function refOf(of: Value): RefVariable {
  if (!of.ref) throw invalid("expected a reference to a variable");
  return of.ref;
}

function refValue(ref: RefVariable, dtype: Value["dtype"]): Value {
  return { dtype, shape: [], data: [], ref } as Value;
}

function currentValue(ref: RefVariable): Value {
  if (ref.value) return ref.value;
  throw new GraphError("FAILED_PRECONDITION", `Attempting to use uninitialized value ${ref.name}`);
}

const refVariable: KernelFactory = (node) => {
  const name = node.attrs.string("shared_name") || node.name;
  const dtype = node.attrs.dtype("dtype");
  const declared = node.attrs.shape("shape");
  const shape = declared?.every((size) => size >= 0) ? declared : undefined;
  return (_, run) => refValue(run.resources.refVariable(name, shape), dtype);
};

const updateRef =
  (apply: (node: KernelNode, a: Value, b: Value) => Value): KernelFactory =>
  (node) =>
  ([target, delta], run) => {
    const ref = refOf(target!);
    const old = currentValue(ref);
    const by = delta!.ref?.value ?? delta!;
    if (!sameShape(old, by)) throw invalid("Parameters and update must be the same size");
    run.resources.assignRef(ref, apply(node, old, by));
    return target!;
  };

type RowUpdate = (old: number, by: number) => number;
const ROW_UPDATES: Readonly<Record<string, RowUpdate>> = {
  Update: (_, by) => by,
  Add: (old, by) => old + by,
  Sub: (old, by) => old - by,
  Mul: (old, by) => old * by,
  Div: (old, by) => old / by,
  Min: (old, by) => Math.min(old, by),
  Max: (old, by) => Math.max(old, by),
};

function scatterResource(update: string): KernelFactory {
  return () =>
    ([handle, indices, updates], run) => {
      const resource = handleOf(handle!);
      run.resources.assign(
        resource,
        scatterRows(run.resources.read(resource), indices!, updates!, update, ROW_UPDATES[update]!),
      );
      return [];
    };
}

function scatterRef(update: string): KernelFactory {
  return () =>
    ([target, indices, updates], run) => {
      const ref = refOf(target!);
      run.resources.assignRef(
        ref,
        scatterRows(currentValue(ref), indices!, updates!, update, ROW_UPDATES[update]!),
      );
      return target!;
    };
}

function scatterNdResource(update: string): KernelFactory {
  return () =>
    ([handle, indices, updates], run) => {
      const resource = handleOf(handle!);
      const into = copyOf(run.resources.read(resource));
      run.resources.assign(resource, scatterNd(into, indices!, updates!, update, ROW_UPDATES[update]!));
      return [];
    };
}

function scatterNdRef(update: string): KernelFactory {
  return () =>
    ([target, indices, updates], run) => {
      const ref = refOf(target!);
      const into = copyOf(currentValue(ref));
      run.resources.assignRef(ref, scatterNd(into, indices!, updates!, update, ROW_UPDATES[update]!));
      return target!;
    };
}

/** A copy of a value in which a slice has been replaced. */
function sliceAssigned(node: KernelNode): (old: Value, spec: readonly Value[], by: Value) => Value {
  const masks = sliceMasks(node);
  return (old, [begin, end, stride], by) => {
    const spec = sliceSpec(old.shape, ints(begin!), ints(end!), ints(stride!), masks);
    const count = product(spec.size);
    const repeated = by.shape.length === 0;
    if (!repeated && product(by.shape) !== count) {
      throw invalid(
        `shape of value ${shapeText(by.shape)} must match shape of slice ${shapeText(spec.shape)}`,
      );
    }
    const result = copyOf(old);
    const strides = stridesOf(old.shape);
    const own = stridesOf(spec.size);
    for (let i = 0; i < count; i++) {
      let at = 0;
      for (let d = 0; d < strides.length; d++)
        at += (spec.begin[d]! + (Math.floor(i / own[d]!) % spec.size[d]!) * spec.stride[d]!) * strides[d]!;
      const lanes = lanesOf(old.dtype);
      copyRun(result.data, at * lanes, by.data, repeated ? 0 : i * lanes, lanes);
    }
    return result;
  };
}

function countTo(old: Value, limit: number): Value {
  const count = Number((old.data as ArrayLike<number | bigint>)[0]);
  if (count >= limit) throw new GraphError("OUT_OF_RANGE", `Reached limit of ${limit}`);
  const data = old.dtype === "DT_INT64" ? BigInt64Array.of(BigInt(count + 1)) : Int32Array.of(count + 1);
  return { dtype: old.dtype, shape: [], data };
}

function readDtype(node: KernelNode, of: Value): Value {
  const want = node.attrs.dtype("dtype");
  if (of.dtype === want) return of;
  throw invalid(
    `Trying to read variable with wrong dtype. Expected ${dtypeName(want)} got ${dtypeName(of.dtype)}`,
  );
}

/** Resource variables and those of reference type. */
export const variableKernels: KernelTable = {
  VarHandleOp: resourceHandle,
  ReadVariableOp:
    (node) =>
    ([handle], run) =>
      readDtype(node, run.resources.read(handleOf(handle!))),
  _ReadVariablesOp: () => (inputs, run) => inputs.map((handle) => run.resources.read(handleOf(handle))),
  AssignVariableOp:
    () =>
    ([handle, assigned], run) => {
      run.resources.assign(handleOf(handle!), assigned!);
      return [];
    },
  AssignAddVariableOp: updateVariable(add),
  AssignSubVariableOp: updateVariable(subtract),
  VarIsInitializedOp:
    () =>
    ([handle], run) => ({
      dtype: "DT_BOOL",
      shape: [],
      data: Uint8Array.of(run.resources.variable(handleOf(handle!)).value ? 1 : 0),
    }),
  VariableShape:
    (node) =>
    ([handle], run) => {
      const { shape } = run.resources.read(handleOf(handle!));
      const dtype = node.attrs.dtype("out_type");
      const data = dtype === "DT_INT64" ? BigInt64Array.from(shape, BigInt) : Int32Array.from(shape);
      return { dtype, shape: [shape.length], data };
    },
  DestroyResourceOp:
    () =>
    ([handle], run) => {
      run.resources.variable(handleOf(handle!)).value = undefined;
      run.resources.version++;
      return [];
    },
  ResourceGather:
    (node) =>
    ([handle, indices], run) =>
      gather(run.resources.read(handleOf(handle!)), indices!, 0, node.attrs.int("batch_dims")),
  ResourceScatterUpdate: scatterResource("Update"),
  ResourceScatterAdd: scatterResource("Add"),
  ResourceScatterSub: scatterResource("Sub"),
  ResourceScatterMul: scatterResource("Mul"),
  ResourceScatterDiv: scatterResource("Div"),
  ResourceScatterMin: scatterResource("Min"),
  ResourceScatterMax: scatterResource("Max"),
  ResourceGatherNd:
    (node) =>
    ([handle, indices], run) =>
      gatherNd(run.resources.read(handleOf(handle!)), indices!, 0, node.name),
  ResourceScatterNdUpdate: scatterNdResource("Update"),
  ResourceScatterNdAdd: scatterNdResource("Add"),
  ResourceScatterNdSub: scatterNdResource("Sub"),
  ResourceScatterNdMin: scatterNdResource("Min"),
  ResourceScatterNdMax: scatterNdResource("Max"),
  ResourceStridedSliceAssign: (node) => {
    const assign = sliceAssigned(node);
    return ([handle, begin, end, stride, by], run) => {
      const resource = handleOf(handle!);
      run.resources.assign(resource, assign(run.resources.read(resource), [begin!, end!, stride!], by!));
      return [];
    };
  },
  TensorStridedSliceUpdate: (node) => {
    const assign = sliceAssigned(node);
    return ([x, begin, end, stride, by]) => assign(x!, [begin!, end!, stride!], by!);
  },
  ResourceCountUpTo: (node) => {
    const limit = node.attrs.int("limit");
    return ([handle], run) => {
      const resource = handleOf(handle!);
      const old = run.resources.read(resource);
      run.resources.assign(resource, countTo(old, limit));
      return old;
    };
  },

  VariableV2: refVariable,
  Variable: refVariable,
  TemporaryVariable: refVariable,
  DestroyTemporaryVariable:
    () =>
    ([target]) =>
      target!.ref?.value ?? target!,
  Assign: (node) => {
    const validate = node.attrs.bool("validate_shape");
    return ([target, assigned], run) => {
      const ref = refOf(target!);
      const from = assigned!.ref ? currentValue(assigned!.ref) : assigned!;
      const shape = ref.shape;
      if (
        validate &&
        shape &&
        (shape.length !== from.shape.length || shape.some((n, i) => n >= 0 && n !== from.shape[i]))
      ) {
        throw invalid(
          `Assign requires shapes of both tensors to match. lhs shape= ${shapeText(shape)} rhs shape= ${shapeText(from.shape)}`,
        );
      }
      run.resources.assignRef(ref, from);
      return target!;
    };
  },
  AssignAdd: updateRef(add),
  AssignSub: updateRef(subtract),
  IsVariableInitialized:
    () =>
    ([target]) => ({ dtype: "DT_BOOL", shape: [], data: Uint8Array.of(target!.ref?.value ? 1 : 0) }),
  ScatterUpdate: scatterRef("Update"),
  ScatterAdd: scatterRef("Add"),
  ScatterSub: scatterRef("Sub"),
  ScatterMul: scatterRef("Mul"),
  ScatterDiv: scatterRef("Div"),
  ScatterMin: scatterRef("Min"),
  ScatterMax: scatterRef("Max"),
  ScatterNdUpdate: scatterNdRef("Update"),
  ScatterNdAdd: scatterNdRef("Add"),
  ScatterNdSub: scatterNdRef("Sub"),
  StridedSliceAssign: (node) => {
    const assign = sliceAssigned(node);
    return ([target, begin, end, stride, by], run) => {
      const ref = refOf(target!);
      run.resources.assignRef(ref, assign(currentValue(ref), [begin!, end!, stride!], by!));
      return target!;
    };
  },
  CountUpTo: (node) => {
    const limit = node.attrs.int("limit");
    return ([target], run) => {
      const ref = refOf(target!);
      const old = currentValue(ref);
      run.resources.assignRef(ref, countTo(old, limit));
      return old;
    };
  },
};

/** Reads a checkpoint prefix or a file name out of a scalar of strings. */
export function pathOf(of: Value): string {
  return new TextDecoder().decode(strings(of)[0]);
}
