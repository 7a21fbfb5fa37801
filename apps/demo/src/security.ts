import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { ApiFailure } from "./api-failure.js";

/** Scripts, styles and calls from here alone; no frame, no form, no base. */
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

/** What every answer carries, errors included. */
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
 * Without a token only a page that was opened under a name of this machine's loopback is answered: a foreign name that
 * resolves to it (DNS rebinding) is not.
 */
export const onLoopbackName: MiddlewareHandler = async (c, next) => {
  const host = c.req.header("host") ?? "";
  if (!LOOPBACK.has(hostnameOf(host))) {
    throw new ApiFailure(
      403,
      "wrong-host",
      "This server answers under localhost and 127.0.0.1 only.",
      "To reach it under another name, start it with --host.",
    );
  }
  await next();
};

function hostnameOf(host: string): string {
  const address = `http://${host}`;
  return URL.canParse(address) ? new URL(address).hostname : "";
}

/** Calls that a page of another origin makes a browser send are refused, reading ones as well. */
export const sameSite: MiddlewareHandler = async (c, next) => {
  const site = c.req.header("sec-fetch-site");
  const isForeign = site !== undefined && site !== "same-origin" && site !== "none";
  if (isForeign || !isOwnOrigin(c)) {
    throw new ApiFailure(403, "cross-site", "Calls from pages of other sites are refused.");
  }
  await next();
};

/** Old browsers and other clients send no origin at all. */
function isOwnOrigin(c: Context): boolean {
  const origin = c.req.header("origin");
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === c.req.header("host");
}

export const notReadOnly: MiddlewareHandler = async (c, next) => {
  if (c.req.method !== "GET" && c.req.method !== "HEAD") {
    throw new ApiFailure(403, "read-only", "This server was started with --read-only.");
  }
  await next();
};

export function newToken(): string {
  return randomBytes(24).toString("base64url");
}

/**
 * Wants the token: as `?token=` of a first visit, which makes it a cookie and takes it out of the address, as that
 * cookie, or as `Authorization: Bearer`.
 */
export function withToken(token: string): MiddlewareHandler {
  const isToken = tokenCheck(token);
  // Cookies know no ports.
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
      "This server wants its token.",
      "Open the address that it printed when it started, ?token= included.",
    );
  };
}

/** In a time that tells nothing of the token. */
function tokenCheck(token: string): (given: string | undefined) => boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(token);
  return (given) => given !== undefined && timingSafeEqual(digest(given), expected);
}

/** Relative, so that it holds behind whatever stands before this server; one slash, so that it is no other host. */
function withoutToken(address: string): string {
  const { pathname, searchParams } = new URL(address);
  searchParams.delete("token");
  const query = searchParams.toString();
  return `/${pathname.replace(/^[/\\]+/, "")}${query === "" ? "" : `?${query}`}`;
}
