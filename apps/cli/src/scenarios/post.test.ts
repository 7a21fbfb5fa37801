import { randomBytes } from "node:crypto";
import { type AnsweringServer, startAnsweringServer } from "@keywhen/test-servers";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useWorkplace } from "../testing/run-keywhen.js";

const place = useWorkplace();
const KEYWHEN_WEBHOOK_SECRET = `whsec_${randomBytes(32).toString("base64")}`;

const schedule = (key: string) =>
  place.run(["schedule", "--in", "0s", "--to", `hooks/${key}`, "--body", '{"a":1}']);

describe("keywhen sweep and run --post", () => {
  let status = 204;
  let receiver: AnsweringServer;
  beforeEach(async () => {
    status = 204;
    receiver = await startAnsweringServer(() => ({ status }));
  });
  afterEach(() => receiver.stop());
  const post = (verb: string, ...more: string[]) =>
    place.runWith({ KEYWHEN_WEBHOOK_SECRET }, [
      ...[verb, "--post", `hooks/*=${receiver.endpoint}/secret-path`],
      ...more,
    ]);

  it.each([
    ["sweep", []],
    ["run", ["--for", "1s"]],
  ])("%s posts a signed webhook", async (verb, more) => {
    await schedule("42.json");
    const run = await post(verb, ...more);
    expect(run.exitCode).toBe(0);
    expect(receiver.requests).toHaveLength(1);
    const [{ body, headers, url } = {}] = receiver.requests;
    expect(url).toBe("/secret-path");
    const verified = new Webhook(KEYWHEN_WEBHOOK_SECRET).verify(
      body ?? "",
      headers as Record<string, string>,
    );
    expect(verified).toEqual({ a: 1 });
    expect(headers).toMatchObject({ "ce-subject": "42.json", "content-type": "application/json" });
    expect((await place.run(["list", "--ids"])).stdout).toBe("");
  });

  it("keeps an event that the receiver does not take, and names no secret", async () => {
    status = 500;
    await schedule("k");
    const run = await post("sweep", "-v");
    expect(run.stderr).toMatch(/left for the next sweep: .* answered 500 Internal Server Error/);
    expect(run.stdout + run.stderr).not.toMatch(/whsec|secret-path/);
    expect((await place.run(["list", "--ids"])).stdout).toContain("|hooks|k|");
  });

  it("dead-letters an event after 410", async () => {
    status = 410;
    await schedule("k");
    const run = await post("sweep");
    expect(run.stderr).toMatch(/dead-lettered: .*its destination rejected it.* answered 410 Gone/);
    const list = await place.run(["dead", "list", "--json"]);
    expect(JSON.parse(list.stdout)).toMatchObject({ reason: "rejected" });
  });

  it.each([
    [{}, "https://x.example", "No secret is given that signs the webhooks"],
    [{ KEYWHEN_WEBHOOK_SECRET: "hunter2" }, "https://x.example", "secret must be whsec_"],
    [{ KEYWHEN_WEBHOOK_SECRET }, "http://x.example/hunter2", "url must begin with https://"],
    [{ KEYWHEN_WEBHOOK_SECRET }, "x.example/hunter2", "url must be a URL"],
  ])("refuses %j and %s without showing a secret", async (env, url, part) => {
    const run = await place.runWith(env as Record<string, string>, [
      "sweep",
      "--post",
      `hooks/*=${url}`,
    ]);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(part) });
    expect(run.stderr).not.toMatch(/hunter2/);
  });

  it("posts to http:// on the public internet only with --allow-http", async () => {
    const args = ["sweep", "--post", "hooks/*=http://example.com/", "--allow-http"];
    expect(await place.runWith({ KEYWHEN_WEBHOOK_SECRET }, args)).toMatchObject({ exitCode: 0 });
  });
});
