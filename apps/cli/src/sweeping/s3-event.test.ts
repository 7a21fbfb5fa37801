import { parseNotification } from "@keywhen/consumer";
import { describe, expect, it } from "vitest";
import { s3CopyEvent } from "./s3-event.js";

const COPIED = { bucket: "reminders", size: 13, copiedAt: new Date("2026-11-24T10:00:00Z") };

describe("s3CopyEvent()", () => {
  it.each(["42.json", "a b+c/d%41é|&=~*'().json", "ünï/\u{1f600} ?#"])(
    "names %s as consumers read it",
    (key) => {
      const sent = JSON.stringify(s3CopyEvent({ ...COPIED, key }));
      expect(parseNotification(sent)).toEqual([{ bucket: "reminders", key }]);
    },
  );

  it("writes keys as S3 does, a blank as + and a slash unchanged", () => {
    const [record] = s3CopyEvent({ ...COPIED, key: "a b/c+d" }).Records;
    expect(record?.s3.object).toMatchObject({ key: "a+b/c%2Bd", size: 13 });
  });
});
