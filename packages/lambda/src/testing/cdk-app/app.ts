// What a user writes; run by a test, which prints the template that comes of it.
import { KeywhenSweeper, type KeywhenSweeperProps } from "@keywhen/lambda/cdk";
import { App, SecretValue, Stack } from "aws-cdk-lib";
import { AccountRootPrincipal, Role } from "aws-cdk-lib/aws-iam";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Topic } from "aws-cdk-lib/aws-sns";

interface Given extends Omit<Partial<KeywhenSweeperProps>, "webhooks" | "webhookSecret"> {
  readonly alarms?: boolean;
  /** The names of secrets. */
  readonly webhooks?: Readonly<Record<string, { readonly url: string; readonly secret?: string }>>;
  readonly webhookSecret?: string;
  readonly ssmSecret?: string;
}

const given: Given = JSON.parse(process.argv[2] ?? "{}");
const { alarms, webhooks = {}, webhookSecret, ssmSecret, ...props } = given;
const secretOf = (name: string) => SecretValue.secretsManager(name);
const hooks = Object.entries(webhooks).map(([pattern, { url, secret }]) => [
  pattern,
  secret === undefined ? url : { url, secret: secretOf(secret) },
]);
const app = new App();
const stack = new Stack(app, "App", { env: { region: "eu-west-1", account: "123456789012" } });
const bucket = (name: string) => Bucket.fromBucketName(stack, name, name);
const sweeper = new KeywhenSweeper(stack, "Sweeper", {
  scheduleBucket: bucket("acme-schedule"),
  targets: [bucket("reminders"), { bucket: bucket("reports"), keyPrefix: "daily/" }],
  webhooks: Object.fromEntries(hooks),
  ...(webhookSecret && { webhookSecret: secretOf(webhookSecret) }),
  ...(ssmSecret && { webhookSecret: SecretValue.ssmSecure(ssmSecret) }),
  ...(alarms && { alarmTopic: new Topic(stack, "Alarms") }),
  ...props,
});
const person = (name: string) => new Role(stack, name, { assumedBy: new AccountRootPrincipal() });
sweeper.grantSchedule(person("Writer"));
sweeper.grantManage(person("Canceller"));
sweeper.grantRecurring(person("Planner"));
process.stdout.write(JSON.stringify(app.synth().getStackByName("App").template));
