import { destinationsOf, readWebhookRules } from "@keywhen/host/destinations";
import { describe, expect, it } from "vitest";
import { readEnvironment } from "../read-environment.js";
import { checkProps } from "./check-props.js";
import { checkResolvable } from "./check-webhooks.js";
import { webhookEnvironment } from "./webhooks.js";

const bucket = { bucketName: "acme", bucketArn: "arn:aws:s3:::acme" };
/** Enough of the CDK's class. */
const secret = (value = `whsec_${btoa("x".repeat(32))}`) =>
  ({ unsafeUnwrap: () => value }) as never;
const url = "https://example.com/due";
const check = (given: object) => checkProps({ scheduleBucket: bucket, targets: [], ...given });

describe("webhooks of the construct", () => {
  it("may be all that there is, with a secret for all, or one for a bucket", () => {
    expect(() => check({ webhooks: { "hooks/*": url }, webhookSecret: secret() })).not.toThrow();
    const own = { url, secret: secret() };
    const other = { "hooks/a": url, "billing/*": own };
    expect(() => check({ webhooks: { "hooks/*": own } })).not.toThrow();
    expect(() => check({ webhooks: { ...other, "hooks/*": own } })).not.toThrow();
    expect(() =>
      check({ webhooks: { "hooks/*": `\${Token[TOKEN.1]}` }, webhookSecret: secret() }),
    ).not.toThrow();
  });

  it("are settings that the function reads", () => {
    const own = { url: "https://billing.example.com/a,b=c", secret: secret() };
    const webhooks = { "hooks/daily/*": url, "hooks/*": { url }, "acme-billing/*": own };
    const environment = {
      KEYWHEN_STORE: "s3://acme",
      ...webhookEnvironment(webhooks, secret()),
    };
    const { webhookRules, allowTargets } = readEnvironment(environment);
    expect(allowTargets).toBeUndefined();
    const rules = (env: object) =>
      readWebhookRules(webhookRules, { setting: "KEYWHEN_POST", env: { ...env } });
    const { KEYWHEN_WEBHOOK_SECRET: _all, ...ownOnly } = { ...environment };
    expect(Object.keys(destinationsOf(rules(environment)))).toEqual(["hooks", "acme-billing"]);
    expect(rules(environment).map(({ pattern }) => pattern)).toEqual(Object.keys(webhooks));
    expect(() => rules(ownOnly)).toThrow('signs the webhooks of "hooks"');
  });

  it("add no setting if they are empty", () => {
    expect(webhookEnvironment({}, undefined)).toEqual({});
  });

  it.each([
    [{ webhooks: "hooks/*" }, "webhooks must be patterns and URLs"],
    [{ webhooks: ["hooks/*"] }, "webhooks must be patterns and URLs"],
    [{ webhooks: { "hooks/*": url } }, 'No secret is given that signs the webhooks of "hooks/*"'],
    [{ webhookSecret: secret() }, "webhookSecret is given, but no webhooks"],
    [
      { webhooks: { "hooks/*": url }, webhookSecret: "whsec_x" },
      "webhookSecret must be a SecretValue",
    ],
    [
      { webhooks: { "hooks/*": { url, secret: "x" } } },
      'webhooks["hooks/*"].secret must be a Secret',
    ],
    [{ webhooks: { "hooks/*": { to: url } } }, 'webhooks["hooks/*"] has no prop "to"'],
    [{ webhooks: { hooks: url } }, "hooks"],
    [{ webhooks: { "*": url } }, "must begin with a bucket"],
    [{ webhooks: { "hooks/a b": url } }, "contain no space and no ="],
    [{ webhooks: { "hooks/a=b": url } }, "contain no space and no ="],
    [
      { webhooks: { "hooks/*": "http://example.com" } },
      "begins with https:// and contains no space",
    ],
    [{ webhooks: { "hooks/*": `${url} x` } }, "contains no space"],
    [{ webhooks: { "hooks/*": 5 } }, "(got 5)"],
    [
      { webhooks: { "a-b/*": { url, secret: secret() }, "a.b/*": { url, secret: secret() } } },
      "both are KEYWHEN_WEBHOOK_SECRET_A_B",
    ],
  ])("refuse %j", (given, message) => {
    const refused = { code: "invalid-option", message: expect.stringContaining(message) };
    expect(() => check(given)).toThrow(expect.objectContaining(refused));
  });

  it("take no secret that CloudFormation does not resolve", () => {
    expect(() =>
      checkResolvable({ A: "{{resolve:secretsmanager:a:SecretString:::}}" }),
    ).not.toThrow();
    expect(() => checkResolvable({ A: "{{resolve:ssm-secure:a:1}}" })).toThrow("ssmSecure");
  });
});
