import { describe, expect, it } from "vitest";
import { readWebhookRules } from "./webhook-rules.js";

const SECRET = `whsec_${"A".repeat(32)}`;
const OTHER = `whsec_${"B".repeat(32)}`;
const read = (env: Record<string, string>, text = "hooks/*=https://example.com/due") =>
  readWebhookRules([text], { setting: "--post", env, timeout: "9s", concurrency: 3 });

describe("readWebhookRules()", () => {
  it.each([
    { KEYWHEN_WEBHOOK_SECRET: SECRET },
    { KEYWHEN_WEBHOOK_SECRET: `${SECRET} ${OTHER}` },
    { KEYWHEN_WEBHOOK_SECRET: `${SECRET}, ${OTHER}` },
    { KEYWHEN_WEBHOOK_SECRET_HOOKS: SECRET },
    { KEYWHEN_WEBHOOK_SECRET_HOOKS: SECRET, KEYWHEN_WEBHOOK_SECRET: "wrong" },
    { KEYWHEN_WEBHOOK_SECRET_HOOKS: "", KEYWHEN_WEBHOOK_SECRET: SECRET },
  ])("takes the secrets of %j", (env) => {
    const [rule] = read(env);
    expect(rule).toMatchObject({ bucket: "hooks", to: { timeout: "9s", concurrency: 3 } });
  });

  it("writes other characters of a bucket as _ in the name of its secret", () => {
    const env = { KEYWHEN_WEBHOOK_SECRET_ACME_HOOKS_1: SECRET };
    expect(read(env, "acme-hooks.1/*=https://example.com/due")).toHaveLength(1);
  });

  it.each([
    [{}, 'No secret is given that signs the webhooks of "hooks"'],
    [{ KEYWHEN_WEBHOOK_SECRET: " " }, "Set KEYWHEN_WEBHOOK_SECRET or KEYWHEN_WEBHOOK_SECRET_HOOKS"],
    [
      { KEYWHEN_WEBHOOK_SECRET: "a b c" },
      "must contain one secret, or two while you rotate them (got 3)",
    ],
    [{ KEYWHEN_WEBHOOK_SECRET: "hunter2" }, "secret must be whsec_"],
  ])("refuses %j without showing a secret", (env, part) => {
    const attempt = () => read(env as Record<string, string>);
    expect(attempt).toThrow(
      expect.objectContaining({ code: "invalid-option", message: expect.stringContaining(part) }),
    );
    expect(attempt).not.toThrow(/hunter2/);
  });
});
