import type { RuleExample } from "./rule.ts";

/** What an example needs besides its texts, in words: release, files that are no text, facts about the machine. */
export function exampleCircumstances({ binaries, sizes, tfsVersion, machine }: RuleExample): string[] {
  const found: string[] = [];
  if (tfsVersion !== undefined) found.push(`TensorFlow Serving ${tfsVersion}`);
  for (const name of Object.keys(binaries ?? {})) found.push(`with the file ${name}`);
  for (const [name, size] of Object.entries(sizes ?? {})) {
    found.push(`with ${name} of ${(size / 1e6).toLocaleString("en")} MB`);
  }
  if (machine?.takenPorts !== undefined) found.push(`port ${machine.takenPorts.join(", ")} is taken`);
  if (machine?.sharedPorts !== undefined)
    found.push(`a model server of the same user has port ${machine.sharedPorts.join(", ")}`);
  if (machine?.architecture !== undefined) found.push(`on a machine of type ${machine.architecture}`);
  if (machine?.cpuFeatures !== undefined) found.push(`whose CPU has ${machine.cpuFeatures.join(", ")} only`);
  for (const [name, { mode, uid }] of Object.entries(machine?.permissions ?? {})) {
    found.push(`${name} has mode ${mode.toString(8).padStart(4, "0")} and owner ${uid}`);
  }
  if (machine?.today !== undefined) found.push(`on ${machine.today}`);
  return found;
}
