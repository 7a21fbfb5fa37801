import type { DestinationEvent } from "@keywhen/core/destination";
import { destinationsOf, readKeyRule, readWebhookRules } from "@keywhen/host/destinations";
import { startAnsweringServer } from "@keywhen/test-servers";
import { webhook } from "@keywhen/webhook";
import { describe } from "vitest";
import { expectMessages, type Facts, type Messages } from "./expect-messages.js";
import { messageTextsIn } from "./message-texts.js";

const url = "https://example.com/due";
const secret = `whsec_${"A".repeat(32)}`;
const create = (options: object) => () => webhook({ url, secret, ...options });
const CREATE = 'Create one with: echo "whsec_$(openssl rand -base64 32)".';

const rule = (text: string) => () => readKeyRule("--post", text, "'hooks/*=https://example.com'");
const post = (env: Record<string, string>) => () =>
  readWebhookRules(["hooks/*=https://example.com"], { setting: "--post", env });

const OPTIONS: Messages = {
  'webhook() has no option ⟦"secrets"⟧. Did you mean "secret"?': create({ secrets: [] }),
  "url must be a URL like https://example.com/hooks (got ⟦15 characters that are not a URL⟧).":
    create({ url: "example.com/due" }),
  "url must be a URL like https://example.com/hooks (got ⟦undefined⟧).": create({ url: undefined }),
  "url must be a URL like https://example.com/hooks (got ⟦one that begins with ftp:⟧).": create({
    url: "ftp://example.com",
  }),
  "url must begin with https:// (got ⟦http://example.com⟧), because payloads can be read on their way. Set allowHttp: true to send them anyway.":
    create({ url: "http://example.com/due" }),
  [`secret must be one secret, or two while you rotate them (got ⟦3⟧). ${CREATE}`]: create({
    secret: [secret, secret, secret],
  }),
  [`secret must be a string like whsec_… (got ⟦undefined⟧). ${CREATE}`]: create({
    secret: undefined,
  }),
  [`secret must be whsec_ and 24 to 64 random bytes in base64 (got ⟦3 bytes⟧). ${CREATE}`]: create({
    secret: "whsec_AAAA",
  }),
  [`secret must be whsec_ and 24 to 64 random bytes in base64 (got ⟦a text that is not base64⟧). ${CREATE}`]:
    create({ secret: "swordfish!" }),
  'type must be a non-empty string (got ⟦""⟧).': create({ type: "" }),
  'fetch must be a function like the global one (got ⟦"undici"⟧).': create({ fetch: "undici" }),
  'The header ⟦"webhook-id"⟧ is set by keywhen. Remove it from headers.': create({
    headers: { "webhook-id": "1" },
  }),
  'headers must contain valid names and values: correct the one that is called ⟦"a b"⟧.': create({
    headers: { "a b": "1" },
  }),
};

const RULES: Messages = {
  "--post must be a pattern and what it leads to, with = in between, for example 'hooks/*=https://example.com' (got ⟦a text without =⟧).":
    rule("hooks/*"),
  "--post must be a pattern and what it leads to, with = in between, for example 'hooks/*=https://example.com' (got ⟦nothing after \"hooks/*=\"⟧).":
    rule("hooks/*="),
  "--post must begin with the bucket whose events it takes, for example 'hooks/*=https://example.com' (got ⟦\"*\"⟧).":
    rule("*=https://example.com"),
  'Two destinations are given for ⟦"hooks/*"⟧. Give each pattern once.': () => {
    const one = { ...rule("hooks/*=x")(), to: webhook({ url, secret }) };
    return destinationsOf([one, one]);
  },
  'No secret is given that signs the webhooks of ⟦"hooks"⟧. Set KEYWHEN_WEBHOOK_SECRET or KEYWHEN_WEBHOOK_SECRET_HOOKS. Create a secret with: echo "whsec_$(openssl rand -base64 32)".':
    post({}),
  "KEYWHEN_WEBHOOK_SECRET must contain one secret, or two while you rotate them (got ⟦3⟧).": post({
    KEYWHEN_WEBHOOK_SECRET: "a b c",
  }),
};

const EVENT = { id: "i", deliveryId: "d", dueAt: new Date(), destination: "hooks", key: "k" };
const event = {
  ...EVENT,
  expiresAt: undefined,
  size: 1,
  mayBeRepeat: false,
} satisfies DestinationEvent;

/** What a dead letter would say of a receiver's answer, without the port. */
const answered = (status: number | "stopped") => async () => {
  const server = await startAnsweringServer(() => (status === "stopped" ? "reset" : { status }));
  if (status === "stopped") await server.stop();
  const open = async () => ({
    ...{ size: 1, contentType: undefined, contentEncoding: undefined, cacheControl: undefined },
    ...{ metadata: {}, body: new Blob(["x"]).stream() },
  });
  const { signal } = new AbortController();
  const result = await webhook({ url: server.endpoint, secret }).deliver(event, open, signal);
  if (status !== "stopped") await server.stop();
  return "message" in result ? result.message.replace(/:\d+(?= )/, ":PORT") : result.outcome;
};

const ANSWERS: Messages = {
  "http://127.0.0.1:PORT answered ⟦307 Temporary Redirect⟧, and redirects are not followed: use the new address":
    answered(307),
};

const FACTS: Facts = {
  "the receiver has to be repaired, and keywhen tries again": {
    "http://127.0.0.1:PORT answered ⟦500 Internal Server Error⟧": answered(500),
    "http://127.0.0.1:PORT answered ⟦410 Gone⟧": answered(410),
    "http://127.0.0.1:PORT did not answer: ⟦ECONNREFUSED⟧": answered("stopped"),
  },
  "the list of patterns says what is missing": {
    "no pattern matches its target (⟦hooks/a⟧)": async () => {
      const to = { deliver: async () => ({ outcome: "delivered" }) as const };
      const { hooks } = destinationsOf([{ ...rule("hooks/a=x")(), to }]);
      const open = () => Promise.reject(new Error("not opened"));
      const result = await hooks?.deliver(event, open, new AbortController().signal);
      return result && "message" in result ? result.message : result;
    },
  },
};

describe("messages about webhooks", () => {
  expectMessages({
    messages: { ...OPTIONS, ...RULES, ...ANSWERS },
    facts: FACTS,
    texts: messageTextsIn(["packages/webhook/src", "packages/host/src/destinations"]),
  });
});
