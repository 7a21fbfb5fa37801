import { Hono } from "hono";
import { ApiFailure, answerTo } from "./api-failure.js";
import { check, nothingCheck } from "./checks.js";
import type { Demo } from "./open-demo.js";
import { deadRoutes } from "./routes/dead-routes.js";
import { deliveredRoutes } from "./routes/delivered-routes.js";
import { eventRoutes } from "./routes/event-routes.js";
import { sendLive } from "./routes/live-route.js";
import { scheduleRoutes } from "./routes/schedule-routes.js";
import {
  notReadOnly,
  onLoopbackName,
  sameSite,
  withSecurityHeaders,
  withToken,
} from "./security.js";

export interface AppOptions {
  readonly demo: Demo;
  /** The page's files. */
  readonly page: Hono;
  /** `undefined` on loopback, where no token is needed. */
  readonly token: string | undefined;
  /** Closes live connections when the server ends. */
  readonly ending: AbortSignal;
}

/** The page and its API. */
export function createApp({ demo, page, token, ending }: AppOptions): Hono {
  const app = new Hono();
  app.onError((error, c) => {
    const { status, body } = answerTo(error);
    return c.json(body, status);
  });
  app.notFound((c) => {
    throw new ApiFailure(404, "not-found", `There is nothing at ${c.req.path}.`, "Open / instead.");
  });
  app.use(withSecurityHeaders);
  app.use(token === undefined ? onLoopbackName : withToken(token));
  app.use("/api/*", sameSite);
  app.use("/api/*", async (c, next) => {
    await next();
    if (!c.res.headers.has("cache-control")) c.header("cache-control", "no-store");
  });
  if (demo.isReadOnly) app.use("/api/*", notReadOnly);
  app.get("/api/state", async (c) => {
    check(nothingCheck, c.req.query());
    await demo.lookOut.refresh();
    return c.json(demo.state());
  });
  app.get("/api/live", sendLive(demo, ending));
  app.route("/api/events", eventRoutes(demo));
  app.route("/api/delivered", deliveredRoutes(demo));
  app.route("/api/dead", deadRoutes(demo));
  app.route("/api/schedules", scheduleRoutes(demo));
  app.route("/api/sweeper", sweeperRoutes(demo));
  app.route("/", page);
  return app;
}

/** This server's sweeper. */
function sweeperRoutes({ sweeper }: Demo): Hono {
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
