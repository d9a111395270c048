import { attempt, failedCall } from "../smoke-context.ts";
import { jsonVersion, type SmokeCheck } from "./check.ts";

export const check: SmokeCheck = {
  id: "status/labels",
  title: "version labels lead to their versions",
  proves: "a request by label is answered by the version that the label is meant for",
  async *run(context) {
    for (const model of context.options.models) {
      for (const [label, version] of Object.entries(model.labels ?? {})) {
        for (const transport of context.transports) {
          // the status ignores labels; the metadata resolves them
          const metadata = await attempt(
            context.client(transport).getModelMetadata({ name: model.name, label }, context.callOptions),
          );
          const about = { model: model.name, version: jsonVersion(version), transport } as const;
          if (!metadata.ok)
            yield { ...about, ...failedCall(metadata.error, `label "${label}" is not answered`) };
          else if (metadata.value.model.version === version) {
            yield { ...about, outcome: "pass", message: `label "${label}" is version ${version}` };
          } else {
            yield {
              ...about,
              outcome: "fail",
              message: `label "${label}" leads to version ${metadata.value.model.version ?? "unknown"}, not ${version}`,
              help: "the server runs another config than the spec: write the generated models.config to it and reload, and mind that a label can only move to an AVAILABLE version",
            };
          }
        }
      }
    }
  },
};
