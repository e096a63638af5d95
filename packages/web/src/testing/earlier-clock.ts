/**
 * Preloaded into a process (`node --import`), it makes the process and its workers live `SOUK_CLOCK_BEHIND_MS` milliseconds
 * ago: what they write has the times it would have had then. A tool of tests alone, for shops with a past.
 */
const behindMs = Number(process.env["SOUK_CLOCK_BEHIND_MS"] ?? 0);
const present = Date.now.bind(Date);

globalThis.Date = new Proxy(Date, {
  construct(target, given, asked) {
    return Reflect.construct(target, given.length > 0 ? given : [present() - behindMs], asked);
  },
});
globalThis.Date.now = () => present() - behindMs;
