import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import {
  checkConcurrency,
  checkProps,
  checkShards,
} from "../../../packages/lambda/src/cdk/check-props.js";
import { checkResolvable } from "../../../packages/lambda/src/cdk/check-webhooks.js";
import { shardOf } from "../../../packages/lambda/src/create-sweep-handler.js";
import { readEnvironment } from "../../../packages/lambda/src/read-environment.js";
import { checkTimeFor, sweepOptionsOf } from "../../../packages/lambda/src/sweep-mode.js";
import { root } from "../pages.js";
import { expectMessages, type Facts, type Messages } from "./expect-messages.js";
import { messageTextsIn, type SourceText } from "./message-texts.js";

const set = (env: Readonly<Record<string, string>>) => () =>
  readEnvironment({ KEYWHEN_STORE: "s3://acme", KEYWHEN_ALLOW_TARGETS: "a/*", ...env });
const mode = (options: object) => () => sweepOptionsOf(options);

const FUNCTION: Messages = {
  "The function does not read ⟦KEYWHEN_MAXAGE⟧. Use one of these: KEYWHEN_STORE, KEYWHEN_ALLOW_TARGETS, KEYWHEN_POST, KEYWHEN_WEBHOOK_SECRET, KEYWHEN_MODE, KEYWHEN_POLL, KEYWHEN_MAX_AGE, KEYWHEN_JOURNAL, KEYWHEN_METRICS.":
    set({ KEYWHEN_MAXAGE: "1d" }),
  'KEYWHEN_STORE must be a URL like s3://acme-schedule or s3://acme-schedule/root (got ⟦"acme"⟧).':
    set({ KEYWHEN_STORE: "acme" }),
  'KEYWHEN_ALLOW_TARGETS contains no target (got ⟦" , "⟧). Set it to patterns like acme-reminders/*,acme-reports/daily/*.':
    set({ KEYWHEN_ALLOW_TARGETS: " , " }),
  'KEYWHEN_MODE must be plain or precise (got ⟦"fast"⟧).': set({ KEYWHEN_MODE: "fast" }),
  'KEYWHEN_POLL is ⟦"1s"⟧, but KEYWHEN_MODE is plain, which lists only once. Remove it, or set KEYWHEN_MODE to precise.':
    set({ KEYWHEN_POLL: "1s" }),
  'KEYWHEN_POLL must be a number and a unit, like 5s or 500ms (got ⟦"1"⟧).': set({
    KEYWHEN_MODE: "precise",
    KEYWHEN_POLL: "1",
  }),
  'KEYWHEN_MAX_AGE must be a number and a unit, like 24h or 7d (got ⟦"a day"⟧).': set({
    KEYWHEN_MAX_AGE: "a day",
  }),
  'KEYWHEN_JOURNAL must be true or false (got ⟦"yes"⟧).': set({ KEYWHEN_JOURNAL: "yes" }),
  'KEYWHEN_METRICS must be a CloudWatch namespace, such as keywhen, of letters, digits and . - _ / # :, that does not begin with AWS/ (got ⟦"a b"⟧).':
    set({ KEYWHEN_METRICS: "a b" }),
  'mode must be "plain" or "precise" (got ⟦"fast"⟧).': mode({ mode: "fast" }),
  'poll is ⟦5s⟧, but a plain sweep lists only once. Leave it out, or set mode to "precise".': mode({
    poll: "5s",
  }),
  "poll must be from 100ms to 60s (got ⟦2m⟧).": mode({ mode: "precise", poll: "2m" }),
  "A precise sweep runs for up to 120 s, but this invocation ends in ⟦60 s⟧. Set the function's timeout to 150 s, or the mode to plain.":
    () => checkTimeFor({ lookAhead: "1m" }, 52_000, 60_000),
  'The event\'s shard must be like {"shard":{"index":1,"count":4}} (got ⟦2⟧).': () =>
    shardOf({ shard: 2 }),
};

const bucket = { bucketName: "acme", bucketArn: "arn:aws:s3:::acme" };
const construct = (props: unknown) => () => checkProps(props);
const target = (value: unknown) => construct({ scheduleBucket: bucket, targets: [bucket, value] });
const BUCKET = 'Bucket.fromBucketName(this, "Reminders", "acme-reminders")';

const POSTING = { scheduleBucket: bucket, targets: [] };
const RECEIVER = "https://example.com/due";
/** Enough of the CDK's class. */
const SECRET = { unsafeUnwrap: () => "whsec_x" };

const CONSTRUCT: Messages = {
  "KeywhenSweeper needs props: pass { scheduleBucket, targets } (got ⟦undefined⟧).":
    construct(undefined),
  'KeywhenSweeper has no prop ⟦"tragets"⟧. Use one of these: scheduleBucket, root, targets, webhooks, webhookSecret, mode, poll, maxAge, journal, metrics, alarmTopic, shards, reservedConcurrency, memorySize, runtime, architecture, logRetention.':
    construct({ tragets: [] }),
  [`scheduleBucket must be a bucket, like ${BUCKET} (got ⟦"acme"⟧).`]: construct({
    scheduleBucket: "acme",
  }),
  [`targets must be an array of buckets, like [${BUCKET}] (got ⟦"acme/*"⟧).`]: construct({
    scheduleBucket: bucket,
    targets: "acme/*",
  }),
  [`⟦targets⟧ is empty, and there are no webhooks. Give the buckets that events may be delivered to, like [${BUCKET}], or webhooks.`]:
    construct({ scheduleBucket: bucket, targets: [] }),
  'webhooks must be patterns and URLs, like { "hooks/*": "https://example.com/due" } (got ⟦"hooks/*"⟧).':
    construct({ ...POSTING, webhooks: "hooks/*" }),
  '⟦webhookSecret⟧ is given, but no webhooks. Give them, like { "hooks/*": "https://example.com/due" }.':
    construct({ ...POSTING, webhookSecret: SECRET }),
  'No secret is given that signs the webhooks of ⟦"hooks/*"⟧. Pass webhookSecret, like SecretValue.secretsManager("keywhen-webhooks").':
    construct({ ...POSTING, webhooks: { "hooks/*": RECEIVER } }),
  'webhookSecret must be a SecretValue, like SecretValue.secretsManager("keywhen-webhooks") (got ⟦string⟧).':
    construct({ ...POSTING, webhookSecret: "whsec_x" }),
  'A pattern of webhooks must begin with a bucket and contain no space and no =, like hooks/* (got ⟦"hooks/a=b"⟧).':
    construct({ ...POSTING, webhooks: { "hooks/a=b": RECEIVER }, webhookSecret: SECRET }),
  'webhooks["hooks/*"] must be a URL that begins with https:// and contains no space, like https://example.com/due (got ⟦"http://e"⟧).':
    construct({ ...POSTING, webhooks: { "hooks/*": "http://example.com" }, webhookSecret: SECRET }),
  'webhooks["a.b/*"].secret is another one than that of another pattern, but both are ⟦KEYWHEN_WEBHOOK_SECRET_A_B⟧. Give one secret for each bucket.':
    construct({
      ...POSTING,
      webhooks: {
        "a-b/*": { url: RECEIVER, secret: SECRET },
        "a.b/*": { url: RECEIVER, secret: { ...SECRET } },
      },
    }),
  'A secret of the webhooks is from ⟦ssmSecure⟧, which CloudFormation does not resolve for a function. Use SecretValue.secretsManager("keywhen-webhooks").':
    () => checkResolvable({ KEYWHEN_WEBHOOK_SECRET: "{{resolve:ssm-secure:keywhen:1}}" }),
  [`targets[1] must be a bucket, like ${BUCKET} (got ⟦"acme/*"⟧).`]: target("acme/*"),
  [`targets[1].bucket must be a bucket, like ${BUCKET} (got ⟦undefined⟧).`]: target({}),
  'targets[1] has no prop ⟦"prefix"⟧. Use one of these: bucket, keyPrefix.': target({
    bucket,
    prefix: "a",
  }),
  "shards must be a whole number from 1 to 64 (got ⟦65⟧).": () => checkShards(65),
  "reservedConcurrency must be at least 4 (got ⟦3⟧), because 4 precise sweeps can run at the same time.":
    () => checkConcurrency(3, 4, "precise"),
  'targets[1].keyPrefix must be the beginning of keys without *, like "daily/" (got ⟦"daily/*"⟧).':
    target({ bucket, keyPrefix: "daily/*" }),
};

const TEMPLATES = ["template.yaml", "terraform/main.tf", "terraform/variables.tf"];
const FILES = [...TEMPLATES, "terraform/alarms.tf"].map((file) => `packages/lambda/${file}`);
const DESCRIBED =
  /(?:(?:Constraint|Assert|Alarm)Description: |error_message = |says = )(?:"((?:[^"\\]|\\.)*)"|(.*))/g;

/** What CloudFormation and Terraform say of a wrong setting, and CloudWatch of an alarm. */
const DESCRIPTIONS: readonly SourceText[] = FILES.flatMap((at) =>
  [...readFileSync(join(root, at), "utf8").matchAll(DESCRIBED)].map(([, quoted, plain = ""]) => ({
    text: quoted?.replaceAll('\\"', '"').replaceAll("$", "") ?? plain,
    at,
  })),
);
const described = (text: string) => () => DESCRIPTIONS.find((one) => one.text === text)?.text;

function descriptions(...texts: readonly string[]): Messages {
  return Object.fromEntries(texts.map((text) => [text, described(text.replace(/[⟦⟧]/g, ""))]));
}

const MESSAGES = descriptions(
  "Set ⟦ReservedConcurrency⟧ to 0, or to 2 or more, because two precise sweeps overlap at each full minute.",
  "Set ⟦ReservedConcurrency⟧ to 0, because several Shards start as many invocations at the same time.",
  "Set reserved_concurrency to -1, or to the number of shards, and twice that in precise mode, where two sweeps overlap at each full minute (got ⟦{var.reserved_concurrency}⟧).",
  "Set mode to plain or precise (got ⟦{var.mode}⟧).",
  "⟦keywhen's sweeps⟧ fail, so events are late; see the errors in the function's log.",
  "keywhen's sweeper is ⟦not invoked⟧, so no event is delivered; check its schedule.",
  "⟦The account's concurrency limit⟧ stops keywhen's sweeper, so events are late; raise the limit.",
  "The oldest due event has waited for ⟦three minutes or more⟧; see the errors in the function's log.",
  "⟦Events⟧ became dead letters; see them with keywhen dead list.",
);

const FACTS: Facts = {
  "CloudFormation and Terraform show the value themselves": descriptions(
    'Name where events may go: allow_targets like ["acme-reminders/*"], or post.',
    "Create one with: openssl rand -base64 32, and write whsec_ before it. Separate two by a space.",
    "Write each target as bucket/*, bucket/prefix/* or bucket/key, without quotes and without s3://.",
    "Write bucket/*, bucket/prefix/* or bucket/key, without quotes and without s3://.",
    "Write it like keywhen or acme/jobs, with letters, digits, dots, hyphens and underscores.",
    "Write a number and a unit, like 24h or 7d.",
    "Write a number and a unit, like 5s or 500ms.",
    "Use letters, digits and . - _ / # :, and do not begin with AWS/.",
    "Give the ARN of an SNS topic, or leave it empty.",
  ),
};

describe("messages of the Lambda function", () => {
  expectMessages({
    messages: { ...FUNCTION, ...CONSTRUCT, ...MESSAGES },
    facts: FACTS,
    texts: [...messageTextsIn(["packages/lambda/src"]), ...DESCRIPTIONS],
    exempt: {
      "the end of a message of adapter-s3": [
        "neither AWS_ACCESS_KEY_ID nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set",
      ],
      "the description of the function": ["Moves due events to their targets."],
    },
  });
});
