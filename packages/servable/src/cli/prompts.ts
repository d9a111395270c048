import { UserError } from "@servable/diagnostics";
import type { Context } from "./context.ts";

/** Questions to a person; only made where both ends are a terminal. */
export interface Prompts {
  text(
    question: string,
    standard: string,
    validate?: (answer: string) => string | undefined,
  ): Promise<string>;
  confirm(question: string, standard: boolean): Promise<boolean>;
  many(
    question: string,
    choices: readonly { readonly value: string; readonly label: string; readonly hint: string }[],
    standard: readonly string[],
  ): Promise<readonly string[]>;
  intro(text: string): void;
}

/** Prompts on the terminal (stderr, so that stdout keeps the result). */
export async function terminalPrompts(context: Context): Promise<Prompts> {
  const clack = await import("@clack/prompts");
  const output = process.stderr;
  const settled = <T>(answer: T): Exclude<T, symbol> => {
    if (clack.isCancel(answer)) throw new UserError("interrupted", "nothing was written", { exitCode: 130 });
    return answer as Exclude<T, symbol>; // isCancel is the only symbol
  };
  const common = { output, signal: context.signal };
  return {
    text: async (message, standard, validate) =>
      settled(
        await clack.text({
          ...common,
          message,
          defaultValue: standard,
          placeholder: standard,
          validate: (answer) => (answer === undefined || answer === "" ? undefined : validate?.(answer)),
        }),
      ),
    confirm: async (message, initialValue) =>
      settled(await clack.confirm({ ...common, message, initialValue })),
    many: async (message, options, initialValues) =>
      settled(
        await clack.multiselect({
          ...common,
          message,
          options: [...options],
          initialValues: [...initialValues],
          required: false,
        }),
      ),
    intro: (text) => clack.intro(text, { output }),
  };
}
