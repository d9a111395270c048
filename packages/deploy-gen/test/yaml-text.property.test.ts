import fc from "fast-check";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { yamlText } from "../src/yaml-text.ts";

const text = fc.string({
  unit: fc.constantFrom(" ", "\n", "\t", "a", "#", "-", ":", "\u0085", '"', "1"),
  maxLength: 9,
});

it("every text reads back the same, also one that begins with blank lines", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), text, (list, value) => {
      const data = { metadata: { list, value } };
      expect(parse(yamlText(data, ["made"]))).toEqual(data);
    }),
    {
      numRuns: 2000,
      examples: [
        [[" \n"], " \n\n"],
        [["\n \n"], "  \n a"],
      ],
    },
  );
});
