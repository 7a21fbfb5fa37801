import type { SweptReport } from "@keywhen/core/internal";
import { createSchedules } from "@keywhen/recurring";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FunctionsOnCeph, startFunctionsOnCeph } from "./function-on-ceph.js";
import type { Runtime } from "./function-process.js";
import { makeOverdue } from "./make-overdue.js";

const TIMEOUT_MS = 60_000;
/** Short enough to end amid so many events: 20 % are in reserve, and nothing starts in the 2 s before them. */
const SHORT_TIMEOUT_MS = 3_500;
const MANY = 1_000;
/** The machine may be busy. */
const SLOW = { timeout: 90_000 };

/** What the function promises in every runtime. */
export function proveFunction(runtime: Runtime): void {
  let ceph: FunctionsOnCeph;
  beforeAll(async () => {
    ceph = await startFunctionsOnCeph(runtime);
  });
  afterAll(() => ceph?.stop());

  it("delivers what is due in each invocation, and logs its report as one line", async () => {
    const { bucket, schedule, startFunction } = await ceph.createSchedule();
    const { api, log } = await startFunction();
    expect(await api.invoke({}, TIMEOUT_MS)).toMatchObject({ outcome: "swept", due: 0 });
    await schedule(1);
    expect(await api.invoke({}, TIMEOUT_MS)).toMatchObject({ due: 1, delivered: 1 });
    const arrived = await ceph.store.get({ bucket: "target", key: `${bucket}/0` });
    expect(await new Response(arrived?.body).text()).toBe("0");
    expect(log().map((line) => JSON.parse(line))).toMatchObject([
      { message: "keywhen: swept", delivered: 0, requests: { list: 1, copy: 0 } },
      // The shard map, the lease, and once in a process whether the bucket has versions, where Ceph ignores conditions.
      { delivered: 1, lease: "taken", requests: { list: 1, get: 3, put: 2, copy: 1, delete: 1 } },
    ]);
  });

  it("delivers recurring schedules, and stores the next wake-up", async () => {
    const { bucket, pending, startFunction } = await ceph.createSchedule();
    const schedules = createSchedules({ store: ceph.store, bucket });
    const to = { bucket: "target", key: `${bucket}/hourly` };
    const from = new Date(Date.now() - 1_800_000).toISOString(); // so that nothing falls due while this test runs
    const { next } = await schedules.put("hourly", { every: "1h", from, to, body: "hello" });
    await makeOverdue(ceph.store, bucket, "hourly", "hello");
    const { api, lastLine } = await startFunction();
    expect(await api.invoke({}, TIMEOUT_MS)).toMatchObject({ delivered: 1, wakeUpsLeft: 0 });
    expect(lastLine()).toMatchObject({ errors: [] });
    const arrived = await ceph.store.get(to);
    expect(await new Response(arrived?.body).text()).toBe("hello");
    const waiting = await pending();
    const isNext = (key: string) => key.includes(`/${next?.at.toISOString()}|`);
    expect(waiting.some(isNext)).toBe(true);
    expect(await schedules.get("hourly")).toMatchObject({ next });
  });

  it(
    "ends before its deadline amid a large sweep, nothing in flight, and the next continues",
    SLOW,
    async () => {
      const { schedule, startFunction, pending, arrived } = await ceph.createSchedule();
      const { api, freeze, thaw, lastLine } = await startFunction();
      await api.invoke({}, TIMEOUT_MS);
      await schedule(MANY);
      const startedMs = Date.now();
      const first = await report(api.invoke({}, SHORT_TIMEOUT_MS));
      expect(Date.now() - startedMs).toBeLessThan(SHORT_TIMEOUT_MS);
      freeze();
      expect(first).toMatchObject({ truncated: "deadline", undecided: 0, undeleted: 0 });
      expect(lastLine()).toMatchObject({ errors: [] });
      const [left, there] = [await pending(), await arrived()];
      expect(left.length + there.length).toBe(MANY);
      expect(there).toHaveLength(first.delivered);
      thaw();
      const second = await report(api.invoke({}, TIMEOUT_MS));
      expect(second).toMatchObject({
        truncated: false,
        delivered: left.length,
        alreadyDelivered: 0,
      });
      expect(await pending()).toEqual([]);
      expect(await arrived()).toHaveLength(MANY);
    },
  );

  it(
    "loses nothing if it is killed amid a sweep: another waits for the lease's end, then continues",
    SLOW,
    async () => {
      const { bucket, schedule, startFunction, pending, arrived } = await ceph.createSchedule();
      const killed = await startFunction();
      await killed.api.invoke({}, TIMEOUT_MS);
      await schedule(MANY);
      const broken = expect(killed.api.invoke({}, TIMEOUT_MS)).rejects.toMatchObject({
        errorType: "Runtime.ExitError",
      });
      while ((await arrived()).length === 0);
      await killed.kill();
      await broken;
      const left = await pending();
      expect(left.length).toBeGreaterThan(0);
      const next = await startFunction();
      expect(await next.api.invoke({}, TIMEOUT_MS)).toMatchObject({
        outcome: "held",
        by: expect.stringMatching(/^sweeper/),
      });
      expect(next.lastLine()).toMatchObject({
        message: "keywhen: held",
        by: expect.stringMatching(/^sweeper/),
      });
      await endLease(ceph, bucket);
      const swept = await report(next.api.invoke({}, TIMEOUT_MS));
      expect(swept.delivered + swept.alreadyDelivered).toBe(left.length);
      expect(await pending()).toEqual([]);
      expect(await arrived()).toHaveLength(MANY);
    },
  );

  it("lets one of two simultaneous invocations sweep", async () => {
    const { schedule, startFunction, pending, arrived } = await ceph.createSchedule();
    const [one, other] = [await startFunction(), await startFunction()];
    await Promise.all([one.api.invoke({}, TIMEOUT_MS), other.api.invoke({}, TIMEOUT_MS)]);
    await schedule(200);
    const results = await Promise.all(
      [one, other].map(({ api }) => api.invoke({}, TIMEOUT_MS).then((result) => reportOf(result))),
    );
    const delivered = results.map((result) => result.delivered ?? 0);
    expect(delivered.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(await pending()).toEqual([]);
    expect(await arrived()).toHaveLength(200);
  });

  it("logs the missing permission if it may not delete, and stops copying", async () => {
    const { schedule, startFunction, deny, allowAll, pending } = await ceph.createSchedule();
    const { api, lastLine } = await startFunction();
    await api.invoke({}, TIMEOUT_MS);
    await schedule(300);
    await deny("s3:DeleteObject");
    const swept = await report(api.invoke({}, TIMEOUT_MS));
    expect(swept).toMatchObject({ truncated: "denied" });
    expect(swept.delivered).toBeLessThan(300);
    const message = expect.stringMatching(/^delete schedule-\d+.*AccessDenied/);
    expect(lastLine()).toMatchObject({ errors: [{ type: "undeleted", code: "denied", message }] });
    expect(await pending()).toHaveLength(300);
    await allowAll();
    const repaired = await report(api.invoke({}, TIMEOUT_MS));
    expect(repaired.delivered + repaired.alreadyDelivered).toBe(300);
    expect(await pending()).toEqual([]);
  });

  it("logs the refused target and the patterns, and keeps the event", async () => {
    const { schedule, startFunction, pending } = await ceph.createSchedule();
    await schedule(1);
    const { api, lastLine } = await startFunction({ KEYWHEN_ALLOW_TARGETS: "remindrs/*" });
    expect(await report(api.invoke({}, TIMEOUT_MS))).toMatchObject({
      leftInPlace: 1,
      circuitOpen: true,
    });
    const message = expect.stringMatching(/^target\/.* is outside allowTargets \(remindrs\/\*\)$/);
    expect(lastLine()).toMatchObject({ errors: [{ type: "refused", message }] });
    expect(await pending()).toHaveLength(1);
  });

  it("answers with one clear error if no sweep was possible, and sweeps in the next invocation", async () => {
    const { schedule, startFunction, deny, allowAll } = await ceph.createSchedule();
    const { api, log } = await startFunction();
    await schedule(1);
    await deny("s3:ListBucket");
    await expect(api.invoke({}, TIMEOUT_MS)).rejects.toMatchObject({
      errorType: "ObjectStoreError",
      errorMessage: expect.stringMatching(/^list schedule-\d+: AccessDenied[^\n]*$/),
    });
    expect(log().join("")).not.toContain("keywhen:");
    await allowAll();
    expect(await api.invoke({}, TIMEOUT_MS)).toMatchObject({ delivered: 1 });
  });

  it("names the bucket if the schedule's isn't there", async () => {
    const { startFunction } = await ceph.createSchedule();
    const { api } = await startFunction({
      KEYWHEN_STORE: "s3://no-such-bucket?service=ceph",
      AWS_ENDPOINT_URL_S3: ceph.endpoint,
    });
    await expect(api.invoke({}, TIMEOUT_MS)).rejects.toMatchObject({
      errorType: "ObjectStoreError",
      errorMessage: expect.stringMatching(
        /^get no-such-bucket\/keywhen\/shards\.json: NoSuchBucket[^\n]*$/,
      ),
    });
  });

  it("fails with what to set if a precise sweep has too little time", async () => {
    const { schedule, startFunction, pending } = await ceph.createSchedule();
    await schedule(1);
    const { api } = await startFunction({ KEYWHEN_MODE: "precise", KEYWHEN_POLL: "1s" });
    await expect(api.invoke({}, TIMEOUT_MS)).rejects.toMatchObject({
      errorType: "KeywhenError",
      errorMessage: expect.stringMatching(/Set the function's timeout to 150 s/),
    });
    expect(await pending()).toHaveLength(1);
  });
}

const report = async (answer: Promise<unknown>): Promise<SweptReport> => {
  const parsed = (await answer) as SweptReport;
  expect(parsed.outcome).toBe("swept");
  return parsed;
};

const reportOf = (answer: unknown) => answer as Partial<SweptReport>;

/** A minute passes: the dead holder's time is over. */
async function endLease({ store }: FunctionsOnCeph, bucket: string): Promise<void> {
  const ref = { bucket, key: "keywhen/lease/sweep.json" };
  const lease = JSON.parse(await new Response((await store.get(ref))?.body).text());
  const past = new Date(Date.now() - 10_000).toISOString();
  const holders = lease.holders.map((holder: object) => ({ ...holder, expires: past }));
  await store.put(ref, new TextEncoder().encode(JSON.stringify({ ...lease, holders })));
}
