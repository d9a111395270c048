import type { PartialShape } from "@servable/tensors";
import { opTableJson } from "../generated/op-table.ts";
import type { AttrValue } from "./attr-value.ts";

interface JsonScalars {
  s?: string;
  i?: number;
  f?: number | string;
  b?: boolean;
  type?: number;
  shape?: PartialShape;
  tensor?: string;
  func?: string;
}
interface JsonAttr extends JsonScalars {
  list?: { [K in keyof JsonScalars]?: NonNullable<JsonScalars[K]>[] };
}

/** Definition of an op as TensorFlow 2.17.1 registers it. Arguments read `name:type`, `name:N*T` or `name:*types`. */
export interface OpDef {
  readonly i: readonly string[];
  readonly o: readonly string[];
  readonly d?: Readonly<Record<string, JsonAttr>>;
  readonly s?: 1;
}

let table: Record<string, OpDef> | undefined;

/** Definition of an op, undefined for one that TensorFlow does not register. */
export function opDef(name: string): OpDef | undefined {
  table ??= JSON.parse(opTableJson) as Record<string, OpDef>;
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const float = (value: number | string): number =>
  typeof value === "number" ? value : Number(value.replace("inf", "Infinity"));

/** Default of an op's attribute, undefined if it has none. */
export function attrDefault(op: string, attr: string): AttrValue | undefined {
  const defaults = opDef(op)?.d;
  const json = defaults && Object.hasOwn(defaults, attr) ? defaults[attr] : undefined;
  if (!json) return undefined;
  const value: AttrValue = {};
  if (json.s !== undefined) value.s = latin1(json.s);
  if (json.i !== undefined) value.i = BigInt(json.i);
  if (json.f !== undefined) value.f = float(json.f);
  if (json.b !== undefined) value.b = json.b;
  if (json.type !== undefined) value.type = json.type;
  if (json.shape !== undefined) value.shape = json.shape;
  if (json.tensor !== undefined) value.tensor = Uint8Array.from(Buffer.from(json.tensor, "base64"));
  if (json.func !== undefined) value.func = { name: json.func };
  if (json.list) {
    value.list = {
      s: (json.list.s ?? []).map(latin1),
      i: (json.list.i ?? []).map(BigInt),
      f: (json.list.f ?? []).map(float),
      b: json.list.b ?? [],
      type: json.list.type ?? [],
      shape: json.list.shape ?? [],
      func: (json.list.func ?? []).map((name) => ({ name })),
    };
  }
  return value;
}
