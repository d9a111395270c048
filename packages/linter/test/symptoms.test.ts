import { describe, expect, it } from "vitest";
import { rulesOfSymptom, symptoms } from "../src/registry.ts";
import { runExample } from "./run-example.ts";
import { symptomScenes } from "./symptom-scenes.ts";

describe("symptoms that can be seen before a start", () => {
  const cases = symptomScenes.map(
    (each) => [`${each.row} ${symptoms[each.row - 1]?.title} by ${each.rule}`, each] as const,
  );
  it.each(cases)("%s", (_, { row, rule, scene }) => {
    const found = runExample(scene, rule);
    const told = found.map((d) => `${d.severity} ${d.rule} ${d.file}: ${d.message}`).join("\n");
    expect(
      found.map((diagnostic) => diagnostic.rule),
      told,
    ).toContain(rule);
    expect(rulesOfSymptom(row).map(({ id }) => id)).toContain(rule);
  });
  it("have a scene each, in whole or in part", () => {
    const open = symptoms.filter(
      ({ row, catch: by }) => /[sS]/.test(by) && !symptomScenes.some((scene) => scene.row === row),
    );
    expect(open.map(({ row, title }) => `${row} ${title}`)).toEqual([]);
  });
});
