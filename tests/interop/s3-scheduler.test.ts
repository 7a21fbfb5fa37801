import { s3SchedulerCodec } from "@keywhen/s3-scheduler";
import {
  manyBytes,
  pythonWithBoto3,
  skipUnless,
  TEST_NEEDS,
  withCeph,
} from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../packaging/run.js";
import { type BucketPair, SCHEDULE, startBucketPair, TARGET } from "./bucket-pair.js";

/** Puts events as the Python package did: its own parts of the key, quoted by Python itself. */
const PROGRAM = `
import boto3, os, sys
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

s3 = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL_S3"])
body = sys.stdin.buffer.read()

def schedule(when, key):
    parts = [str(when), "${TARGET}", key]
    name = "|".join([quote(parts[0]), quote(parts[1]), quote(parts[2]).replace("/", "~~")])
    s3.put_object(Bucket="${SCHEDULE}", Key="scheduled/|" + name, Body=body, ContentType="text/x-old")

noon = datetime(2026, 1, 1, 12)
schedule(noon, "naive.bin")
schedule(noon.replace(tzinfo=timezone.utc), "important files/report.bin")
schedule(noon.replace(microsecond=250500, tzinfo=timezone(timedelta(hours=2))), "Grüße/🎉.bin")
schedule(datetime.now(timezone.utc) + timedelta(hours=1), "later.bin")
`;

const DUE = ["naive.bin", "important files/report.bin", "Grüße/🎉.bin"];

skipUnless(withCeph(describe), TEST_NEEDS.boto3)(
  "events that the Python package s3-scheduler wrote",
  () => {
    let pair: BucketPair;
    beforeAll(async () => {
      pair = await startBucketPair();
    });
    afterAll(() => pair?.stop());

    it("are swept where they lie, with the body untouched", async () => {
      const body = manyBytes(100_001);
      await run(pythonWithBoto3() ?? "python3", ["-c", PROGRAM], { env: pair.env, input: body });
      const report = await pair.sweep({ root: "scheduled", codec: s3SchedulerCodec });
      expect(report).toMatchObject({ delivered: DUE.length, unrecognized: 0 });
      for (const key of DUE) {
        const arrived = await pair.arrived(key);
        expect(arrived.body.equals(body)).toBe(true);
        expect(arrived.info.contentType).toBe("text/x-old");
      }
      expect(await pair.waiting("scheduled/|")).toEqual([expect.stringMatching(/\|later\.bin$/)]);
    });
  },
);
