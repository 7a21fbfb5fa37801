import { expect, it } from "vitest";
import { keptCredentials } from "./credentials.js";

const credentials = (accessKeyId: string) => ({ accessKeyId, secretAccessKey: "secret" });

it("asks for the credentials once a second at most, and takes over new ones", async () => {
  const provided = [credentials("first"), credentials("second")];
  let nowMs = 0;
  let asked = 0;
  const current = keptCredentials(
    async () => provided[asked++] ?? credentials("none"),
    () => nowMs,
  );
  expect(await current()).toEqual(credentials("first"));
  nowMs = 999;
  expect(current()).toEqual(credentials("first"));
  nowMs = 1_000;
  expect(await current()).toEqual(credentials("second"));
  expect(asked).toBe(2);
});

it("keeps no failure", async () => {
  const answers = [Promise.reject(new Error("no profile")), Promise.resolve(credentials("found"))];
  const current = keptCredentials(
    () => answers.shift() ?? Promise.reject(new Error("asked too often")),
    () => 0,
  );
  await expect(current()).rejects.toThrow("no profile");
  expect(await current()).toEqual(credentials("found"));
});
