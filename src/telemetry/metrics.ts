import {
  AggregatorRegistry,
  Counter,
  Histogram,
  type MetricObjectWithValues,
  type MetricType,
  type MetricValue,
  Registry,
} from "prom-client";

/** A metric with its samples, in the form in which prom-client passes them between processes. */
export type Family = Omit<MetricObjectWithValues<MetricValue<string>>, "collect">;

type Labels = Readonly<Record<string, string>>;
type Collector = () => readonly Family[] | Promise<readonly Family[]>;

/** The media type of `exposition`. */
export const expositionType = "text/plain; version=0.0.4";

/** The metrics of one process. No label may have a client's words for its value. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #collectors: Collector[] = [];

  counter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.#registry] });
  }

  /** `buckets` in seconds. */
  histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: readonly number[],
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.#registry] });
  }

  /** How often something was done, and how many seconds it took in total; by the value of a label if that is named. */
  timing(name: string, help: string, label?: string): Timing {
    const timing = new Timing(label);
    this.collect(() => [familyOf(name, "summary", help, timing.values(name))]);
    return timing;
  }

  /** Reads values when the metrics are read. */
  collect(collector: Collector): void {
    this.#collectors.push(collector);
  }

  /** All families now, labelled with the process. A family that cannot be collected is missing. */
  async families(processName: string): Promise<Family[]> {
    const counted = this.#registry.getMetricsAsJSON();
    const collected = this.#collectors.map(async (collector) => collector());
    const settled = await Promise.allSettled([counted, ...collected]);
    const families = settled.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    return families.map((family) => ({
      ...family,
      values: family.values.map((value) => ({
        ...value,
        labels: { process: processName, ...value.labels },
      })),
    }));
  }
}

/** A summary without quantiles. prom-client's own keeps a t-digest of all observations, also where nothing reads it. */
class Timing {
  readonly #label: string | undefined;
  readonly #totals = new Map<string, { count: number; sum: number }>();

  constructor(label?: string) {
    this.#label = label;
    if (label === undefined) this.#totals.set("", { count: 0, sum: 0 });
  }

  observe(seconds: number, labelValue = ""): void {
    const total = this.#totals.get(labelValue);
    if (total === undefined) {
      this.#totals.set(labelValue, { count: 1, sum: seconds });
      return;
    }
    total.count++;
    total.sum += seconds;
  }

  values(name: string): Family["values"] {
    return [...this.#totals].flatMap(([value, { count, sum }]) => {
      const labels: Labels = this.#label === undefined ? {} : { [this.#label]: value };
      return [
        { metricName: `${name}_count`, labels, value: count },
        { metricName: `${name}_sum`, labels, value: sum },
      ];
    });
  }
}

/** A family of single values, each with its labels. */
export function gauge(
  name: string,
  help: string,
  values: readonly (readonly [value: number, labels?: Labels])[],
  type: "gauge" | "counter" = "gauge",
): Family {
  return familyOf(
    name,
    type,
    help,
    values.map(([value, labels = {}]) => ({ value, labels })),
  );
}

function familyOf(name: string, type: string, help: string, values: Family["values"]): Family {
  // prom-client's JSON has the names of types, its declarations have an enum that does not exist.
  return { name, type: type as unknown as MetricType, help, values, aggregator: "sum" };
}

/** The families of several processes in Prometheus' text format, version 0.0.4. */
export function exposition(processes: readonly (readonly Family[])[]): Promise<string> {
  return AggregatorRegistry.aggregate([...processes]).metrics();
}
