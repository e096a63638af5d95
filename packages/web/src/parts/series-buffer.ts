import { type Stretch, thinColumnInto, thinXsInto } from "./thinning.ts";

/** Data as uPlot wants it: x first, then one array for each series; null where a series has no point. */
export type AlignedData = [xs: number[], ...series: (number | null)[][]];

/** Places of x that are kept as they are, and that all before them are thinned out to: more than a screen has pixels. */
const KEPT = { newest: 4096, older: 4096 };

/**
 * Points of many series as they come, ready to draw at any moment. A second point of a series at the same x replaces the
 * first. All series share the places of x: adding costs O(1) while x grows, drawing one pass over what is drawn.
 *
 * However long points come, there are never more than twice `newest` and `older` places: when there would be, the newest stay
 * as they are and the older ones are joined, evenly over all that is older, in pairs of places that keep the least and the
 * greatest value of each series. A peak is never lost, only where in its pair it stood.
 */
export class SeriesBuffer {
  readonly #kept: typeof KEPT;
  /** Places that were joined into each pair of the older ones: 2 as long as none were. */
  #joined = 2;
  /** All places up to this x are pairs. */
  #thinnedTo = -Infinity;
  /** The point of each series with the greatest x. */
  readonly #lasts = new Map<string, { readonly x: number; readonly y: number }>();
  #xs: number[] = [];
  #placeOf = new Map<number, number>();
  /** y by place; NaN where there is no point; shorter than `#xs` when the last places have none. */
  readonly #columns = new Map<string, number[]>();
  #isSorted = true;
  #version = 0;

  constructor(kept: Partial<typeof KEPT> = {}) {
    this.#kept = { ...KEPT, ...kept };
  }

  /** Moves whenever a point was added. */
  get version(): number {
    return this.#version;
  }

  /** Names of the series, in order of their first points, or as they were declared. */
  get names(): readonly string[] {
    return [...this.#columns.keys()];
  }

  /** Names a series before its first point, so that it has its place among the others. */
  declare(name: string): void {
    if (this.#columns.has(name)) return;
    this.#columns.set(name, []);
    this.#version += 1;
  }

  /** Adds a point; what is no finite number is passed over. */
  add(name: string, x: number, y: number): void {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    const place = this.#placeFor(x);
    let column = this.#columns.get(name);
    if (!column) this.#columns.set(name, (column = []));
    while (column.length < place) column.push(Number.NaN);
    column[place] = y;
    if (x >= (this.#lasts.get(name)?.x ?? -Infinity)) this.#lasts.set(name, { x, y });
    this.#version += 1;
  }

  /** Makes room on the axis for an x of which nothing may be known. */
  reach(x: number): void {
    if (!Number.isFinite(x)) return;
    this.#placeFor(x);
    this.#version += 1;
  }

  #placeFor(x: number): number {
    const known = this.#placeOf.get(x);
    if (known !== undefined) return known;
    if (this.#xs.length >= 2 * (this.#kept.newest + this.#kept.older)) this.#thinOut();
    const place = this.#xs.length;
    if (place > 0 && x < (this.#xs[place - 1] ?? x)) this.#isSorted = false;
    this.#xs.push(x);
    this.#placeOf.set(x, place);
    return place;
  }

  /** The y of a series at its greatest x; undefined while it has no point. */
  last(name: string): number | undefined {
    return this.#lasts.get(name)?.y;
  }

  /** The y of a series at an x; undefined where it has no point. */
  at(name: string, x: number): number | undefined {
    const place = this.#placeOf.get(x);
    const y = place === undefined ? undefined : this.#columns.get(name)?.[place];
    return y === undefined || Number.isNaN(y) ? undefined : y;
  }

  /** Forgets all points and series. */
  clear(): void {
    this.#xs = [];
    this.#placeOf.clear();
    this.#columns.clear();
    this.#lasts.clear();
    this.#joined = 2;
    this.#thinnedTo = -Infinity;
    this.#isSorted = true;
    this.#version += 1;
  }

  /**
   * The series named, on one x axis of at most `most` places. Above that, neighbouring places are joined in two that keep the
   * least and the greatest value of each series, so that no peak is lost.
   */
  aligned(names: readonly string[] = this.names, most = 2000): AlignedData {
    this.#sort();
    const count = this.#xs.length;
    const size =
      count <= most ? 1 : Math.max(2, Math.ceil(count / Math.max(1, Math.floor(most / 2))));
    const whole = { from: 0, to: count, size, none: null };
    const xs: number[] = [];
    thinXsInto(this.#xs, whole, xs);
    const columns = names.map((name) => {
      const values: (number | null)[] = [];
      thinColumnInto(this.#columns.get(name) ?? [], whole, values);
      return values;
    });
    return [xs, ...columns];
  }

  /** Joins places that are older than the newest, until they are few enough. */
  #thinOut(): void {
    this.#sort();
    const { newest, older } = this.#kept;
    const count = this.#xs.length;
    const to = Math.max(0, count - newest);
    const firstFresh = this.#xs.findIndex((x) => x > this.#thinnedTo);
    const from = Math.min(to, firstFresh < 0 ? count : firstFresh);
    let pairs = 2;
    while ((2 * from) / pairs + (2 * (to - from)) / this.#joined > older) {
      pairs *= 2;
      this.#joined *= 2;
    }
    const stretches: readonly Stretch[] = [
      { from: 0, to: from, size: pairs },
      { from, to, size: this.#joined },
      { from: to, to: count, size: 1 },
    ];
    this.#thinnedTo = this.#xs[to - 1] ?? -Infinity;
    this.#replace(stretches);
  }

  #replace(stretches: readonly Stretch[]): void {
    const xs: number[] = [];
    for (const stretch of stretches) thinXsInto(this.#xs, stretch, xs);
    this.#xs = xs;
    this.#placeOf = new Map(xs.map((x, place) => [x, place]));
    for (const [name, column] of this.#columns) {
      const values: number[] = [];
      for (const stretch of stretches)
        thinColumnInto(column, { ...stretch, none: Number.NaN }, values);
      this.#columns.set(name, values);
    }
  }

  /** Puts places in order of x after points came out of order. */
  #sort(): void {
    if (this.#isSorted) return;
    const before = this.#xs;
    const order = before.map((_x, place) => place);
    order.sort((a, b) => (before[a] ?? 0) - (before[b] ?? 0));
    this.#xs = order.map((place) => before[place] ?? 0);
    this.#placeOf = new Map(this.#xs.map((x, place) => [x, place]));
    for (const [name, column] of this.#columns)
      this.#columns.set(
        name,
        order.map((place) => column[place] ?? Number.NaN),
      );
    this.#isSorted = true;
  }
}
