// From CommonJS: Node requires ES modules from 20.19 on.
const { createScheduler, createSweeper } = require("@keywhen/core");
const { manualClock, memoryStore } = require("@keywhen/core/testing");

async function deliver() {
  const clock = manualClock("2026-12-24T08:00Z");
  const home = { store: memoryStore({ clock }), bucket: "schedule", clock };
  const to = { bucket: "inbox", key: "hello.txt" };
  await createScheduler(home).schedule({ in: "1h", to, body: "hello" });
  await clock.advance("1h");
  const { delivered } = await createSweeper({ ...home, allowTargets: ["*"] }).sweep();
  const { body } = await home.store.get(to);
  console.log(JSON.stringify({ delivered, body: await new Response(body).text() }));
}
void deliver();
