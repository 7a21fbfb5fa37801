import { BlobServiceClient } from "@azure/storage-blob";
import { azureStore } from "@keywhen/adapter-azure";
import { createScheduler } from "@keywhen/core";
import { openAzuriteAccount, type TestAzureServer } from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

describe("the Azure Functions timer", () => {
  let server: TestAzureServer;
  beforeAll(async () => {
    server = await openAzuriteAccount();
    const { endpoint, account, connectionString } = server;
    process.env["AZURE_STORAGE_CONNECTION_STRING"] = connectionString;
    process.env["KEYWHEN_STORE"] = `azure://${account}/schedule?endpoint=${endpoint}`;
    process.env["KEYWHEN_ALLOW_TARGETS"] = "reminders/*";
  });
  afterAll(() => server?.stop());

  it("delivers what is due and logs its report as one line", async () => {
    const client = BlobServiceClient.fromConnectionString(server.connectionString);
    for (const name of ["schedule", "reminders"]) await client.createContainer(name);
    const store = azureStore({ client });
    const to = { bucket: "reminders", key: "42.json" };
    await createScheduler({ store, bucket: "schedule" }).schedule({ at: new Date(), to });
    const { sweep } = await import("./sweep.js");
    const lines: string[] = [];
    await sweep({}, { log: (line: string) => void lines.push(line) });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { outcome: "swept", delivered: 1, undeleted: 0 },
    ]);
    expect(await store.head(to)).toBeDefined();
  });
});
