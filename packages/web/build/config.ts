import { join } from "node:path";
import type { InlineConfig } from "vite";
import { slimRoutes } from "./slim-routes.ts";

export const webFolder = join(import.meta.dirname, "..");

/** What the server replaces by a fresh nonce in each page it sends. */
const NONCE_PLACE = "__STYLE_NONCE__";

/** How the dashboard is built, for the build and for the development server. */
export function viteConfig(): InlineConfig {
  return {
    root: webFolder,
    configFile: false,
    logLevel: "warn",
    plugins: [slimRoutes()],
    // Of core, the browser needs the error class alone; its other files read disks and hash with Node.
    resolve: { alias: { "@souk/core": join(webFolder, "../core/src/errors.ts") } },
    html: { cspNonce: NONCE_PLACE },
    build: {
      target: "es2023",
      // Everything in a file of its own: `data:` would need a hole in the Content-Security-Policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1200,
      reportCompressedSize: false,
      rolldownOptions: {
        // "use client" means something to servers that render React, not here.
        onLog(level, log, report) {
          if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
        },
      },
    },
  };
}
