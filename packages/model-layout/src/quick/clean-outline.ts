/** Reads up to `length` bytes at `position` into the start of the buffer; returns how many there were, 0 past the end. */
export type ReadAt = (position: number, length: number) => number;

/** Takes in what stands before a usual graph, and what stands behind one, in one read each. */
const WINDOW = 8192;

/**
 * Whether the outline of saved_model.pb is of the plain kind: one schema version of 1, meta graphs with distinct tags,
 * one of them { serve }, no assets, nothing cut off and nothing left over. Steps over graphs without reading them.
 * Returns whether variables are restored, or undefined for anything else: the rules then look closely.
 */
export class OutlineScanner {
  readonly buffer = new Uint8Array(WINDOW);
  #read: ReadAt = () => 0;
  #start = 0;
  #length = 0;
  #at = 0;
  /** Where the file ends, once a read came short. */
  #end = Number.POSITIVE_INFINITY;

  /** Makes sure that `need` bytes from the current place on are in the window. */
  #fill(need: number): boolean {
    const inside = this.#at - this.#start;
    if (inside >= 0 && inside + need <= this.#length) return true;
    if (this.#at + need > this.#end) return false;
    this.#start = this.#at;
    this.#length = this.#read(this.#at, WINDOW);
    if (this.#length > 0 && this.#length < WINDOW) this.#end = this.#start + this.#length;
    return this.#length >= need;
  }

  /** Whether the file ends at the current place: not before it, not after. */
  #atEnd(): boolean {
    if (this.#end !== Number.POSITIVE_INFINITY) return this.#at === this.#end;
    // Beyond the end there is nothing either, so the byte before must be there.
    return this.#at > 0 && !this.#fill(1) && this.#read(this.#at - 1, 1) === 1;
  }

  #byte(): number {
    if (!this.#fill(1)) return -1;
    return this.buffer[this.#at++ - this.#start]!;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 5; count++) {
      const byte = this.#byte();
      if (byte < 0) return -1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value > 0x7fff_ffff ? -1 : value;
      scale *= 128;
    }
    return -1;
  }

  scan(read: ReadAt): { readonly restores: boolean } | undefined {
    this.#read = read;
    this.#start = 0;
    this.#length = 0;
    this.#at = 0;
    this.#end = Number.POSITIVE_INFINITY;
    let schema = 0;
    let restores: boolean | undefined;
    const seen: string[] = [];
    while (this.#fill(1)) {
      const tag = this.#varint();
      if (tag === 8) schema = this.#varint();
      else if (tag === 18) {
        const length = this.#varint();
        if (length < 0) return undefined;
        const graph = this.#metaGraph(this.#at + length);
        if (graph === undefined || seen.includes(graph.tags)) return undefined;
        seen.push(graph.tags);
        if (graph.tags === "serve") restores = graph.restores;
      } else return undefined;
    }
    return schema !== 1 || restores === undefined || !this.#atEnd() ? undefined : { restores };
  }

  #metaGraph(end: number): { readonly tags: string; readonly restores: boolean } | undefined {
    let tags: string | undefined;
    let restores = false;
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag < 0 || (tag & 7) !== 2) return undefined;
      const length = this.#varint();
      const stop = this.#at + length;
      if (length < 0 || stop > end) return undefined;
      switch (tag >> 3) {
        case 1:
          if (tags !== undefined) return undefined;
          tags = this.#tags(stop);
          if (tags === undefined) return undefined;
          break;
        case 2:
          if (length > 0x3800_0000) return undefined; // near the size limit
          break;
        case 3:
          {
            const found = this.#hasRestoreOp(stop);
            if (found === undefined || restores) return undefined;
            restores = found;
          }
          break;
        case 4:
          if (this.#keyIsAssets(stop)) return undefined;
          break;
        case 5:
        case 7:
          break;
        default:
          return undefined; // assets, or a field that is not known here
      }
      this.#at = stop;
    }
    return this.#at !== end || tags === undefined ? undefined : { tags, restores };
  }

  /** Tags of a MetaInfoDef, joined; undefined for anything unusual in it. */
  #tags(end: number): string | undefined {
    let tags = "";
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === 56) {
        if (this.#varint() < 0) return undefined;
        continue;
      }
      if (tag < 0 || (tag & 7) !== 2) return undefined;
      const length = this.#varint();
      if (length < 0 || length > end - this.#at) return undefined;
      if (tag >> 3 === 2 || tag >> 3 === 8) {
        this.#at += length; // the op list and the function aliases
        continue;
      }
      const text = this.#ascii(length, end);
      if (text === undefined) return undefined;
      if (tag >> 3 === 4) {
        if (text === "") return undefined;
        tags += tags === "" ? text : `,${text}`;
      }
    }
    return this.#at === end ? tags : undefined;
  }

  /** Whether a SaverDef names a restore op; undefined for anything unusual in it. */
  #hasRestoreOp(end: number): boolean | undefined {
    let found = false;
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag === 32 || tag === 40 || tag === 56) {
        if (this.#varint() < 0) return undefined;
      } else if (tag === 53) this.#at += 4;
      else if (tag === 10 || tag === 18 || tag === 26) {
        const length = this.#varint();
        if (this.#ascii(length, end) === undefined) return undefined;
        if (tag === 26 && length > 0) found = true;
      } else return undefined;
    }
    return this.#at === end ? found : undefined;
  }

  /** A short text of printable ASCII; undefined for any other. */
  #ascii(length: number, end: number): string | undefined {
    if (length < 0 || length > 256 || length > end - this.#at || !this.#fill(length)) return undefined;
    let text = "";
    for (let index = 0; index < length; index++) {
      const byte = this.buffer[this.#at - this.#start + index]!;
      if (byte < 33 || byte > 126) return undefined;
      text += String.fromCharCode(byte);
    }
    this.#at += length;
    return text;
  }

  /** Whether a collection's key is saved_model_assets (or can't be told). */
  #keyIsAssets(end: number): boolean {
    if (this.#varint() !== 10) return true;
    const length = this.#varint();
    if (length < 0 || length > end - this.#at || length > 512 || !this.#fill(length)) return true;
    if (length !== 18) return false;
    let text = "";
    for (let index = 0; index < length; index++)
      text += String.fromCharCode(this.buffer[this.#at - this.#start + index]!);
    return text === "saved_model_assets";
  }
}
