import * as z from "zod";
import { overlayForEditors, specSchema } from "./schema/spec.ts";

/**
 * JSON Schema (draft 7, which editors know best) of the spec, from the same zod schemas that check it, with a
 * description at every key. Profiles are described as the spec with every section optional.
 */
export function specJsonSchema(): Record<string, unknown> {
  const convert = (schema: z.ZodType): Record<string, unknown> => {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, {
      io: "input",
      target: "draft-7",
      unrepresentable: "any",
    }) as Record<string, unknown>;
    return rest;
  };
  const spec = convert(specSchema);
  const properties = spec["properties"] as Record<string, Record<string, unknown>>;
  const profiles = properties["profiles"];
  if (profiles !== undefined) profiles["additionalProperties"] = { $ref: "#/definitions/profile" };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "servable spec",
    ...spec,
    definitions: {
      ...((spec["definitions"] as object | undefined) ?? {}),
      profile: convert(overlayForEditors),
    },
  };
}
