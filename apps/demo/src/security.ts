import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { ApiFailure } from "./api-failure.js";

/** Scripts, styles and calls only from this server; no frames, forms or base. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "manifest-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Adds the headers to every answer, errors included. */
export const withSecurityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.has("content-security-policy")) c.header("content-security-policy", POLICY);
  c.header("x-content-type-options", "nosniff");
  c.header("referrer-policy", "no-referrer");
  c.header("x-frame-options", "DENY");
  c.header("cross-origin-resource-policy", "same-origin");
  c.header("cross-origin-opener-policy", "same-origin");
};

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Answers only under a loopback name, where no token is needed. Otherwise a page of another site could use a name that
 * resolves to this machine (DNS rebinding).
 */
export const onLoopbackName: MiddlewareHandler = async (c, next) => {
  const host = c.req.header("host") ?? "";
  if (!LOOPBACK.has(hostnameOf(host))) {
    throw new ApiFailure(
      403,
      "wrong-host",
      `This server does not answer under the name ${hostnameOf(host)}.`,
      "Use localhost or 127.0.0.1, or start it with --host.",
    );
  }
  await next();
};

function hostnameOf(host: string): string {
  const address = `http://${host}`;
  return URL.canParse(address) ? new URL(address).hostname : "";
}

/** Refuses calls that a page of another origin makes a browser send, including those that only read. */
export const sameSite: MiddlewareHandler = async (c, next) => {
  const site = c.req.header("sec-fetch-site");
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  if (isForeign || !isOwnOrigin(c)) {
    const from = c.req.header("origin") ?? site;
    throw new ApiFailure(
      403,
      "cross-site",
      `The call comes from a page of another site (${from}).`,
      "Use the page of this server.",
    );
  }
  await next();
};

/** Old browsers and other clients send no origin. */
function isOwnOrigin(c: Context): boolean {
  const origin = c.req.header("origin");
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === c.req.header("host");
}

export const notReadOnly: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== "GET" && c.req.method !== "HEAD") {
    throw new ApiFailure(
      403,
      "read-only",
      "This server was started with --read-only.",
      "Start it without, to change events.",
    );
  }
  await next();
};

export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/**
 * Requires the token: as `?token=` on the first visit, which sets a cookie and removes it from the address, as that
 * cookie, or as `Authorization: Bearer`.
 */
export function withToken(token: string): MiddlewareHandler {
  const isToken = tokenCheck(token);
  // Cookies are shared by all ports of a host.
  const cookie = `keywhen-demo-${createHash("sha256").update(token).digest("hex").slice(0, 8)}`;
  return async (c, next) => {
    const visited = c.req.query("token");
    if (visited !== undefined && isToken(visited)) {
      setCookie(c, cookie, token, { httpOnly: true, sameSite: "Strict", path: "/" });
      return c.redirect(withoutToken(c.req.url), 303);
    }
    const bearer = /^Bearer (.*)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    if (isToken(bearer) || isToken(getCookie(c, cookie))) return next();
    throw new ApiFailure(
      401,
      "unauthorized",
      "The token is missing or wrong.",
      "Open the address that this server printed at its start, with ?token=.",
    );
  };
}

/** Compares in a time that does not depend on the token. */
function tokenCheck(token: string): (given: string | undefined) => boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(token);
  return (given) => given !== undefined && timingSafeEqual(digest(given), expected);
}

/** Returns a relative address, for servers behind a proxy, with one slash, because two would name another host. */
function withoutToken(address: string): string {
  const { pathname, searchParams } = new URL(address);
  searchParams.delete("token");
  const query = searchParams.toString();
  return `/${pathname.replace(/^[/\\]+/, "")}${query === "" ? "" : `?${query}`}`;
}
