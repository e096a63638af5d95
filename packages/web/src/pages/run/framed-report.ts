export interface Framed {
  /** Lets the style elements of the page through the policy. */
  readonly nonce?: string | undefined;
  /** How the dashboard looks, whatever the system prefers. */
  readonly scheme: "light" | "dark";
}

const DARK = "@media (prefers-color-scheme: dark)";

/**
 * A page that the server made (charts, no script) as the content of a frame inside the dashboard. Such a frame lives under the
 * dashboard's own policy: its style elements need the nonce, and the widths of its bars, written as style attributes, become
 * rules. Its colours for the dark are those of a dark dashboard, not of a dark system.
 */
export function framedReport(page: string, { nonce, scheme }: Framed): string {
  const shares = new Set<string>();
  const body = page.replaceAll(/ style="--share: ([\d.]{1,20})%"/g, (_whole, share: string) => {
    shares.add(share);
    return ` data-share="${share}"`;
  });
  const rules = [...shares].map((share) => `[data-share="${share}"]{--share:${share}%}`).join("");
  const whole = body
    .replaceAll(DARK, scheme === "dark" ? "@media all" : "@media not all")
    .replace("</head>", () => `<style>:root{color-scheme:${scheme}}${rules}</style></head>`);
  return nonce === undefined ? whole : whole.replaceAll("<style>", `<style nonce="${nonce}">`);
}
