/**
 * Reading JSON that came over the network: every access names where it is, so that a wrong answer of the server
 * becomes a sentence and not a blank page.
 */

/** Two or three coordinates, metres. */
export type Vec2M = readonly [x: number, y: number];
export type Vec3M = readonly [x: number, y: number, z: number];

/** The server's answer is not what the interface says. */
export class MalformedAnswer extends Error {
  override name = "MalformedAnswer";
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `${typeof value} ${JSON.stringify(value)}`;
}

/** A JSON value together with its path from the root of the answer. */
export class Reader {
  constructor(
    readonly value: unknown,
    readonly path: string,
  ) {}

  fail(expected: string): never {
    throw new MalformedAnswer(`${this.path}: expected ${expected}, found ${describe(this.value)}`);
  }

  /** True for both null and a missing field. */
  get absent(): boolean {
    return this.value === null || this.value === undefined;
  }

  field(name: string): Reader {
    if (typeof this.value !== "object" || this.value === null || Array.isArray(this.value)) this.fail("an object");
    return new Reader((this.value as Record<string, unknown>)[name], `${this.path}.${name}`);
  }

  number(): number {
    return typeof this.value === "number" && Number.isFinite(this.value) ? this.value : this.fail("a finite number");
  }

  /** A whole number from 0 up. */
  count(): number {
    const value = this.number();
    return Number.isInteger(value) && value >= 0 ? value : this.fail("a whole number from 0 up");
  }

  boolean(): boolean {
    return typeof this.value === "boolean" ? this.value : this.fail("true or false");
  }

  string(): string {
    return typeof this.value === "string" ? this.value : this.fail("a string");
  }

  oneOf<T extends string>(values: readonly T[]): T {
    const found = values.find((v) => v === this.value);
    return found ?? this.fail(`one of ${values.join(", ")}`);
  }

  /** A list of at least so many entries. */
  list<T>(read: (item: Reader) => T, least = 0): T[] {
    if (!Array.isArray(this.value)) this.fail("a list");
    const items = (this.value as unknown[]).map((item, i) => read(new Reader(item, `${this.path}[${i}]`)));
    return items.length >= least ? items : this.fail(`a list of ${least} or more`);
  }

  /** Entry of a list that was read before. */
  item(i: number): Reader {
    return new Reader((this.value as unknown[])[i], `${this.path}[${i}]`);
  }

  /** As `list`, but a missing or null field is an empty list. */
  listOrEmpty<T>(read: (item: Reader) => T): T[] {
    return this.absent ? [] : this.list(read);
  }

  orNull<T>(read: (item: Reader) => T): T | null {
    return this.absent ? null : read(this);
  }

  /** A list of exactly `length` values. */
  private tuple(length: number, read: (item: Reader) => number): number[] {
    const values = this.list(read);
    return values.length === length ? values : this.fail(`${length} numbers`);
  }

  vec2(): Vec2M {
    return this.tuple(2, (item) => item.number()) as unknown as Vec2M;
  }

  vec3(): Vec3M {
    return this.tuple(3, (item) => item.number()) as unknown as Vec3M;
  }

  /** Two whole numbers. */
  pair(): [number, number] {
    return this.tuple(2, (item) => item.count()) as [number, number];
  }

  /** The fields of an object, each read by `read`; none for a missing object. */
  fieldsOrEmpty<T>(read: (item: Reader) => T): Record<string, T> {
    if (this.absent) return {};
    if (typeof this.value !== "object" || Array.isArray(this.value)) this.fail("an object");
    return Object.fromEntries(Object.keys(this.value as object).map((name) => [name, read(this.field(name))]));
  }

  /** The numbers of an object by their names; those that are null are left out. */
  table(): Record<string, number> {
    const values = Object.entries(this.fieldsOrEmpty((v) => v.orNull((n) => n.number())));
    return Object.fromEntries(values.filter((entry): entry is [string, number] => entry[1] !== null));
  }
}
