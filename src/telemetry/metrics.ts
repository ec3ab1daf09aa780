import {
  AggregatorRegistry,
  Counter,
  Histogram,
  type MetricObjectWithValues,
  type MetricType,
  type MetricValue,
  Registry,
} from "prom-client";

/** A metric with its samples, in the format in which prom-client passes them between processes. */
export type Family = Omit<MetricObjectWithValues<MetricValue<string>>, "collect">;

type Labels = Readonly<Record<string, string>>;
type Collector = () => readonly Family[] | Promise<readonly Family[]>;

/** The media type of `exposition`. */
export const expositionType = "text/plain; version=0.0.4";

/** The metrics of one process. No label value may come from a client. */
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

  /** Counts how often something was done and its total duration in seconds, by the value of a label if one is named. */
  timing(name: string, help: string, label?: string): Timing {
    const timing = new Timing(label);
    this.collect(() => [familyOf(name, "summary", help, timing.values(name))]);
    return timing;
  }

  /** Adds a function that reads values whenever metrics are collected. */
  collect(collector: Collector): void {
    this.#collectors.push(collector);
  }

  /** Current values of all families, labelled with the process. A family whose collector fails is missing. */
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

/** A summary without quantiles. prom-client's own keeps a t-digest of all observations even if nothing reads it. */
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

/** A family of gauge values, each with its labels. */
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
  // prom-client's JSON uses type names; its declarations use an enum that does not exist at run time.
  return { name, type: type as unknown as MetricType, help, values, aggregator: "sum" };
}

/** The families of several processes in Prometheus' text format, version 0.0.4. */
export function exposition(processes: readonly (readonly Family[])[]): Promise<string> {
  return AggregatorRegistry.aggregate([...processes]).metrics();
}
