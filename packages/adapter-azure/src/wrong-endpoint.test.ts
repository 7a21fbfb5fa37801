import { REACHING, startWrongEndpoint, storeErrorOf, WRONG_ENDPOINTS } from "@keywhen/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { azureStore } from "./azure-store.js";
import { clientOf } from "./testing/client-of.js";

describe.each(Object.entries(WRONG_ENDPOINTS))("%s", (_, wrong) => {
  it.each(REACHING)(
    "names cause and fix, and says whether anything was sent: %s",
    async (_, operate) => {
      const server = await startWrongEndpoint(wrong);
      onTestFinished(server.stop);
      const error = await storeErrorOf(operate(azureStore({ client: clientOf(server) })));
      expect(error.message).toMatch(wrong.message);
      expect(error).toMatchObject({ code: wrong.code });
      // Azure's SDK keeps no byte of an answer that isn't HTTP.
      const isUndecided = wrong.undecided || error.message.includes("the answer is not HTTP");
      if (error.operation === "put") expect(error.undecided).toBe(isUndecided);
    },
  );
});
