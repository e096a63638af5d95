/** The nonce this page was sent with: style elements made at run time must carry it. Undefined in development. */
export function styleNonce(): string | undefined {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce || undefined;
}

/** Tells libraries that look for webpack's name of it (scroll locks of dialogs) the nonce. */
export function publishNonce(): void {
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
}
