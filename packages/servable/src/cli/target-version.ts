import { UserError } from "@servable/diagnostics";

/** The value of `--server-version`, if given. @throws UserError (usage) where it is no version */
export async function targetVersion(text: string | undefined): Promise<string | undefined> {
  if (text === undefined) return undefined;
  const { isVersion, supportedVersions } = await import("@servable/server-flags");
  if (isVersion(text)) return text;
  throw new UserError("usage", `--server-version ${text} is not a version of TensorFlow Serving`, {
    hint: `such as ${supportedVersions.at(-1)}; known are ${supportedVersions[0]} to ${supportedVersions.at(-1)}`,
  });
}
