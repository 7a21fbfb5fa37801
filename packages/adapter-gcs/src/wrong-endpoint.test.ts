import { errorAt, mistakesIn, REACHING, WRONG_ENDPOINTS } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { gcsStore } from "./gcs-store.js";
import { clientOf } from "./testing/client-of.js";

const open = (server: { readonly endpoint: string }) => gcsStore({ client: clientOf(server) });

describe.each(Object.entries(WRONG_ENDPOINTS))("%s", (_, wrong) => {
  it.each(REACHING)(
    "names cause and fix, and says whether anything was sent: %s",
    async (_, operate) => {
      expect(mistakesIn(await errorAt(wrong, operate, open), wrong)).toEqual([]);
    },
  );
});
