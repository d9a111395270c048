/** What is wrong with a model's name for requests, as the end of a sentence. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "is empty: no request can name the model";
  if (name.includes("/")) return "holds a slash: REST reaches it only as %2F, and not at all before 2.5";
  if (name.includes(":"))
    return "holds a colon, which REST takes for the end of the name unless it is written %3A";
  if (/\s/.test(name)) return "holds a blank: REST needs %20, and the Docker entrypoint splits it";
  return undefined;
}
