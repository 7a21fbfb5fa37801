/** Percent-encodes all but RFC 3986's unreserved characters, as a signature wants it. */
export function escapeUri(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, hexOf);
}

/** What needs no escape, as most keys. */
const PLAIN_PATH = /^[\w.~/-]*$/;

/** A key as it stands in a path: `/` is kept. */
export function escapePath(key: string): string {
  return PLAIN_PATH.test(key) ? key : escapeUri(key).replaceAll("%2F", "/");
}

function hexOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
