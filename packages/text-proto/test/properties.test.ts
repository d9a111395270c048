import { schemas } from "@servable/protos/text-schema";
import { Random } from "@servable/test-fixtures/random";
import {
  bytesOfText,
  checkText,
  cppVerdict,
  encode,
  escapeText,
  format,
  MessageNode,
  type PlainMessage,
  parse,
  printDocument,
  printMessage,
  read,
  scan,
  textOfBytes,
  toPlain,
} from "@servable/text-proto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutate, TextGenerator } from "./oracle/generate.ts";

const config = "tensorflow.serving.ModelServerConfig";

/** Any text at all, and texts made of the pieces that the grammar knows. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        ..."{}<>[]:,;-./\"'#\n\r\t \\0123456789xXeEfFa_".split(""),
        "model_config_list",
        "config",
        "name",
        "version_labels",
        "\ufeff",
        "é",
        "\0",
        "\udcff",
      ),
      { maxLength: 80 },
    )
    .map((pieces) => pieces.join("")),
);

/** Valid and nearly valid texts from the generator of the differential fuzz. */
const madeText = fc.integer({ min: 0 }).map((seed) => {
  const random = new Random(seed);
  const text = new TextGenerator(random, schemas).text(config);
  return random.chance(0.5) ? text : textOfBytes(mutate(random, bytesOfText(text), [bytesOfText(text)]));
});

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("for any text", () => {
  it("tokens tile it", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const tokens = scan(text);
        let last = 0;
        for (let index = 0; index < tokens.count; index++) {
          expect(tokens.ends[index]).toBeGreaterThan(last);
          last = tokens.ends[index] ?? 0;
        }
        expect(last).toBe(text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it("the tree prints as the text", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, madeText), (text) => {
        expect(printDocument(parse(text))).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("reading gives a verdict, the same as the C++ parser's, with spans inside the text", () => {
    fc.assert(
      fc.property(fc.oneof(anyText, madeText), (text) => {
        const { diagnostics } = checkText(text, { file: "f", message: config, schemas });
        expect(diagnostics.length === 0).toBe(cppVerdict(text, config, schemas).accept);
        for (const { span, fix } of diagnostics) {
          expect(span?.end).toBeLessThanOrEqual(text.length);
          expect(span?.start).toBeLessThanOrEqual(span?.end ?? -1);
          for (const edit of fix?.edits ?? []) expect(edit.end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("bytes go to text and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(hex(bytesOfText(textOfBytes(bytes)))).toBe(hex(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it("an escaped string reads as the string", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const text = `model_config_list { config { name: "${escapeText(value)}" } }`;
        const { message, errors } = read(parse(text), config, schemas);
        expect(errors).toEqual([]);
        const model = message.message("model_config_list")?.message("config");
        expect(hex(bytesOfText(String(model?.get("name")?.value)))).toBe(hex(bytesOfText(value)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("formatting", () => {
  it("keeps the message and every comment, and formatting again changes nothing", () => {
    let formatted = 0;
    fc.assert(
      fc.property(madeText, (text) => {
        const options = { message: config, schemas };
        const once = format(text, options);
        const before = read(parse(text), config, schemas);
        if (once.errors !== undefined) {
          expect(before.errors.length).toBeGreaterThan(0);
          return;
        }
        formatted++;
        expect(once.changed).toBe(once.text !== text);
        expect(format(once.text, options)).toEqual({ text: once.text, changed: false });
        const after = read(parse(once.text), config, schemas);
        expect(after.errors).toEqual([]);
        expect(hex(encode(after.message))).toBe(hex(encode(before.message)));
        expect(comments(once.text)).toEqual(comments(text));
      }),
      { numRuns: 2000 },
    );
    expect(formatted).toBeGreaterThan(300);
  });
});

function comments(text: string): string[] {
  const tokens = scan(text);
  const found: string[] = [];
  for (let index = 0; index < tokens.count; index++) {
    if (tokens.kinds[index] === 1) {
      found.push(text.slice(index === 0 ? 0 : tokens.ends[index - 1], tokens.ends[index]).trimEnd());
    }
  }
  return found.sort();
}

describe("printing", () => {
  const label = fc.string({ unit: "binary", maxLength: 12 });
  const model = fc.record(
    {
      name: label,
      base_path: label,
      model_platform: fc.constant("tensorflow"),
      version_labels: fc
        .uniqueArray(fc.tuple(label, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), {
          maxLength: 3,
          selector: ([key]) => key,
        })
        .map((entries) => new Map(entries)),
      model_version_policy: fc.oneof(
        fc.record({ latest: fc.record({ num_versions: fc.nat() }) }),
        fc.constant({ all: {} }),
        fc.record({ specific: fc.record({ versions: fc.array(fc.bigInt({ min: 0n, max: 2n ** 62n })) }) }),
      ),
      logging_config: fc.record({
        sampling_config: fc.record({ sampling_rate: fc.double() }, { requiredKeys: [] }),
      }),
    },
    { requiredKeys: [] },
  );

  it("a printed message reads as the same message", () => {
    fc.assert(
      fc.property(fc.array(model, { maxLength: 3 }), (config_) => {
        const value = { model_config_list: { config: config_ } } as unknown as PlainMessage;
        const text = printMessage(value, config, schemas, { header: "made by a test" });
        const { message, errors } = read(parse(text), config, schemas);
        expect(errors).toEqual([]);
        expect(withoutEmpty(toPlain(message))).toEqual(withoutEmpty(value));
        expect(printMessage(toPlain(message), config, schemas, { header: "made by a test" })).toBe(text);
        expect(format(text).changed).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

/** Without fields that are empty lists or maps: they leave no text. Strings by their bytes: lone surrogates differ. */
function withoutEmpty(value: unknown): unknown {
  if (typeof value === "string") return `bytes ${hex(bytesOfText(value))}`;
  if (value instanceof Map)
    return new Map([...value].map(([key, item]) => [withoutEmpty(key), withoutEmpty(item)]));
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null || value instanceof MessageNode) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([, item]) =>
          !(Array.isArray(item) && item.length === 0) && !(item instanceof Map && item.size === 0),
      )
      .map(([key, item]) => [key, withoutEmpty(item)]),
  );
}
