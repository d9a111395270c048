import { Random } from "@servable/test-fixtures/random";
import { mutated, seeds } from "./inputs.ts";
import { feed } from "./targets.ts";

export interface FuzzReport {
  /** Inputs by entry point. */
  readonly counts: Readonly<Record<string, number>>;
  /** Characters in all. */
  readonly characters: number;
  /** CPU time of the slowest input, in milliseconds, and its number. */
  readonly slowest: number;
  readonly slowestInput: number;
}

/** Numbers in an order that looks random and can be had one by one. */
const seedOf = (seed: number, index: number): number =>
  Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(index, 0xc2b2ae35);

/** The input of a number: only it and the seed decide. */
export function inputOf(
  seed: number,
  index: number,
): { readonly random: Random; readonly text: string; readonly from: (typeof seeds)[number] } {
  const random = new Random(seedOf(seed, index));
  const from = random.pick(seeds);
  return { random, from, text: mutated(random, from.text, random.pick(seeds).text) };
}

/** Gives mutated inputs to every entry point of the linter; throws what they throw, with the number of the input. */
export function runFuzz(
  seed: number,
  inputs: number,
  onInput?: (index: number) => void,
  first = 0,
): FuzzReport {
  const counts: Record<string, number> = {};
  let characters = 0;
  let slowest = 0;
  let slowestInput = -1;
  for (let index = first; index < first + inputs; index++) {
    onInput?.(index);
    const { random, text, from } = inputOf(seed, index);
    characters += text.length;
    const started = process.cpuUsage();
    try {
      const target = feed(random, text, from);
      counts[target] = (counts[target] ?? 0) + 1;
    } catch (cause) {
      throw new Error(
        `seed ${seed}, input ${index}, from ${from.file}: ${JSON.stringify(text.slice(0, 2000))}`,
        { cause },
      );
    }
    // CPU time: the wall clock would measure the other load of the machine.
    const { user, system } = process.cpuUsage(started);
    if ((user + system) / 1000 > slowest) {
      slowest = (user + system) / 1000;
      slowestInput = index;
    }
  }
  return { counts, characters, slowest, slowestInput };
}
