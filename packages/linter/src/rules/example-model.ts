/** Shape of a tensor; -1 for a dimension that is not known. */
type Shape = readonly number[];

interface ExampleModel {
  /** Alias to shape; by default any number of floats. */
  readonly inputs?: Readonly<Record<string, Shape>>;
  /** By default `y` of the first input's shape. */
  readonly outputs?: Readonly<Record<string, Shape>>;
  /** Further attributes of the node that computes. */
  readonly attributes?: string;
}

const shapeText = (shape: Shape): string =>
  shape.length === 0 ? "{}" : `{ ${shape.map((size) => `dim { size: ${size} }`).join(" ")} }`;

/**
 * A small model as `saved_model.pbtxt`, which the server reads like `saved_model.pb`: float placeholders, and outputs
 * that pass the first of them on. It lets an example be read by people, and be checked as it stands.
 */
export function exampleModel({ inputs = { x: [-1] }, outputs, attributes = "" }: ExampleModel = {}): string {
  const [[first, passed] = ["x", [-1]]] = Object.entries(inputs);
  const given = outputs ?? { y: passed };
  // Of unknown shape, so that the outputs may have one of their own.
  const open = outputs !== undefined;
  const nodes = [
    ...Object.entries(inputs).map(
      ([name, shape]) =>
        `    node { name: "${name}" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } attr { key: "shape" value { shape ${open ? "{ unknown_rank: true }" : shapeText(shape)} } } }`,
    ),
    ...Object.keys(given).map(
      (name) =>
        `    node { name: "${name}" op: "Identity" input: "${first}" attr { key: "T" value { type: DT_FLOAT } }${attributes === "" ? "" : ` ${attributes}`} }`,
    ),
  ];
  const tensors = (side: string, all: Readonly<Record<string, Shape>>): string[] =>
    Object.entries(all).map(
      ([name, shape]) =>
        `      ${side} { key: "${name}" value { name: "${name}:0" dtype: DT_FLOAT tensor_shape ${shapeText(shape)} } }`,
    );
  return [
    "saved_model_schema_version: 1",
    "meta_graphs {",
    '  meta_info_def { tags: "serve" }',
    "  graph_def {",
    ...nodes,
    "    versions { producer: 1286 }",
    "  }",
    "  signature_def {",
    '    key: "serving_default"',
    "    value {",
    ...tensors("inputs", inputs),
    ...tensors("outputs", given),
    '      method_name: "tensorflow/serving/predict"',
    "    }",
    "  }",
    "}",
    "",
  ].join("\n");
}

/** The least `model.tflite` that is one, as base64: it holds no tensor. */
export const exampleTflite = "DAAAAFRGTDMEAAQABAAAAA==";

/** A `models.config` with one model each; `rest` goes into its block. */
export function exampleConfig(...models: readonly (readonly [name: string, rest?: string])[]): string {
  const blocks = models.map(
    ([name, rest]) =>
      `  config {\n    name: "${name}"\n    base_path: "/models/${name}"\n    model_platform: "tensorflow"\n${rest === undefined ? "" : `    ${rest}\n`}  }\n`,
  );
  return `model_config_list {\n${blocks.join("")}}\n`;
}

/** Flags of a start that has nothing wrong with it. */
export const exampleFlags = [
  "--model_base_path=/models/m",
  "--rest_api_port=8501",
  "--enable_profiler=false",
].join("\n");
