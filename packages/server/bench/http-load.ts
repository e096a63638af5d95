/**
 * A process of its own that loads one POST route of one server on this machine: `clients` keep-alive connections, each
 * sending the next request when its answer has come, until `seconds` have passed. Prints one JSON line:
 * `{ requests, failed, seconds, latenciesMs: { p50, p90, p99, max } }`.
 */
import { connect, type Socket } from "node:net";
import { quantileSorted, SoukError } from "@souk/core";

interface LoadOptions {
  readonly url: string;
  readonly token: string;
  readonly bodies: readonly string[];
  readonly clients: number;
  readonly seconds: number;
}

interface Tally {
  readonly latenciesMs: number[];
  failed: number;
}

const options: LoadOptions = JSON.parse(process.argv[2] ?? "{}");
const target = new URL(options.url);
if (!["127.0.0.1", "[::1]", "localhost"].includes(target.hostname)) {
  throw new SoukError("BENCH_TARGET", `load goes to this machine only, got ${target.hostname}`);
}
const requests = options.bodies.map((body) =>
  Buffer.from(
    `POST ${target.pathname} HTTP/1.1\r\nhost: ${target.host}\r\nauthorization: Bearer ${options.token}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  ),
);

function runClient(first: number, endMs: number, tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect(Number(target.port), target.hostname);
    socket.setNoDelay(true);
    let next = first;
    let sentMs = 0;
    let received = "";
    const send = (): void => {
      if (performance.now() >= endMs) return void socket.end();
      sentMs = performance.now();
      socket.write(requests[next++ % requests.length]!);
    };
    socket.on("connect", send);
    socket.on("data", (data) => {
      received += data.toString("latin1");
      const status = completeStatus(received);
      if (status === undefined) return;
      tally.latenciesMs.push(performance.now() - sentMs);
      if (status !== 200) tally.failed++;
      received = "";
      send();
    });
    socket.on("error", () => {
      tally.failed++;
    });
    socket.on("close", () => resolve());
  });
}

/** The status of a response that has arrived whole, else undefined. */
function completeStatus(text: string): number | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  return text.length >= headEnd + 4 + length ? Number(head.slice(9, 12)) : undefined;
}

const tally: Tally = { latenciesMs: [], failed: 0 };
const startedMs = performance.now();
const endMs = startedMs + options.seconds * 1000;
await Promise.all(
  Array.from({ length: options.clients }, (_, client) => runClient(client * 7, endMs, tally)),
);
const seconds = (performance.now() - startedMs) / 1000;
const sorted = Float64Array.from(tally.latenciesMs).sort();
const at = (q: number): number => Number(quantileSorted(sorted, q).toFixed(3));
console.log(
  JSON.stringify({
    requests: sorted.length,
    failed: tally.failed,
    seconds,
    latenciesMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) },
  }),
);
