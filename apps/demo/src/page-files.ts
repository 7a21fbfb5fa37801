import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { type Handler, Hono } from "hono";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};

/** Serves the page's files, which are read once. No other file can be requested. */
export async function pageRoutes(folder: string): Promise<Hono> {
  const app = new Hono();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((found) => found.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const handler = sendFile(new Uint8Array(await readFile(file)), type, cachingOf(path));
    app.get(path, handler);
    if (path === "/index.html") app.get("/", handler);
  }
  return app;
}

/** The names of built files change with their content. */
function cachingOf(path: string): string {
  return path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

function sendFile(bytes: Uint8Array<ArrayBuffer>, type: string, caching: string): Handler {
  return (c) => c.body(bytes, 200, { "content-type": type, "cache-control": caching });
}
