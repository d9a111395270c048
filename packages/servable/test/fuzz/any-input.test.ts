import { describe, expect, it } from "vitest";
import { cost, extremes } from "./extremes.ts";
import { runFuzz } from "./run-fuzz.ts";
import { feedAs } from "./targets.ts";

describe("the linter as a whole", () => {
  it("throws at none of 2,500 mutated inputs: text protos, specs, scripts, manifests, flags, logs, editors", {
    timeout: 300_000,
  }, () => {
    const { counts, slowest } = runFuzz(20_261_122, 2_500);
    expect(Object.keys(counts).sort()).toEqual([
      "explain",
      "lsp",
      "manifest",
      "spec",
      "start",
      "start with file",
      "text",
    ]);
    expect(slowest).toBeLessThan(3_000);
  });

  it("ends for inputs that it once did not end for, or died of", { timeout: 120_000 }, () => {
    feedAs(
      "manifest",
      "docker run -p 8501:8599999999999999999999999 tensorflow/serving --port=8500\n",
      "run.sh",
    );
    feedAs("manifest", `# tensorflow/serving\n${"[".repeat(20_000)}`, "compose.yaml");
    feedAs("manifest", `# tensorflow/serving\n${"- a\n".repeat(200_000)}`, "compose.yaml");
    feedAs(
      "text",
      `allowed_batch_sizes: ${"[".repeat(50_000)}${"]".repeat(50_000)}`,
      "batching_parameters.txt",
    );
    // More diagnostics than a call can have arguments.
    const model = 'config { name: "a" base_path: "/a" model_platform: "tensorflow" }\n';
    feedAs("text", `model_config_list {\n${model.repeat(150_000)}}\n`, "models.config");
  });

  it("reads long and deep inputs in a time that their length explains", { timeout: 600_000 }, () => {
    const slow = extremes.flatMap((one) => {
      const milliseconds = cost(one, 20_000);
      return milliseconds < 2_000 ? [] : [`${one.target} ${one.file} ${one.name}: ${milliseconds} ms`];
    });
    expect(slow).toEqual([]);
  });
});
