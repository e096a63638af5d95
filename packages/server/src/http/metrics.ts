import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

/** The Prometheus metrics of one server. */
export interface HttpMetrics {
  readonly registry: Registry;
  /** Seconds by method, route (never the raw path) and status. */
  readonly durations: Histogram<"method" | "route" | "status">;
  readonly predictions: Counter<"model" | "version">;
  /** Requests refused for want of the right credentials, by status. */
  readonly refused: Counter<"status">;
  readonly streams: Gauge;
}

/** A fresh registry with the process's own metrics. */
export function createMetrics(): HttpMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    durations: new Histogram({
      name: "souk_http_request_duration_seconds",
      help: "Time from request to the end of the answer",
      labelNames: ["method", "route", "status"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60],
      registers,
    }),
    predictions: new Counter({
      name: "souk_predictions_total",
      help: "Rows predicted over HTTP",
      labelNames: ["model", "version"],
      registers,
    }),
    refused: new Counter({
      name: "souk_http_refused_total",
      help: "Requests without the right credentials",
      labelNames: ["status"],
      registers,
    }),
    streams: new Gauge({
      name: "souk_event_streams",
      help: "Open event streams",
      registers,
    }),
  };
}
