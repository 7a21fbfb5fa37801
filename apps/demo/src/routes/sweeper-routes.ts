import { Hono } from "hono";
import type { Demo } from "../demo.js";

/** This server's sweeper: `/api/sweeper`. */
export function sweeperRoutes({ sweeper }: Demo): Hono {
  return new Hono()
    .post("/start", (c) => {
      sweeper.start();
      return c.json(sweeper.state());
    })
    .post("/stop", async (c) => {
      await sweeper.stop();
      return c.json(sweeper.state());
    })
    .post("/sweep", async (c) => c.json(await sweeper.sweepNow()));
}
