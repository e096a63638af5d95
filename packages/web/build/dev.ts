/**
 * `npm run dev -w @souk/web`: the dashboard with hot reload, over a server that runs already (`npm start`, or SOUK_URL).
 * For development alone: its Content-Security-Policy is not the real one.
 */
import { createServer } from "vite";
import { viteConfig } from "./config.ts";

const target = process.env["SOUK_URL"] ?? "http://127.0.0.1:8000";
const server = await createServer({
  ...viteConfig(),
  logLevel: "info",
  // The playground of Serving asks in three protocols.
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(
      ["/api", "/v1", "/v2", "/predict", "/invocations"].map((path) => [path, { target }]),
    ),
  },
});
await server.listen();
server.printUrls();
