import { pendingKey } from "@keywhen/core";
import { createSchedules, recurringWakeUps } from "@keywhen/recurring";
import {
  manyBytes,
  pythonWithBoto3,
  skipUnless,
  TEST_NEEDS,
  withCeph,
} from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../packaging/run.js";
import { type BucketPair, PENDING, SCHEDULE, startBucketPair, TARGET } from "./bucket-pair.js";
import { shownIn } from "./page.js";

const KEYS = [
  "42.json",
  "Grüße/日本語/🎉 party.txt",
  "a+b c&d=e?f#g%h|i~j",
  "!'()*,;:@$[]{}\"<>\\^`_-.",
  "a//b/",
  "/lead",
  "./dot/../x/..",
  "...",
  "tab\tand\u007f",
];

const INSTANTS = [
  ["2026-01-01T09:00:00+01:00", "2026-01-01T08:00:00.000Z"],
  ["2026-01-01T00:00:00.000001-08:00", "2026-01-01T08:00:00.001Z"],
  ["2025-12-31T23:59:59.999001+00:00", "2026-01-01T00:00:00.000Z"],
] as const;

/** Schedules each event that standard input names, a line of JSON each, and prints their keys. */
const DRIVER = `
import base64, boto3, json, os, sys
from datetime import datetime
s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])
for line in sys.stdin:
    event = json.loads(line)
    seconds = event.get("expiresAfterSeconds")
    key = schedule(
        s3, "${SCHEDULE}", datetime.fromisoformat(event["at"]), "${TARGET}", event["key"], event["id"],
        seconds and timedelta(seconds=seconds), Body=base64.b64decode(event["body"]), ContentType="text/x-test",
    )
    print(json.dumps(key))
`;

/** Debian's boto3 does not know the parameter IfNoneMatch of a put yet. */
const OLD_BOTO3 = `
import boto3
new_client = boto3.client

def client(*args, **options):
    made = new_client(*args, **options)
    put = made.put_object
    if "IfNoneMatch" in made.meta.service_model.operation_model("PutObject").input_shape.members:
        return made

    def put_object(IfNoneMatch=None, **parameters):
        def add(params, **_):
            if IfNoneMatch is not None:
                params["headers"]["If-None-Match"] = IfNoneMatch

        made.meta.events.register("before-call.s3.PutObject", add, "condition")
        try:
            return put(**parameters)
        finally:
            made.meta.events.unregister("before-call.s3.PutObject", unique_id="condition")

    made.put_object = put_object
    return made

boto3.client = client
`;

/** Stores a recurring schedule whose rule, name and target need escapes or a time zone. */
const RECURRING_DRIVER = `
import boto3, os
s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])
schedule_recurring(
    s3, "${SCHEDULE}", "tägliche Grüße", {"cron": "* * * * *", "timeZone": "Europe/Berlin"},
    "${TARGET}", "Grüße/{occurrence}", b"{}", "application/json",
)
`;

skipUnless(withCeph(describe), TEST_NEEDS.boto3)("Python with boto3", () => {
  let pair: BucketPair;
  beforeAll(async () => {
    pair = await startBucketPair();
  });
  afterAll(() => pair?.stop());

  interface Event {
    readonly at: string;
    readonly key: string;
    readonly id?: string;
    readonly expiresAfterSeconds?: number;
    readonly body: Buffer;
  }

  async function schedule(events: readonly Event[]): Promise<string[]> {
    const lines = events.map(({ id = null, body, ...rest }) =>
      JSON.stringify({ ...rest, id, body: body.toString("base64") }),
    );
    const program = shownIn("Python") + DRIVER;
    const printed = await run(pythonWithBoto3() ?? "python3", ["-c", program], {
      env: pair.env,
      input: lines.join("\n"),
    });
    return printed
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  it("writes the keys that keywhen writes", async () => {
    const [at] = INSTANTS[0];
    const events = KEYS.map((key) => ({ at, key, id: `id of ${key}`, body: manyBytes(10) }));
    const keys = await schedule(events);
    const to = (key: string) => ({ bucket: TARGET, key });
    expect(keys).toEqual(
      events.map(({ key, id }) => pendingKey({ at, to: to(key), deliveryId: id }).key),
    );
    expect((await pair.waiting()).sort()).toEqual(keys.sort());
    expect(await pair.sweep()).toMatchObject({ delivered: KEYS.length, unrecognized: 0 });
    for (const key of KEYS) expect((await pair.arrived(key)).body).toEqual(manyBytes(10));
  });

  it("rounds instants up, so that nothing is early", async () => {
    const events = INSTANTS.map(([at], index) => ({ at, key: `${index}`, body: manyBytes(1) }));
    const keys = await schedule(events);
    const instants = keys.map((key) => key.slice(PENDING.length).split("|")[0]);
    expect(instants).toEqual(INSTANTS.map(([, instant]) => instant));
    expect(await pair.sweep()).toMatchObject({ delivered: INSTANTS.length, unrecognized: 0 });
  });

  it("writes events that expire, which are not delivered late", async () => {
    const [at] = INSTANTS[0];
    const event = { at, key: "late", id: "of a year ago" };
    const [key] = await schedule([{ ...event, expiresAfterSeconds: 90.5, body: manyBytes(1) }]);
    const to = { bucket: TARGET, key: "late" };
    expect(key).toBe(pendingKey({ at, to, deliveryId: event.id, expiresAfter: "90.5s" }).key);
    expect(await pair.sweep()).toMatchObject({ delivered: 0, expired: 1, unrecognized: 0 });
  });

  it("has its bodies delivered untouched, with the idempotency key", async () => {
    const [at, when] = INSTANTS[0];
    const body = manyBytes(3_000_001);
    await schedule([{ at, key: "large.bin", id: "order/42", body }]);
    expect(await pair.sweep()).toMatchObject({ delivered: 1 });
    const arrived = await pair.arrived("large.bin");
    expect(arrived.body.equals(body)).toBe(true);
    expect(arrived.info).toMatchObject({
      contentType: "text/x-test",
      metadata: { "keywhen-id": "order/42", "keywhen-at": when },
    });
  });

  it("stores a recurring schedule, whose occurrences the sweeper computes", async () => {
    const shown = shownIn("Python") + shownIn("A recurring schedule");
    const program = OLD_BOTO3 + shown + RECURRING_DRIVER;
    const python = pythonWithBoto3() ?? "python3";
    await run(python, ["-c", program], { env: pair.env });
    await expect(run(python, ["-c", program], { env: pair.env })).rejects.toThrow(
      "PreconditionFailed",
    );
    const schedules = createSchedules({ store: pair.store, bucket: SCHEDULE });
    const nextOf = async () => (await schedules.get("tägliche Grüße"))?.next;
    expect(await nextOf()).toMatchObject({ occurrence: "start" });
    const wakeUps = recurringWakeUps();
    await expect
      .poll(() => pair.sweep({ wakeUps }), { timeout: 15_000, interval: 1_000 })
      .toMatchObject({ passedOver: 1 });
    const next = await nextOf();
    expect(next?.at.getTime()).toBeGreaterThan(Date.now() - 1_000);
    expect(next?.at.getTime()).toBeLessThan(Date.now() + 61_000);
    await schedules.delete("tägliche Grüße");
  });
});
