import type { Duration } from "@keywhen/core";
import type { Destination } from "@keywhen/core/destination";
import { webhook } from "@keywhen/webhook";
import { invalid, type KeyRule, readKeyRule } from "./key-rules.js";

export interface WebhookSettings {
  /** The option or the variable that has the rules, for messages. */
  readonly setting: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeout?: Duration | undefined;
  readonly concurrency?: number | undefined;
  readonly allowHttp?: boolean | undefined;
}

/** The variable with the secret of every webhook. With `_` and a bucket's name in capitals it has the secret of that bucket. */
export const WEBHOOK_SECRET = "KEYWHEN_WEBHOOK_SECRET";
const EXAMPLE = "'hooks/*=https://example.com/hooks'";

/** Reads rules like `hooks/*=https://example.com/hooks`. The secrets are in the environment, two separated by a space while they are rotated. */
export function readWebhookRules(
  texts: readonly string[],
  { setting, env, timeout, concurrency, allowHttp }: WebhookSettings,
): readonly KeyRule<Destination>[] {
  return texts.map((text) => {
    const { to: url, ...rule } = readKeyRule(setting, text, EXAMPLE);
    const secret = secretOf(rule.bucket, env);
    return { ...rule, to: webhook({ url, secret, timeout, concurrency, allowHttp }) };
  });
}

function secretOf(bucket: string, env: WebhookSettings["env"]): string | readonly [string, string] {
  const own = `${WEBHOOK_SECRET}_${bucket.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
  const name = env[own] ? own : WEBHOOK_SECRET;
  const [secret, other, ...more] = (env[name] ?? "").split(/[\s,]+/).filter((part) => part !== "");
  if (secret === undefined) {
    throw invalid(
      `No secret is given that signs the webhooks of "${bucket}". Set ${WEBHOOK_SECRET} or ${own}. Create a secret with: echo "whsec_$(openssl rand -base64 32)".`,
    );
  }
  if (more.length > 0) {
    throw invalid(
      `${name} must contain one secret, or two while you rotate them (got ${more.length + 2}).`,
    );
  }
  return other === undefined ? secret : [secret, other];
}
