import { describe, expect, it } from "vitest";
import {
  type InterruptingSignal,
  type Interruption,
  listenForInterruption,
} from "../../src/cli/interruption.ts";

interface Heard {
  readonly interruption: Interruption;
  readonly happened: string[];
  ctrlC(name?: InterruptingSignal): void;
}

function listening(): Heard {
  const happened: string[] = [];
  let hear: (name: InterruptingSignal) => void = () => undefined;
  const interruption = listenForInterruption({
    onSignal: (heard) => {
      hear = heard;
    },
    say: (text) => happened.push(text),
    exit: (code) => happened.push(`exit ${code}`),
  });
  return { interruption, happened, ctrlC: (name = "SIGINT") => hear(name) };
}

describe("interruption", () => {
  it("is heard by the signal, with its name", () => {
    const { interruption, happened, ctrlC } = listening();
    ctrlC("SIGTERM");
    expect((interruption.signal.reason as Error).message).toBe("SIGTERM");
    expect(happened).toEqual([]);
  });

  it("ends the process the second time", () => {
    const { happened, ctrlC } = listening();
    ctrlC();
    ctrlC();
    expect(happened).toEqual(["exit 130"]);
  });

  it("takes the second SIGHUP of a terminal that closes for no impatience", () => {
    const { happened, ctrlC } = listening();
    ctrlC("SIGHUP");
    ctrlC("SIGHUP");
    expect(happened).toEqual([]);
  });

  it("ends work that cleans up only the third time", async () => {
    const { interruption, happened, ctrlC } = listening();
    await interruption.toItsEnd("tidying", async () => {
      ctrlC();
      expect(interruption.signal.aborted).toBe(true);
      ctrlC();
      expect(happened).toEqual(["tidying\n"]);
      ctrlC();
      expect(happened).toEqual(["tidying\n", "exit 130"]);
    });
  });

  it("is as before after that work, however it went", async () => {
    const { interruption, happened, ctrlC } = listening();
    await expect(interruption.toItsEnd("tidying", () => Promise.resolve(7))).resolves.toBe(7);
    await expect(interruption.toItsEnd("tidying", () => Promise.reject(new Error("no")))).rejects.toThrow(
      "no",
    );
    ctrlC();
    ctrlC();
    expect(happened).toEqual(["exit 130"]);
  });
});
