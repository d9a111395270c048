import { WARMUP_FILE, WARMUP_NAME } from "../../warmup/warmup-file.ts";
import { folder, quoted, versionRule } from "../model-rule.ts";

export const rule = versionRule({
  id: "warmup/warmup-in-place",
  level: "quick",
  summary: "warm-up records lie in assets.extra/tf_serving_warmup_requests",
  severity: "warning",
  effect: "silent",
  why: "The server looks for this one name; records elsewhere are ignored without a word, and the first requests are slow.",
  mend: `Move the file to assets.extra/${WARMUP_NAME}.`,
  evidence: ["tensorflow/serving: servables/tensorflow/saved_model_warmup_util.h:31-34"],
  logTexts: ["No warmup data file found at …/assets.extra/tf_serving_warmup_requests"],
  symptoms: [67],
  examples: {
    bad: [folder("below assets", { [`m/1/assets/${WARMUP_NAME}`]: "records" })],
    good: [folder("below assets.extra", { [`m/1/assets.extra/${WARMUP_NAME}`]: "records" })],
  },
  *check(context) {
    const there = context.has(WARMUP_FILE);
    for (const where of ["", "assets", "assets.extra", "assets.extra/assets.extra", "variables"]) {
      for (const { name, kind } of context.list(where)) {
        if (kind === "directory" || !isWarmupName(name, where)) continue;
        const path = where === "" ? name : `${where}/${name}`;
        // Beside the file itself they are other records, kept for another day.
        if (path === WARMUP_FILE || (where === "assets.extra" && there)) continue;
        yield misplaced(context.file(path), path);
      }
    }
    const extra = context.list("").find(({ name }) => name !== "assets.extra" && EXTRA.test(name));
    if (extra !== undefined && extra.kind !== "file" && !context.has("assets.extra")) {
      yield {
        file: context.file(extra.name),
        message: `folder ${quoted(extra.name)} is not assets.extra`,
        help: "The server looks for warm-up records below assets.extra/ only. Rename the folder.",
      };
    }
    const own = context.entry("assets.extra");
    if (own?.kind === "file") {
      yield {
        file: context.file("assets.extra"),
        message: "assets.extra is a file, not a folder",
        help: `The server looks for warm-up records in "${WARMUP_FILE}" and finds none. Make it a folder with the records in it.`,
      };
    }
  },
});

/** Spellings of assets.extra, itself among them. */
const EXTRA = /^(assets?[._-]?)?extras?$/i;

/** Below assets.extra any file about warm-up is meant as one; elsewhere only one of nearly this name. */
const isWarmupName = (name: string, where: string): boolean =>
  where.startsWith("assets.extra")
    ? /warm[-_]?up/i.test(name)
    : /^\.?tf[-_]?serving[-_]?warm[-_]?up/i.test(name);

const misplaced = (file: string, path: string): { file: string; message: string; help: string } => ({
  file,
  message: `warm-up records ${quoted(path)} are not where the server looks`,
  help: `They are ignored without a word. Move them to "${WARMUP_FILE}".`,
});
