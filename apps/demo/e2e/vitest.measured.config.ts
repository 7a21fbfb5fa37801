import { defineConfig } from "vitest/config";
import { MEASURING } from "./measuring.js";

export default defineConfig({
  test: {
    name: "demo-measured",
    include: [...MEASURING],
    testTimeout: 60_000, // real browsers and real time: an event that is due in 5 s takes 5 s
    hookTimeout: 120_000,
    fileParallelism: false, // one browser at a time: instants are measured
    sequence: { groupOrder: 1 }, // and after all other tests, which would keep the machine busy
  },
});
