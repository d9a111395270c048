import * as z from "zod";
import { batchingSection } from "./batching.ts";
import { loadingSection, runtimeSection, warmupSection } from "./loading.ts";
import { modelEntry, modelsSection } from "./model.ts";
import { grpcSection, monitoringSection, restSection, tlsSection } from "./network.ts";
import { parallelismSection } from "./parallelism.ts";
import { portsSection } from "./ports.ts";
import { resourcesSection } from "./resources.ts";
import { serverSection } from "./server.ts";
import {
  buildSection,
  composeSection,
  dockerSection,
  environmentSection,
  extraFlagsSection,
  kubernetesSection,
  smokeSection,
} from "./targets.ts";
import { nonEmptyText } from "./values.ts";

const sections = {
  server: serverSection.optional(),
  ports: portsSection.optional(),
  models: modelsSection,
  batching: batchingSection.optional(),
  parallelism: parallelismSection.optional(),
  resources: resourcesSection.optional(),
  loading: loadingSection.optional(),
  warmup: warmupSection.optional(),
  monitoring: monitoringSection.optional(),
  tls: tlsSection.optional(),
  grpc: grpcSection.optional(),
  rest: restSection.optional(),
  runtime: runtimeSection.optional(),
  extraFlags: extraFlagsSection.optional(),
  environment: environmentSection.optional(),
  docker: dockerSection.optional(),
  compose: composeSection.optional(),
  kubernetes: kubernetesSection.optional(),
  build: buildSection.optional(),
  smoke: smokeSection.optional(),
};

/** The spec without profiles: what is left after one profile was laid over the base. */
export const baseSpecSchema = z.strictObject(sections);

/**
 * A profile: any part of the spec. Its own check is loose on purpose: `readSpec` lays it over the base and checks the
 * result, so a section may be incomplete here as long as base and profile together are complete.
 */
export const profileOverlay = z.record(z.string(), z.unknown());

/** The whole file. */
export const specSchema = z
  .strictObject({
    $schema: z.string().optional().describe("JSON Schema of this file, for editors"),
    ...sections,
    profiles: z
      .record(nonEmptyText, profileOverlay)
      .optional()
      .describe(
        "named variants laid over the rest of the spec: mappings merge key by key (models by name), other values replace, null takes a value back to its default",
      ),
  })
  .describe("a TensorFlow Serving deployment");

/** What editors may offer inside a profile: every section, none of them required. */
export const overlayForEditors = z.strictObject({
  ...Object.fromEntries(Object.entries(sections).map(([key, schema]) => [key, z.nullable(schema)])),
  models: z.array(modelEntry.partial({}).required({ name: true })).optional(),
});

/** The spec as its author wrote it, valid by the schema. */
export type Spec = z.infer<typeof specSchema>;
/** The spec with one profile laid over it. */
export type BaseSpec = z.infer<typeof baseSpecSchema>;
/** One entry of `models`. */
export type ModelEntry = z.infer<typeof modelEntry>;
/** A part of the spec, laid over the base by name. */
export type SpecOverlay = z.infer<typeof profileOverlay>;
