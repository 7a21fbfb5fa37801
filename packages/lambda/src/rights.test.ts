import { fileURLToPath } from "node:url";
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { s3Store } from "@keywhen/adapter-s3";
import { createDeadLetters, createScheduler, createSweeper, eventId } from "@keywhen/core";
import { readJournal } from "@keywhen/core/journal";
import { createNamedEvents } from "@keywhen/core/names";
import type { ObjectStore } from "@keywhen/core/store";
import { createSchedules, recurringWakeUps } from "@keywhen/recurring";
import { openCephAccount, type TestS3Account, withCeph } from "@keywhen/test-servers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { resolveTemplate } from "./testing/cloudformation.js";
import { makeOverdue } from "./testing/make-overdue.js";
import { type AllowStatement, onlyTheseRights, policyIn } from "./testing/only-these-rights.js";

const PAGE = fileURLToPath(new URL("../../../docs/rights.md", import.meta.url));
const TEMPLATE = fileURLToPath(new URL("../template.yaml", import.meta.url));
const SCHEDULE = "acme-schedule";
const TARGET = "acme-reminders";
const DENIED = { code: "denied" };
const inAnHour = () => new Date(Date.now() + 3_600_000);

async function idsOf(events: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of events) ids.push(id);
  return ids;
}

describe("docs/rights.md", () => {
  it("gives the sweeper what the template gives it", () => {
    const parameters = { ScheduleBucket: SCHEDULE, AllowTargets: `${TARGET}/*` };
    const { resources } = resolveTemplate(TEMPLATE, parameters);
    const { Policies } = JSON.parse(JSON.stringify(resources["SweeperRole"]?.properties));
    const [{ Sid: last }, ...others] = Policies[0].PolicyDocument.Statement.reverse();
    expect(last).toBe("Log");
    const ofPage = policyIn(PAGE, "Sweeper").map(({ Resource, ...rest }) => ({
      ...rest,
      Resource: [Resource].flat(),
    }));
    const ofTemplate = others.reverse().map((statement: AllowStatement) => ({
      ...statement,
      Resource: [statement.Resource].flat(),
    }));
    expect(ofPage).toEqual(ofTemplate);
  });
});

withCeph(describe)("the rights in docs/rights.md", () => {
  let server: TestS3Account;
  let client: S3Client;
  let store: ObjectStore;
  beforeAll(async () => {
    server = await openCephAccount();
    const { endpoint, region, accessKeyId, secretAccessKey } = server;
    client = new S3Client({
      endpoint,
      region,
      credentials: { accessKeyId, secretAccessKey },
      forcePathStyle: true,
      requestChecksumCalculation: "WHEN_REQUIRED",
    });
    for (const Bucket of [SCHEDULE, TARGET]) await client.send(new CreateBucketCommand({ Bucket }));
    store = s3Store({ client, service: "ceph" });
  });
  afterEach(async () => {
    for (const Bucket of [SCHEDULE, TARGET]) {
      await client.send(new DeleteBucketPolicyCommand({ Bucket }));
    }
  });
  afterAll(async () => {
    client?.destroy();
    await server?.stop();
  });

  const home = () => ({ store, bucket: SCHEDULE });
  const sweep = () =>
    createSweeper({
      ...home(),
      allowTargets: [`${TARGET}/*`],
      wakeUps: recurringWakeUps(),
    }).sweep();

  async function allowOnly(statements: readonly AllowStatement[]): Promise<void> {
    for (const Bucket of [SCHEDULE, TARGET]) {
      const Policy = onlyTheseRights(statements, Bucket);
      await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    }
  }

  async function schedule(at: Date, key: string): Promise<string> {
    const scheduled = await createScheduler(home()).schedule({ at, to: { bucket: TARGET, key } });
    return scheduled.id;
  }

  it("let a writer schedule, and neither list, read nor cancel", async () => {
    await allowOnly(policyIn(PAGE, "Writer"));
    const scheduler = createScheduler(home());
    const to = { bucket: TARGET, key: "written" };
    const { id } = await scheduler.schedule({ at: inAnHour(), to, body: "hello" });
    const chosen = { at: inAnHour(), to, deliveryId: "order-42" };
    expect((await scheduler.schedule(chosen)).outcome).toBe("scheduled");
    expect((await scheduler.schedule(chosen)).outcome).toBe("exists");
    await expect(idsOf(scheduler.list())).rejects.toMatchObject(DENIED);
    await expect(scheduler.open(id)).rejects.toMatchObject(DENIED);
    await expect(scheduler.cancel(id)).rejects.toMatchObject(DENIED);
    await expect(store.put(to, new Uint8Array())).rejects.toMatchObject(DENIED);
  });

  it("let a reader see what is scheduled, and change nothing", async () => {
    const id = await schedule(inAnHour(), "seen");
    await allowOnly(policyIn(PAGE, "Reader"));
    const scheduler = createScheduler(home());
    expect(await idsOf(scheduler.list())).toContain(id);
    expect(await scheduler.get(id)).toMatchObject({ id });
    await expect(scheduler.cancel(id)).rejects.toMatchObject(DENIED);
    await expect(schedule(inAnHour(), "x")).rejects.toMatchObject(DENIED);
  });

  it("let a canceller cancel, reschedule and replace content", async () => {
    const [first, second] = [await schedule(inAnHour(), "a"), await schedule(inAnHour(), "b")];
    await allowOnly(policyIn(PAGE, "Canceler"));
    const scheduler = createScheduler(home());
    expect(await scheduler.cancel(first)).toMatchObject({ outcome: "cancelled" });
    expect(await scheduler.cancel(first)).toMatchObject({ outcome: "not-found" });
    const later = new Date(Date.now() + 7_200_000);
    const moved = await scheduler.reschedule(second, { at: later });
    if (moved.outcome !== "rescheduled") throw new Error(moved.outcome);
    expect(await scheduler.reschedule(moved.id, { body: "new" })).toMatchObject({
      outcome: "rescheduled",
    });
  });

  it("let a sweeper deliver, look at targets, keep dead letters and share the work", async () => {
    await schedule(new Date(), "due");
    await createScheduler(home()).schedule({
      at: new Date(),
      to: { bucket: "elsewhere", key: "refused" },
    });
    await allowOnly(policyIn(PAGE, "Sweeper"));
    expect(await sweep()).toMatchObject({ delivered: 1, dead: 1, undeleted: 0, lease: "taken" });
    await expect(
      store.put({ bucket: SCHEDULE, key: "keywhen/shards.json" }, new Uint8Array()),
    ).rejects.toMatchObject(DENIED);
    await expect(store.delete(TARGET, ["due"])).rejects.toMatchObject(DENIED);
  });

  it("let a writer of recurring schedules store, change and delete them, with large payloads", async () => {
    await allowOnly(policyIn(PAGE, "Writer of recurring schedules"));
    const schedules = createSchedules(home());
    const daily = { cron: "0 9 * * *", to: { bucket: TARGET, key: "daily" } };
    for (const body of ["small", "x".repeat(20_000), "y".repeat(20_000)]) {
      expect(await schedules.put("daily", { ...daily, body })).toMatchObject({
        outcome: expect.stringMatching(/created|updated/),
      });
    }
    const names = [];
    for await (const { name } of schedules.list()) names.push(name);
    expect(names).toEqual(["daily"]);
    expect(await schedules.skip("daily")).toMatchObject({ outcome: "skipped" });
    expect(await schedules.pause("daily")).toEqual({ outcome: "paused" });
    const triggered = await schedules.trigger("daily");
    expect(triggered).toMatchObject({ outcome: "triggered" });
    expect(await schedules.delete("daily")).toEqual({ outcome: "deleted" });
    const { id = "" } = "id" in triggered ? triggered : {};
    await expect(createScheduler(home()).open(id)).rejects.toMatchObject(DENIED);
  });

  it("let a sweeper deliver and advance recurring schedules, with large payloads", async () => {
    const body = "x".repeat(20_000);
    const to = { bucket: TARGET, key: "hourly" };
    const from = new Date(Date.now() - 1_800_000).toISOString(); // so that nothing falls due while this test runs
    await createSchedules(home()).put("hourly", { every: "1h", from, to, body });
    await sweep(); // delivers what the other tests left
    await makeOverdue(store, SCHEDULE, "hourly", body);
    await allowOnly(policyIn(PAGE, "Sweeper"));
    expect(await sweep()).toMatchObject({ delivered: 1, retrying: 0, undeleted: 0 });
    await client.send(new DeleteBucketPolicyCommand({ Bucket: SCHEDULE }));
    const { next } = (await createSchedules(home()).get("hourly")) ?? {};
    expect(next?.at.getTime()).toBeGreaterThan(Date.now());
  });

  it("let a writer of named events put, read, cancel and clean up", async () => {
    await allowOnly(policyIn(PAGE, "Writer of named events"));
    const named = createNamedEvents(home());
    const event = { at: inAnHour(), to: { bucket: TARGET, key: "named" } };
    expect((await named.put("rights/42", event)).outcome).toBe("scheduled");
    const { id } = await named.put("rights/42", event);
    expect(await named.get("rights/42", { search: true })).toMatchObject({ id });
    expect(await named.cancel("rights/42")).toEqual({ outcome: "cancelled", id });
    expect(await named.removeEnded()).toEqual({ removed: 0, kept: 1 });
    const deleted = await store.delete(SCHEDULE, ["keywhen/names/rights/42"]);
    expect(deleted).toEqual([{ outcome: "gone" }]);
    await expect(store.put(event.to, new Uint8Array())).rejects.toMatchObject(DENIED);
  });

  it("let a sweeper write the journal, and its reader read nothing else", async () => {
    const id = await schedule(new Date(), "journaled");
    const waiting = await schedule(inAnHour(), "waiting");
    await allowOnly(policyIn(PAGE, "Sweeper"));
    const allowTargets = [`${TARGET}/*`];
    const sweeper = createSweeper({
      ...home(),
      allowTargets,
      wakeUps: recurringWakeUps(),
      journal: true,
    });
    expect(await sweeper.sweep()).toMatchObject({ errors: [] });
    await allowOnly(policyIn(PAGE, "Reader of the journal"));
    const outcomes = [];
    for await (const { outcome } of readJournal(home(), { id })) outcomes.push(outcome);
    expect(outcomes).toEqual(["delivered"]);
    await expect(createScheduler(home()).open(waiting)).rejects.toMatchObject(DENIED);
  });

  it("let a dead-letter operator list, redrive and purge dead letters", async () => {
    for (const key of ["one", "two"]) {
      await createScheduler(home()).schedule({ at: new Date(), to: { bucket: "elsewhere", key } });
    }
    await schedule(new Date(), "allowed"); // a sweep that may deliver none of the due events moves none of them
    await sweep();
    await allowOnly(policyIn(PAGE, "Dead-letter operator"));
    const dead = createDeadLetters(home());
    const ids = await idsOf(dead.list());
    expect(ids.length).toBeGreaterThanOrEqual(2);
    expect(await dead.redrive(ids[0] ?? "")).toMatchObject({ outcome: "redriven" });
    expect(await dead.purge(ids[1] ?? "")).toMatchObject({ outcome: "purged" });
  });

  it("let the owner of a presigned URL schedule that one event, once", async () => {
    await allowOnly(policyIn(PAGE, "Writer"));
    const at = inAnHour().toISOString();
    const id = eventId({ at, to: { bucket: TARGET, key: "signed" }, deliveryId: "order-43" });
    const command = new PutObjectCommand({
      Bucket: SCHEDULE,
      Key: `keywhen/pending/${id}`,
      ContentType: "application/json",
      IfNoneMatch: "*",
      Metadata: { "keywhen-id": "order-43", "keywhen-at": at },
    });
    const url = await getSignedUrl(client, command, { expiresIn: 600 });
    const headers = { "If-None-Match": "*", "Content-Type": "application/json" };
    const put = (body: string) => fetch(url, { method: "PUT", body, headers });
    expect((await put("1")).status).toBe(200);
    expect((await put("2")).status).toBe(412);
    await client.send(new DeleteBucketPolicyCommand({ Bucket: SCHEDULE }));
    expect(await createScheduler(home()).get(id)).toMatchObject({
      deliveryId: "order-43",
      contentType: "application/json",
    });
  });
});
