/** Data as uPlot wants it: x first, then one array for each series; null where a series has no point. */
export type AlignedData = [xs: number[], ...series: (number | null)[][]];

/**
 * Points of many series as they come, ready to draw at any moment. A second point of a series at the same x replaces the
 * first. All series share the places of x: adding costs O(1) while x grows, drawing one pass over what is drawn.
 */
export class SeriesBuffer {
  #xs: number[] = [];
  #placeOf = new Map<number, number>();
  /** y by place; NaN where there is no point; shorter than `#xs` when the last places have none. */
  readonly #columns = new Map<string, number[]>();
  #isSorted = true;
  #version = 0;

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
    const place = this.#xs.length;
    if (place > 0 && x < (this.#xs[place - 1] ?? x)) this.#isSorted = false;
    this.#xs.push(x);
    this.#placeOf.set(x, place);
    return place;
  }

  /** The y of a series at its greatest x; undefined while it has no point. */
  last(name: string): number | undefined {
    this.#sort();
    return this.#columns.get(name)?.findLast((y) => !Number.isNaN(y));
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
    this.#isSorted = true;
    this.#version += 1;
  }

  /**
   * The series named, on one x axis of at most `most` places. Above that, neighbouring places are joined in two that keep the
   * least and the greatest value of each series, so that no peak is lost.
   */
  aligned(names: readonly string[] = this.names, most = 2000): AlignedData {
    this.#sort();
    const columns = names.map((name) => this.#columns.get(name) ?? []);
    const count = this.#xs.length;
    if (count <= most) return [this.#xs.slice(), ...columns.map((column) => whole(column, count))];
    const size = Math.max(2, Math.ceil(count / Math.max(1, Math.floor(most / 2))));
    const xs: number[] = [];
    for (let start = 0; start < count; start += size) {
      const end = Math.min(start + size, count);
      xs.push(this.#xs[start] ?? 0);
      if (end - start > 1) xs.push(this.#xs[end - 1] ?? 0);
    }
    return [xs, ...columns.map((column) => thinned(column, count, size))];
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

function whole(column: readonly number[], count: number): (number | null)[] {
  const values: (number | null)[] = [];
  for (let place = 0; place < count; place += 1) values.push(valueAt(column, place));
  return values;
}

function valueAt(column: readonly number[], place: number): number | null {
  const y = column[place];
  return y === undefined || Number.isNaN(y) ? null : y;
}

/** For each `size` places the least and the greatest value, in the order they came. */
function thinned(column: readonly number[], count: number, size: number): (number | null)[] {
  const values: (number | null)[] = [];
  for (let start = 0; start < count; start += size) {
    const end = Math.min(start + size, count);
    if (end - start === 1) {
      values.push(valueAt(column, start));
      continue;
    }
    let low = -1;
    let high = -1;
    for (let place = start; place < end; place += 1) {
      const y = column[place] ?? Number.NaN;
      if (Number.isNaN(y)) continue;
      if (low < 0 || y < (column[low] ?? 0)) low = place;
      if (high < 0 || y > (column[high] ?? 0)) high = place;
    }
    values.push(valueAt(column, Math.min(low, high)), valueAt(column, Math.max(low, high)));
  }
  return values;
}
