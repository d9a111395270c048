/** Why bytes are no raw snappy block. */
export class SnappyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "SnappyError";
  }
}

/**
 * Decompresses one raw snappy block (no framing). The output is as long as the block claims, at most `limit`; since no
 * element of the format yields more than 64 bytes for its tag byte, a claim beyond that ratio is refused before anything is allocated.
 * @throws SnappyError
 */
export function unsnappy(input: Uint8Array, limit = 1 << 28): Uint8Array {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = input[at++];
    if (byte === undefined || shift > 28) throw new SnappyError("length of the block is cut off");
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > limit || length > input.length * 64) throw new SnappyError(`claims ${length} bytes`);
  const output = new Uint8Array(length);
  let to = 0;
  while (at < input.length) {
    const tag = input[at++]!;
    if ((tag & 3) === 0) {
      let count = tag >>> 2;
      if (count >= 60) {
        const extra = count - 59;
        if (at + extra > input.length) throw new SnappyError("literal length is cut off");
        count = 0;
        for (let index = 0; index < extra; index++) count += input[at + index]! * 2 ** (8 * index);
        at += extra;
      }
      count++;
      if (count > input.length - at || count > length - to)
        throw new SnappyError("literal runs over the end");
      output.set(input.subarray(at, at + count), to);
      at += count;
      to += count;
      continue;
    }
    let count: number;
    let back: number;
    if ((tag & 3) === 1) {
      if (at + 1 > input.length) throw new SnappyError("copy is cut off");
      count = ((tag >>> 2) & 7) + 4;
      back = ((tag >>> 5) << 8) | input[at]!;
      at += 1;
    } else if ((tag & 3) === 2) {
      if (at + 2 > input.length) throw new SnappyError("copy is cut off");
      count = (tag >>> 2) + 1;
      back = input[at]! | (input[at + 1]! << 8);
      at += 2;
    } else {
      if (at + 4 > input.length) throw new SnappyError("copy is cut off");
      count = (tag >>> 2) + 1;
      back = (input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16) | (input[at + 3]! << 24)) >>> 0;
      at += 4;
    }
    if (back === 0 || back > to) throw new SnappyError("copy from before the start");
    if (count > length - to) throw new SnappyError("copy runs over the end");
    for (let index = 0; index < count; index++, to++) output[to] = output[to - back]!;
  }
  if (to !== length) throw new SnappyError(`yields ${to} bytes of ${length}`);
  return output;
}
