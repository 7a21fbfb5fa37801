// What a user writes; run by a test, which prints the template that comes of it.
import { KeywhenSweeper, type KeywhenSweeperProps } from "@keywhen/lambda/cdk";
import { App, Stack } from "aws-cdk-lib";
import { AccountRootPrincipal, Role } from "aws-cdk-lib/aws-iam";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Topic } from "aws-cdk-lib/aws-sns";

const given: Partial<KeywhenSweeperProps> & { alarms?: boolean } = JSON.parse(
  process.argv[2] ?? "{}",
);
const { alarms, ...props } = given;
const app = new App();
const stack = new Stack(app, "App", { env: { region: "eu-west-1", account: "123456789012" } });
const bucket = (name: string) => Bucket.fromBucketName(stack, name, name);
const sweeper = new KeywhenSweeper(stack, "Sweeper", {
  scheduleBucket: bucket("acme-schedule"),
  targets: [bucket("reminders"), { bucket: bucket("reports"), keyPrefix: "daily/" }],
  ...(alarms && { alarmTopic: new Topic(stack, "Alarms") }),
  ...props,
});
const person = (name: string) => new Role(stack, name, { assumedBy: new AccountRootPrincipal() });
sweeper.grantSchedule(person("Writer"));
sweeper.grantManage(person("Canceller"));
sweeper.grantRecurring(person("Planner"));
process.stdout.write(JSON.stringify(app.synth().getStackByName("App").template));
