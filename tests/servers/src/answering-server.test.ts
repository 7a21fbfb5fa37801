import { afterEach, describe, expect, it } from "vitest";
import { type Answer, type AnsweringServer, startAnsweringServer } from "./answering-server.js";
import { s3Error } from "./unconfirmed-answers.js";

let server: AnsweringServer | undefined;
afterEach(() => server?.stop());

async function ask(said: Answer, init?: RequestInit): Promise<Response> {
  server = await startAnsweringServer(() => said);
  return fetch(`${server.endpoint}/a/b?c=d`, init);
}

describe("startAnsweringServer()", () => {
  it("answers what the test says and records what came", async () => {
    const answer = await ask(s3Error(503, "SlowDown"), { method: "PUT", body: "x" });
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("<Code>SlowDown</Code>");
    expect(server?.requests).toHaveLength(1);
    expect(server?.requests[0]).toMatchObject({ method: "PUT", url: "/a/b?c=d" });
    expect(server?.requests[0]?.body.toString()).toBe("x");
  });

  it("breaks the connection before or within an answer", async () => {
    await expect(ask("reset")).rejects.toThrow();
    await server?.stop();
    const cut = await ask({ body: "0123456789", cutAfterBytes: 3 });
    expect(cut.status).toBe(200);
    await expect(cut.text()).rejects.toThrow();
  });
});
