import { skipUnless } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { inOwnMounts, OWN_MOUNTS } from "../fixtures/own-mounts.js";
import { temporaryStore } from "../fixtures/temporary-store.js";

skipUnless(describe, OWN_MOUNTS)("a bucket that is a mounted file system", () => {
  it("keeps the first copy of an event whose sweeper was killed between copy and delete", async () => {
    const { folder } = await temporaryStore();
    const [killed, report, swept] = await inOwnMounts(
      folder,
      `mount -t tmpfs tmpfs out
       task scheduleDue
       task sweepUntilCopied || true
       task showTarget
       task sweepLater
       task showTarget`,
    );
    expect(killed).toMatchObject({ body: "body", waiting: 1 });
    expect(report).toEqual({ outcome: "swept", delivered: 0, alreadyDelivered: 1 });
    expect(swept).toEqual({ ...Object(killed), waiting: 0 });
  });
});
