/** One line of the exposition: a value under a name, beside the labels of its family. */
export type Sample = {
  /** What is added to the family's name: `_count`, `_sum`, `_bucket`, or nothing. */
  readonly suffix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** A metric with its samples, as Prometheus reads it. */
export type Family = {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "summary";
  readonly help: string;
  readonly samples: readonly Sample[];
};

/** Gives families when they are asked for. */
export type Collector = () => readonly Family[] | Promise<readonly Family[]>;

/** Label values of one family at most; what comes after counts as `other`. No label is a client's to choose. */
const mostChildren = 200;

/** Children of one family, made when their label values first come. */
class Children<Child> {
  readonly #names: readonly string[];
  readonly #create: () => Child;
  readonly #children = new Map<string, { readonly labels: Record<string, string>; readonly child: Child }>();

  constructor(names: readonly string[], create: () => Child) {
    this.#names = names;
    this.#create = create;
  }

  of(values: readonly string[]): Child {
    const key = values.length === 1 ? (values[0] as string) : values.join("\u0000");
    const known = this.#children.get(key);
    if (known !== undefined) return known.child;
    if (this.#children.size >= mostChildren) {
      const others = values.map(() => "other");
      if (key !== others.join("\u0000")) return this.of(others);
    }
    const labels = Object.fromEntries(this.#names.map((name, index) => [name, values[index] ?? ""]));
    const child = this.#create();
    this.#children.set(key, { labels, child });
    return child;
  }

  samples(write: (child: Child, labels: Record<string, string>) => readonly Sample[]): Sample[] {
    return [...this.#children.values()].flatMap(({ labels, child }) => write(child, labels));
  }
}

/** What only grows. */
export class Counter {
  readonly #children: Children<{ value: number }>;

  constructor(labels: readonly string[]) {
    this.#children = new Children(labels, () => ({ value: 0 }));
    if (labels.length === 0) this.add(0);
  }

  add(amount: number, ...values: readonly string[]): void {
    this.#children.of(values).value += amount;
  }

  samples(): Sample[] {
    return this.#children.samples(({ value }, labels) => [{ suffix: "", labels, value }]);
  }
}

/** How often something was done, and how many seconds it took in all. */
export class Summary {
  readonly #children: Children<{ count: number; sum: number }>;

  constructor(labels: readonly string[]) {
    this.#children = new Children(labels, () => ({ count: 0, sum: 0 }));
    if (labels.length === 0) this.#children.of([]);
  }

  observe(seconds: number, ...values: readonly string[]): void {
    const child = this.#children.of(values);
    child.count++;
    child.sum += seconds;
  }

  samples(): Sample[] {
    return this.#children.samples(({ count, sum }, labels) => [
      { suffix: "_count", labels, value: count },
      { suffix: "_sum", labels, value: sum },
    ]);
  }
}

/** How many of what was done took how long. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #children: Children<{ readonly counts: number[]; sum: number }>;

  /** `bounds` in seconds, growing. */
  constructor(labels: readonly string[], bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#children = new Children(labels, () => ({
      counts: Array<number>(bounds.length + 1).fill(0),
      sum: 0,
    }));
  }

  observe(seconds: number, ...values: readonly string[]): void {
    const child = this.#children.of(values);
    let bucket = 0;
    while (bucket < this.#bounds.length && seconds > (this.#bounds[bucket] as number)) bucket++;
    child.counts[bucket] = (child.counts[bucket] as number) + 1;
    child.sum += seconds;
  }

  samples(): Sample[] {
    return this.#children.samples(({ counts, sum }, labels) => {
      let below = 0;
      const buckets = counts.map((count, index) => {
        below += count;
        const le = String(this.#bounds[index] ?? "+Inf");
        return { suffix: "_bucket", labels: { ...labels, le }, value: below };
      });
      return [...buckets, { suffix: "_sum", labels, value: sum }, { suffix: "_count", labels, value: below }];
    });
  }
}

/** A process' metrics. */
export class Registry {
  readonly #collectors: Collector[] = [];

  counter(name: string, help: string, labels: readonly string[] = []): Counter {
    const counter = new Counter(labels);
    this.collect(() => [{ name, help, type: "counter", samples: counter.samples() }]);
    return counter;
  }

  summary(name: string, help: string, labels: readonly string[] = []): Summary {
    const summary = new Summary(labels);
    this.collect(() => [{ name, help, type: "summary", samples: summary.samples() }]);
    return summary;
  }

  histogram(name: string, help: string, labels: readonly string[], bounds: readonly number[]): Histogram {
    const histogram = new Histogram(labels, bounds);
    this.collect(() => [{ name, help, type: "histogram", samples: histogram.samples() }]);
    return histogram;
  }

  /** What is looked up when the metrics are asked for. */
  collect(collector: Collector): void {
    this.#collectors.push(collector);
  }

  /** All families now. One whose collector fails is left out: the others tell of it. */
  async families(): Promise<Family[]> {
    const collected = await Promise.all(
      this.#collectors.map(async (collector) => {
        try {
          return await collector();
        } catch {
          return [];
        }
      }),
    );
    return collected.flat();
  }
}

/** A metric of single values, each under its labels. */
export function gauge(
  name: string,
  help: string,
  values: readonly (readonly [value: number, labels?: Readonly<Record<string, string>>])[],
  type: "gauge" | "counter" = "gauge",
): Family {
  return {
    name,
    type,
    help,
    samples: values.map(([value, labels = {}]) => ({ suffix: "", labels, value })),
  };
}
