import { learnExample } from "../learn-example.ts";
import type { Example } from "../messages.ts";
import { attempt, failedCall } from "../smoke-context.ts";
import { jsonVersion, type SmokeCheck } from "./check.ts";

const METHOD = /^tensorflow\/serving\/(classify|regress)$/;

export const check: SmokeCheck = {
  id: "examples/answers",
  title: "classify and regress signatures answer Examples",
  proves: "signatures of method classify and regress parse an Example and answer one result for it",
  async *run(context) {
    for (const model of context.options.models) {
      for (const version of await context.availableVersions(model)) {
        const signatures = await context.signatures(model, version);
        for (const name of Object.keys(signatures).sort()) {
          const signature = signatures[name]!;
          const method = METHOD.exec(signature.method)?.[1] as "classify" | "regress" | undefined;
          if (method === undefined) continue;
          const about = { model: model.name, version: jsonVersion(version), signature: name } as const;
          const input = signature.inputs["inputs"];
          if (input === undefined) {
            yield {
              ...about,
              outcome: "skip",
              message:
                "it has no input named inputs, so the server can't feed it Examples; clients must call it by Predict",
            };
            continue;
          }
          let learnt: Example | undefined;
          for (const transport of context.transports) {
            const client = context.client(transport);
            const call = (example: Example) =>
              attempt<{ readonly results: number; readonly shown: string }>(
                method === "classify"
                  ? client
                      .classify(
                        { model: { name: model.name, version, signature: name }, examples: [example] },
                        context.callOptions,
                      )
                      .then(({ classifications }) => ({
                        results: classifications.length,
                        shown: `${classifications[0]?.length ?? 0} classes`,
                      }))
                  : client
                      .regress(
                        { model: { name: model.name, version, signature: name }, examples: [example] },
                        context.callOptions,
                      )
                      .then(({ regressions }) => ({
                        results: regressions.length,
                        shown: String(regressions[0]),
                      })),
              );
            const { example, result } =
              learnt === undefined
                ? await learnExample(call)
                : { example: learnt, result: await call(learnt) };
            if (result.ok) {
              learnt = example;
              const features = Object.keys(example).join(", ") || "no features";
              yield result.value.results === 1
                ? {
                    ...about,
                    transport,
                    outcome: "pass",
                    message: `an Example of ${features} → ${result.value.shown}`,
                  }
                : {
                    ...about,
                    transport,
                    outcome: "fail",
                    message: `one Example gave ${result.value.results} results`,
                    help: "the model's outputs do not have the batch as their first dimension; export it anew",
                  };
            } else if (/Expects arg\[0\] to be \w+ but string is provided/.test(result.error.details)) {
              yield {
                ...about,
                transport,
                outcome: "skip",
                message: `its input is ${input.dtype}, not serialized Examples; clients must call it by Predict`,
              };
            } else if (
              result.error.code === "INVALID_ARGUMENT" &&
              /Feature|feature|parse/i.test(result.error.details)
            ) {
              yield {
                ...about,
                transport,
                outcome: "skip",
                message: `no Example could be made up that the model parses: ${result.error.message}; give a golden to check it`,
              };
            } else yield { ...about, transport, ...failedCall(result.error, method) };
          }
        }
      }
    }
  },
};
