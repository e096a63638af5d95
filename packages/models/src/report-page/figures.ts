import { html, type Markup } from "./html.ts";

const MINUS = "\u{2212}";

/** A figure as people read it: .764, 12.35, 1,204; the sign of a missing one is a dash. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (Number.isInteger(value) && size >= 10) return sign + size.toLocaleString("en-US");
  if (size === 0) return "0";
  if (size < 0.0005) return sign + size.toExponential(1);
  if (size < 10) return sign + size.toFixed(3).replace(/^0(?=\.)/, "");
  const digits = size < 1000 ? 2 : size < 1e5 ? 1 : 0;
  const rounding = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return sign + size.toLocaleString("en-US", rounding);
}

/** A whole number with its thousands apart. */
export function countText(value: number): string {
  return value.toLocaleString("en-US");
}

/** A share of rows as a percentage. */
export function percentText(share: number): string {
  const percent = 100 * share;
  return `${percent.toFixed(percent === 0 || percent >= 9.95 ? 0 : 1)} %`;
}

/** A figure with the exact value behind it, for machines and for whoever copies the page. */
export function figure(value: number, text = numberText(value)): Markup {
  return html`<data value="${value}">${text}</data>`;
}

/** Both ends of an interval: [.755, .773]. */
export function intervalFigures({ low, high }: { low: number; high: number }): Markup {
  return html`<span class="interval">[${figure(low)}, ${figure(high)}]</span>`;
}

/** Bytes, for people. */
export function sizeText(bytes: number): string {
  if (bytes < 1e3) return `${bytes} bytes`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
