/** A path on the host, taken apart: from the root, or from the spec's folder up and then down. POSIX. */
interface HostPath {
  readonly absolute: boolean;
  /** Leading `..`, beyond what the path itself enters. */
  readonly ups: number;
  readonly names: readonly string[];
}

function takeApart(path: string): HostPath {
  const absolute = path.startsWith("/");
  const names: string[] = [];
  let ups = 0;
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name !== "..") names.push(name);
    else if (names.length > 0) names.pop();
    else if (!absolute) ups++;
  }
  return { absolute, ups, names };
}

function together({ absolute, ups, names }: HostPath): string {
  const steps = [...Array<string>(ups).fill(".."), ...names];
  return absolute ? `/${steps.join("/")}` : steps.length === 0 ? "." : steps.join("/");
}

/** `path` seen from `folder`: absolute paths stay, `.` and `..` are worked out as far as the text allows. */
export function fromFolder(folder: string, path: string): string {
  return together(takeApart(path.startsWith("/") ? path : `${folder}/${path}`));
}

/** The leading `..` of a relative path, and what follows them. */
export function splitUps(path: string): { readonly up: string; readonly rest: readonly string[] } {
  const { ups, names } = takeApart(path);
  return { up: ups === 0 ? "." : Array<string>(ups).fill("..").join("/"), rest: names };
}
