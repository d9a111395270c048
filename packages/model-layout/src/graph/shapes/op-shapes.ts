import { arranging } from "./ops/arrange.ts";
import { controlling } from "./ops/control.ts";
import { decoding } from "./ops/decode.ts";
import { elementwise } from "./ops/elementwise.ts";
import { joining } from "./ops/join.ts";
import { listing } from "./ops/lists.ts";
import { matrices } from "./ops/matrices.ts";
import { reducing } from "./ops/reduce.ts";
import { slicing } from "./ops/slice.ts";
import { sources } from "./ops/sources.ts";
import { stateful } from "./ops/state.ts";
import { windowed } from "./ops/windows.ts";
import type { ShapeFunction } from "./shape-context.ts";

const functions: ReadonlyMap<string, ShapeFunction> = new Map(
  [
    sources,
    stateful,
    elementwise,
    matrices,
    windowed,
    arranging,
    slicing,
    joining,
    listing,
    reducing,
    controlling,
    decoding,
  ].flatMap((table) => Object.entries(table)),
);

/** How an op's outputs follow from its inputs; undefined where nothing is known about them. */
export const shapeFunction = (op: string): ShapeFunction | undefined => functions.get(op);
