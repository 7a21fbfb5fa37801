import { errorAt, mistakesIn, REACHING, WRONG_ENDPOINTS } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { azureStore } from "./azure-store.js";
import { clientOf } from "./testing/client-of.js";

const open = (server: { readonly endpoint: string }) => azureStore({ client: clientOf(server) });

describe.each(Object.entries(WRONG_ENDPOINTS))("%s", (_, wrong) => {
  it.each(REACHING)(
    "names cause and fix, and says whether anything was sent: %s",
    async (_, operate) => {
      const error = await errorAt(wrong, operate, open);
      // Azure's SDK keeps no byte of an answer that isn't HTTP.
      const undecided = wrong.undecided || error.message.includes("the answer is not HTTP");
      expect(mistakesIn(error, { ...wrong, undecided })).toEqual([]);
    },
  );
});
