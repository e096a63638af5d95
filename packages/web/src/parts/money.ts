/** Minor units of a currency (pence, cents) as people write them: "£12.50". Without a known currency: "12.50". */
export function formatMoney(minor: number, currency?: string): string {
  if (!Number.isFinite(minor)) return "–";
  const format = currency === undefined ? undefined : currencyFormat(currency);
  if (!format) return `${plain.format(minor / 100)}${currency ? ` ${currency}` : ""}`;
  return format.format(minor / 10 ** digitsOf(format));
}

/** How many minor units a unit of the currency has: 100 pence, 1 yen. */
export function minorUnits(currency?: string): number {
  const format = currency === undefined ? undefined : currencyFormat(currency);
  return 10 ** (format ? digitsOf(format) : 2);
}

const plain = new Intl.NumberFormat("en-GB", {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const formats = new Map<string, Intl.NumberFormat | undefined>();

/** Undefined for what is no currency code: names in data are anybody's. */
function currencyFormat(currency: string): Intl.NumberFormat | undefined {
  if (!/^[A-Za-z]{3}$/.test(currency)) return undefined;
  const code = currency.toUpperCase();
  if (!formats.has(code))
    formats.set(code, new Intl.NumberFormat("en-GB", { style: "currency", currency: code }));
  return formats.get(code);
}

function digitsOf(format: Intl.NumberFormat): number {
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}
