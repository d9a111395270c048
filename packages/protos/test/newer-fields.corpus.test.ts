import { readFileSync } from "node:fs";
import { fieldsSince, schemas, schemasFor } from "@servable/protos/text-schema";
import { hasShared, sharedFixture } from "@servable/test-fixtures";
import { describe, expect, it } from "vitest";

interface Field {
  name: string;
  number: number;
  type: string;
  label: string;
  type_name?: string;
}

describe("schemas by version", () => {
  it("are those of 2.17.1 up to 2.18, and gain fields from 2.19 and 2.20 on", () => {
    const names = (version: string, message: string): string[] =>
      (schemasFor(version).messages[message]?.fields ?? []).map((field) => field.name);
    expect(schemasFor("2.18.0")).toBe(schemas);
    expect(schemasFor("1.13.0")).toBe(schemas);
    expect(names("2.19.1", "tensorflow.serving.LoggingConfig")).toContain("custom_logging_config");
    expect(names("2.19.1", "tensorflow.serving.SamplingConfig")).not.toContain("per_task_sampling_configs");
    expect(names("2.20.0", "tensorflow.serving.SamplingConfig")).toContain("per_task_sampling_configs");
    expect(names("2.20.0", "tensorflow.GraphOptions")).toEqual(names("2.17.1", "tensorflow.GraphOptions"));
    expect(schemasFor("2.20.0").messages["tensorflow.GraphOptions"]?.reservedNames).toHaveLength(1);
  });

  it("know when each field came", () => {
    for (const [message, fields] of Object.entries(fieldsSince)) {
      const known = (schemasFor("2.20.0").messages[message]?.fields ?? []).map((field) => field.name);
      for (const field of Object.keys(fields)) expect(known, message).toContain(field);
    }
  });
});

describe.skipIf(!hasShared)("the messages of TensorFlow 2.20.0 that a configuration needs", () => {
  it("have the fields of its descriptors", () => {
    const official = (
      JSON.parse(readFileSync(sharedFixture("descriptors", "summary-api-2.21.json"), "utf8")) as {
        messages: Record<string, { fields: Field[] }>;
      }
    ).messages;
    const set = schemasFor("2.20.0");
    const visited = new Set<string>();
    const queue = ["tensorflow.ConfigProto", "tensorflow.BatchingOptions", "tensorflow.NamedTensorProto"];
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      if (visited.has(name)) continue;
      visited.add(name);
      const ours = (set.messages[name]?.fields ?? []).map(
        (field) => `${field.name} ${field.number} ${field.type} ${field.repeated === true}`,
      );
      const theirs = (official[name]?.fields ?? []).map(
        (field) =>
          `${field.name} ${field.number} ${field.type_name ?? field.type} ${field.label === "repeated"}`,
      );
      expect(ours.sort(), name).toEqual(theirs.sort());
      for (const field of official[name]?.fields ?? [])
        if (field.type === "message") queue.push(field.type_name ?? "");
    }
    expect(visited.size).toBeGreaterThan(20);
  });
});
