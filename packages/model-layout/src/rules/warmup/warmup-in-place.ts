import { WARMUP_NAME } from "../../warmup/warmup-file.ts";
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
    for (const where of ["", "assets", "assets.extra"]) {
      for (const { name } of context.list(where)) {
        const right = where === "assets.extra" && name === WARMUP_NAME;
        if (right || !/^tf_?serving_?warm_?up_?requests?/i.test(name)) continue;
        if (where === "assets.extra" && context.has(`assets.extra/${WARMUP_NAME}`)) continue;
        yield {
          file: context.file(where, name),
          message: `warm-up records ${quoted(where === "" ? name : `${where}/${name}`)} are not where the server looks`,
          help: `They are ignored without a word. Move them to "assets.extra/${WARMUP_NAME}".`,
        };
      }
    }
    const extra =
      context.entry("assets_extra") ?? context.entry("assets-extra") ?? context.entry("asset.extra");
    if (extra !== undefined && extra.kind !== "file" && !context.has("assets.extra")) {
      yield {
        file: context.file(extra.name),
        message: `folder ${quoted(extra.name)} is not assets.extra`,
        help: "The server looks for warm-up records below assets.extra/ only. Rename the folder.",
      };
    }
  },
});
