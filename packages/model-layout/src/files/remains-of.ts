/**
 * Whether a name is what a copy, an editor or a packer made of the file `wanted`: `.variables.index.aB3dEf` of rsync,
 * `saved_model.pb.part`, `saved_model.pb_.gstmp`, `saved_model.pb.gz`, `saved_model.pb~`, `saved_model (1).pb`, another
 * case, blanks around.
 */
export function remainsOf(name: string, wanted: string): boolean {
  if (name === wanted) return false;
  const plain = name.toLowerCase();
  const target = wanted.toLowerCase();
  if (plain.trim() === target) return true;
  const at = plain.indexOf(target);
  if (at >= 0)
    return /^[.#_~]*$/.test(plain.slice(0, at)) && /^(?![a-z0-9])/.test(plain.slice(at + target.length));
  const dot = target.lastIndexOf(".");
  if (dot <= 0) return false;
  // A copy that a file manager made.
  return (
    plain.startsWith(target.slice(0, dot)) &&
    plain.endsWith(target.slice(dot)) &&
    /^[ _-]*(\(\d+\)|copy.*)$/.test(plain.slice(dot, plain.length - (target.length - dot)))
  );
}
