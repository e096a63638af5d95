/**
 * A page that the server made (charts, no script) as the content of a frame inside the dashboard. Such a frame lives under the
 * dashboard's own policy: its style elements need the nonce, and the widths of its bars, written as style attributes, become
 * rules.
 */
export function framedReport(page: string, nonce: string | undefined): string {
  const shares = new Set<string>();
  const body = page.replaceAll(/ style="--share: ([\d.]{1,20})%"/g, (_whole, share: string) => {
    shares.add(share);
    return ` data-share="${share}"`;
  });
  const rules = [...shares].map((share) => `[data-share="${share}"]{--share:${share}%}`).join("");
  const whole = body.replace("</head>", () => `<style>${rules}</style></head>`);
  return nonce === undefined ? whole : whole.replaceAll("<style>", `<style nonce="${nonce}">`);
}
