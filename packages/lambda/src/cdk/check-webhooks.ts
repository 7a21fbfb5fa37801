import { parseTargetPattern, showValue } from "@keywhen/core/internal";
import { invalid, isObject, refuseUnknown } from "./prop-values.js";

const KNOWN_OF_WEBHOOK = ["url", "secret"];
const WEBHOOKS = '{ "hooks/*": "https://example.com/due" }';
const SECRET = 'SecretValue.secretsManager("keywhen-webhooks")';
/** A value that is known only when the stack is deployed, such as the URL of an API. */
const TOKEN = /\$\{Token\[/;

/** Checks `webhooks` and `webhookSecret`. Returns true if there is a webhook. Throws `invalid-option`, without a secret in it. */
export function checkWebhooks(webhooks: unknown, secret: unknown): boolean {
  if (secret !== undefined) checkSecret("webhookSecret", secret);
  if (webhooks !== undefined && (!isObject(webhooks) || Array.isArray(webhooks))) {
    throw invalid(
      `webhooks must be patterns and URLs, like ${WEBHOOKS} (got ${showValue(webhooks)}).`,
    );
  }
  const rules = Object.entries(webhooks ?? {});
  if (rules.length === 0 && secret !== undefined) {
    throw invalid(`webhookSecret is given, but no webhooks. Give them, like ${WEBHOOKS}.`);
  }
  const own = new Map<string, unknown>();
  for (const [pattern, to] of rules) {
    checkPattern(pattern);
    const { url, secret: given } = hookOf(`webhooks["${pattern}"]`, to);
    checkUrl(`webhooks["${pattern}"]`, url);
    if (given !== undefined) addSecret(own, pattern, given);
  }
  for (const [pattern] of rules) {
    if (secret !== undefined || own.has(secretVariable(pattern))) continue;
    throw invalid(
      `No secret is given that signs the webhooks of "${pattern}". Pass webhookSecret, like ${SECRET}.`,
    );
  }
  return rules.length > 0;
}

/** Checks the function's settings, with the secrets as CloudFormation gets them. */
export function checkResolvable(environment: unknown): void {
  if (!JSON.stringify(environment).includes("{{resolve:ssm-secure:")) return;
  throw invalid(
    `A secret of the webhooks is from ssmSecure, which CloudFormation does not resolve for a function. Use ${SECRET}.`,
  );
}

/** Returns the variable with the secret of a pattern's bucket. */
export function secretVariable(pattern: string): string {
  const [bucket = ""] = pattern.split("/");
  return `KEYWHEN_WEBHOOK_SECRET_${bucket.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}

function checkPattern(pattern: string): void {
  const { bucket } = parseTargetPattern(pattern);
  if (bucket !== undefined && !/[\s=]/.test(pattern)) return;
  throw invalid(
    `A pattern of webhooks must begin with a bucket and contain no space and no =, like hooks/* (got "${pattern}").`,
  );
}

function hookOf(name: string, to: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(to)) return { url: to };
  refuseUnknown(name, to, KNOWN_OF_WEBHOOK);
  return to;
}

function checkUrl(name: string, url: unknown): void {
  if (typeof url === "string" && (TOKEN.test(url) || /^https:\/\/\S+$/.test(url))) return;
  // A URL may contain a password or a token.
  const got = typeof url === "string" ? `"${url.slice(0, 8)}"` : showValue(url);
  throw invalid(
    `${name} must be a URL that begins with https:// and contains no space, like https://example.com/due (got ${got}).`,
  );
}

function addSecret(own: Map<string, unknown>, pattern: string, secret: unknown): void {
  checkSecret(`webhooks["${pattern}"].secret`, secret);
  const name = secretVariable(pattern);
  if (own.has(name) && own.get(name) !== secret) {
    throw invalid(
      `webhooks["${pattern}"].secret is another one than that of another pattern, but both are ${name}. Give one secret for each bucket.`,
    );
  }
  own.set(name, secret);
}

/** Checks the method, because a stack may have another copy of aws-cdk-lib. */
function checkSecret(name: string, secret: unknown): void {
  if (isObject(secret) && typeof secret["unsafeUnwrap"] === "function") return;
  throw invalid(`${name} must be a SecretValue, like ${SECRET} (got ${typeof secret}).`);
}
