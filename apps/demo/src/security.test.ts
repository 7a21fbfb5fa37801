import { request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { ApiErrorBody } from "./api/state.js";
import { jsonOf, startDemo } from "./testing/start-demo.js";

/** With headers that `fetch` wouldn't send. */
function send(url: string, headers: Record<string, string>, method = "GET") {
  return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const sent = request(url, { method, headers }, async (answer) =>
      resolve({ status: answer.statusCode, body: await text(answer) }),
    );
    sent.on("error", reject).end();
  });
}

const SCHEDULE = "/api/events?bucket=b&key=k&in=1h";

describe("the page's policy", () => {
  it("is on every answer, errors included", async () => {
    await using demo = await startDemo();
    for (const path of [
      "/",
      "/assets/x.js",
      "/api/state",
      "/api/nothing",
      "/api/events/nonsense",
    ]) {
      const { headers } = await demo.fetch(path);
      const policy = headers.get("content-security-policy") ?? "";
      for (const part of [
        "script-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'none'",
      ]) {
        expect(policy.split("; ")).toContain(part);
      }
      expect(policy).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
  });

  it("serves only the page's files", async () => {
    await using demo = await startDemo();
    expect(await (await demo.fetch("/")).text()).toContain("the page");
    expect((await send(`${demo.url}/../data`, {})).status).toBe(404);
    expect((await send(`${demo.url}/%2e%2e/data`, {})).status).toBe(404);
  });
});

describe("calls from other sites", () => {
  it.each<[string, Record<string, string>]>([
    ["another site", { "sec-fetch-site": "cross-site" }],
    ["another port of this machine", { "sec-fetch-site": "same-site" }],
    ["another origin", { origin: "http://localhost:9" }],
    ["no readable origin", { origin: "null" }],
  ])("are refused: from %s", async (_, headers) => {
    await using demo = await startDemo();
    for (const [path, method] of [
      ["/api/state", "GET"],
      ["/api/live", "GET"],
      [SCHEDULE, "POST"],
    ] as const) {
      const { status, body } = await send(demo.url + path, headers, method);
      expect([status, JSON.parse(body).error.code]).toEqual([403, "cross-site"]);
    }
    expect(await demo.call("/api/events")).toEqual({ events: [] });
  });

  it("are those of the page itself not", async () => {
    await using demo = await startDemo();
    const own = { origin: demo.url, "sec-fetch-site": "same-origin" };
    expect((await send(demo.url + SCHEDULE, own, "POST")).status).toBe(200);
  });

  it("are refused under a foreign name that leads here", async () => {
    await using demo = await startDemo();
    for (const path of ["/", "/api/state"]) {
      for (const host of [
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "localhost.",
      ]) {
        expect((await send(demo.url + path, { host })).status).toBeGreaterThanOrEqual(400);
      }
    }
    expect((await send(`${demo.url}/`, { host: "localhost:1234" })).status).toBe(200);
  });
});

describe("a server with a token", () => {
  const token = "a-token-of-some-length";

  it("refuses callers without it", async () => {
    await using demo = await startDemo({ token });
    for (const path of ["/", "/api/state", "/?token=wrong", "/assets/x.js"]) {
      expect((await demo.fetch(path)).status).toBe(401);
    }
    expect((await demo.fetch("/", { headers: { authorization: "Bearer wrong" } })).status).toBe(
      401,
    );
  });

  it("takes it from the first visit's address, and then by a cookie that scripts can't read", async () => {
    await using demo = await startDemo({ token });
    const first = await demo.fetch(`//?a=1&token=${token}`, { redirect: "manual" });
    expect([first.status, first.headers.get("location")]).toEqual([303, "/?a=1"]);
    const cookie = first.headers.get("set-cookie") ?? "";
    expect(cookie).toContain("HttpOnly");
    expect(cookie).toContain("SameSite=Strict");
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect((await demo.fetch("/api/state", { headers })).status).toBe(200);
    expect(
      (await send(`${demo.url}/api/state`, { ...headers, host: "demo.internal:4780" })).status,
    ).toBe(200);
    expect(
      (await send(demo.url + SCHEDULE, { ...headers, "sec-fetch-site": "cross-site" }, "POST"))
        .status,
    ).toBe(403);
  });

  it("takes it as a bearer's", async () => {
    await using demo = await startDemo({ token });
    const headers = { authorization: `Bearer ${token}` };
    expect((await demo.fetch("/api/state", { headers })).status).toBe(200);
  });
});

describe("--read-only", () => {
  it("refuses every call that would change something", async () => {
    await using demo = await startDemo({ isReadOnly: true, allow: [] });
    const calls = [
      [SCHEDULE, "POST"],
      ["/api/events/x/cancel", "POST"],
      ["/api/dead/x", "DELETE"],
      ["/api/dead/x/redrive", "POST"],
      ["/api/sweeper/start", "POST"],
      ["/api/sweeper/sweep", "POST"],
    ] as const;
    for (const [path, method] of calls) {
      const answer = await demo.fetch(path, { method });
      expect([answer.status, (await jsonOf<ApiErrorBody>(answer)).error.code]).toEqual([
        403,
        "read-only",
      ]);
    }
    expect(await demo.call("/api/state")).toMatchObject({ readOnly: true, canSweep: false });
  });
});
