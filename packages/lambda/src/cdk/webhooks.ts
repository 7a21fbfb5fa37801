import type { SecretValue } from "aws-cdk-lib";
import { secretVariable } from "./check-webhooks.js";

/** Where events are posted instead of copied. */
export interface Webhook {
  /** Begins with `https://`. */
  readonly url: string;
  /** Signs the webhooks of the pattern's bucket, instead of `webhookSecret`. Two in one value, separated by a space, while you rotate them. */
  readonly secret?: SecretValue | undefined;
}

/** Returns the settings of the function. `checkProps` has checked the webhooks. */
export function webhookEnvironment(
  webhooks: Readonly<Record<string, string | Webhook>>,
  secret: SecretValue | undefined,
): Record<string, string> {
  const rules = Object.entries(webhooks).map(([pattern, to]) => [pattern, hookOf(to)] as const);
  if (rules.length === 0) return {};
  const own = rules.flatMap(([pattern, hook]) =>
    hook.secret === undefined ? [] : [[secretVariable(pattern), hook.secret.unsafeUnwrap()]],
  );
  return {
    KEYWHEN_POST: rules.map(([pattern, { url }]) => `${pattern}=${url}`).join(" "),
    ...(secret && { KEYWHEN_WEBHOOK_SECRET: secret.unsafeUnwrap() }),
    ...Object.fromEntries(own),
  };
}

function hookOf(to: string | Webhook): Webhook {
  return typeof to === "string" ? { url: to } : to;
}
