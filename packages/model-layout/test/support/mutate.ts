import type { Random } from "@servable/test-fixtures/random";

/** Numbers that readers trip over: ends of ranges, huge lengths as varints. */
const NASTY: readonly (readonly number[])[] = [
  [0x00],
  [0xff],
  [0x80],
  [0x7f],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0xff, 0xff, 0xff, 0xff],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
  [0xfe, 0xff, 0xff, 0x7f],
];

/** One to four random changes: bits, bytes, nasty numbers, cut, repeated or foreign pieces. */
export function mutate(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = input.slice();
  for (let step = 1 + random.below(4); step > 0; step--) {
    const at = random.below(bytes.length + 1);
    const length = Math.min(bytes.length - at, 1 + random.below(random.chance(0.8) ? 16 : 400));
    const splice = (piece: ArrayLike<number>, remove: number): void => {
      const made = new Uint8Array(bytes.length - remove + piece.length);
      made.set(bytes.subarray(0, at));
      made.set(piece, at);
      made.set(bytes.subarray(at + remove), at + piece.length);
      bytes = made;
    };
    switch (random.below(8)) {
      case 0:
        if (at < bytes.length) bytes[at]! ^= 1 << random.below(8);
        break;
      case 1:
        if (at < bytes.length) bytes[at] = random.below(256);
        break;
      case 2:
        splice(random.pick(NASTY), 0);
        break;
      case 3: {
        const nasty = random.pick(NASTY);
        splice(nasty, Math.min(nasty.length, bytes.length - at));
        break;
      }
      case 4:
        splice([], length);
        break;
      case 5:
        splice(bytes.slice(at, at + length), 0);
        break;
      case 6: {
        const from = random.below(other.length + 1);
        splice(other.subarray(from, from + length), random.chance(0.5) ? length : 0);
        break;
      }
      case 7:
        bytes = bytes.slice(0, at);
        break;
    }
  }
  return bytes;
}
