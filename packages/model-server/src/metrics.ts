type Labels = readonly (readonly [name: string, value: string])[];

interface Histogram {
  readonly labels: Labels;
  readonly counts: number[];
  sum: number;
}

/** Upper bounds of the latency buckets: 10 × 1.8ⁿ, in microseconds. */
const LATENCY_BOUNDS: readonly number[] = Array.from({ length: 33 }, (_, n) => 10 * 1.8 ** n);
/** Upper bounds of the example-count buckets: powers of two. */
const COUNT_BOUNDS: readonly number[] = Array.from({ length: 15 }, (_, n) => 2 ** n);
/** Upper bounds of the batch-size buckets. */
const BATCH_BOUNDS: readonly number[] = COUNT_BOUNDS.slice(0, 14);
/** Upper bounds of the waits in the batching queue: 100 × 1.2ⁿ, in microseconds. */
const QUEUE_BOUNDS: readonly number[] = Array.from({ length: 52 }, (_, n) => 100 * 1.2 ** n);
const BATCHING = "/tensorflow/serving/batching_session/";

const escaped = (value: string): string => value.replace(/["\\]/g, "\\$&");

/** As C++ streams a double: six significant digits. */
function number(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const text = Number(value.toPrecision(6));
  if (Math.abs(text) >= 1e6 || (text !== 0 && Math.abs(text) < 1e-4)) {
    const [mantissa = "0", exponent = "0"] = text.toExponential().split("e");
    const size = Math.abs(Number(exponent)).toString().padStart(2, "0");
    return `${mantissa}e${Number(exponent) < 0 ? "-" : "+"}${size}`;
  }
  return String(text);
}

/** A metric with cells by label values, in the order of the values. */
class Counter {
  readonly name: string;
  readonly labelNames: readonly string[];
  private readonly cells = new Map<string, { readonly labels: Labels; value: number }>();

  constructor(name: string, labelNames: readonly string[]) {
    this.name = name;
    this.labelNames = labelNames;
  }

  add(values: readonly string[], by = 1): void {
    const key = values.join("\0");
    const cell = this.cells.get(key);
    if (cell !== undefined) cell.value += by;
    else {
      const labels = this.labelNames.map((name, index) => [name, values[index] ?? ""] as const);
      this.cells.set(key, { labels, value: by });
    }
  }

  /** The first cell, in the order of the label values. */
  first(): number {
    const [first] = this.sorted();
    return first?.value ?? 0;
  }

  private sorted(): { readonly labels: Labels; value: number }[] {
    return [...this.cells].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
  }

  render(): string {
    const name = this.name.replaceAll("/", ":");
    const lines = this.sorted().map(({ labels, value }) => `${name}{${labelText(labels)}} ${value}\n`);
    return `# TYPE ${name} counter\n${lines.join("")}`;
  }
}

function labelText(labels: Labels): string {
  return labels.map(([name, value]) => `${name}="${escaped(value)}"`).join(",");
}

class Distribution {
  readonly name: string;
  readonly labelNames: readonly string[];
  private readonly bounds: readonly number[];
  private readonly cells = new Map<string, Histogram>();

  constructor(name: string, labelNames: readonly string[], bounds: readonly number[]) {
    this.name = name;
    this.labelNames = labelNames;
    this.bounds = bounds;
  }

  add(values: readonly string[], sample: number): void {
    const key = values.join("\0");
    let cell = this.cells.get(key);
    if (cell === undefined) {
      const labels = this.labelNames.map((name, index) => [name, values[index] ?? ""] as const);
      cell = { labels, counts: new Array<number>(this.bounds.length + 1).fill(0), sum: 0 };
      this.cells.set(key, cell);
    }
    const found = this.bounds.findIndex((bound) => sample < bound);
    const bucket = found === -1 ? this.bounds.length : found;
    cell.counts[bucket] = (cell.counts[bucket] ?? 0) + 1;
    cell.sum += sample;
  }

  render(): string {
    const name = this.name.replaceAll("/", ":");
    let text = `# TYPE ${name} histogram\n`;
    for (const [, { labels, counts, sum }] of [...this.cells].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const own = labelText(labels);
      let total = 0;
      counts.forEach((count, index) => {
        total += count;
        const bound = this.bounds[index];
        const le = bound === undefined ? "+Inf" : number(bound);
        text += `${name}_bucket{${own === "" ? "" : `${own},`}le="${le}"} ${total}\n`;
      });
      text += `${name}_sum{${own}} ${number(sum)}\n${name}_count{${own}} ${total}\n`;
    }
    return text;
  }
}

/** The series of `/tensorflow/serving/…` that the model server's Prometheus exporter shows. */
export class Metrics {
  readonly requestCount = new Counter("/tensorflow/serving/request_count", ["model_name", "status"]);
  readonly requestLatency = new Distribution(
    "/tensorflow/serving/request_latency",
    ["model_name", "API", "entrypoint"],
    LATENCY_BOUNDS,
  );
  readonly runtimeLatency = new Distribution(
    "/tensorflow/serving/runtime_latency",
    ["model_name", "API", "runtime"],
    LATENCY_BOUNDS,
  );
  readonly exampleCounts = new Distribution(
    "/tensorflow/serving/request_example_counts",
    ["model"],
    COUNT_BOUNDS,
  );
  readonly exampleCountTotal = new Counter("/tensorflow/serving/request_example_count_total", ["model"]);
  readonly warmupLatency = new Distribution(
    "/tensorflow/serving/model_warmup_latency",
    ["model_path", "status"],
    LATENCY_BOUNDS,
  );

  readonly inputBatchSize = new Distribution(`${BATCHING}input_batch_size`, [], BATCH_BOUNDS);
  readonly processedBatchSize = new Distribution(`${BATCHING}processed_batch_size`, [], BATCH_BOUNDS);
  readonly paddingSize = new Distribution(`${BATCHING}padding_size`, ["execution_batch_size"], BATCH_BOUNDS);
  readonly queuingLatency = new Distribution(
    `${BATCHING}queuing_latency`,
    ["thread_pool_name"],
    QUEUE_BOUNDS,
  );
  readonly wrappedRunCount = new Counter(`${BATCHING}wrapped_run_count`, []);

  /** Counts one request; a latency (in microseconds) only if it was answered. */
  countRequest(model: string, status: string): void {
    this.requestCount.add([model, status]);
  }

  /** MultiInference counts its Examples; Classify and Regress do not. */
  countExamples(model: string, count: number): void {
    this.exampleCounts.add([model], count);
    this.exampleCountTotal.add([model], count);
  }

  /** Value of a counter's first cell, as a reload reports its increase; 0 for a name that is no counter here. */
  firstCell(name: string): number {
    if (name === this.requestCount.name) return this.requestCount.first();
    if (name === this.exampleCountTotal.name) return this.exampleCountTotal.first();
    return 0;
  }

  render(): string {
    // By name; metrics that nothing here fills have their line of type all the same.
    return [
      this.inputBatchSize.render(),
      this.paddingSize.render(),
      this.processedBatchSize.render(),
      this.queuingLatency.render(),
      this.wrappedRunCount.render(),
      "# TYPE :tensorflow:serving:mlmd_map gauge\n",
      this.warmupLatency.render(),
      this.requestCount.render(),
      this.exampleCountTotal.render(),
      this.exampleCounts.render(),
      this.requestLatency.render(),
      "# TYPE :tensorflow:serving:request_log_count counter\n",
      this.runtimeLatency.render(),
    ].join("");
  }
}
