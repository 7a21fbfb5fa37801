import { isDeliveryOf } from "@keywhen/core/internal";
import { type Context, Hono } from "hono";
import type { DeliveredObject, Delivery, DeliveryPage } from "../api/events.js";
import { notFound } from "../api-failure.js";
import { check, idCheck, nothingCheck } from "../checks.js";
import type { Demo } from "../open-demo.js";
import { sendBody } from "./send-body.js";

/** Deliveries: `/api/delivered`. Only the targets of kept deliveries can be read. */
export function deliveredRoutes({ deliveries, home }: Demo): Hono {
  const deliveryOf = (c: Context): Delivery => {
    const delivery = deliveries.get(check(idCheck, c.req.param("id")));
    if (delivery === undefined) throw notFound("delivery");
    return delivery;
  };
  return new Hono()
    .get("/", (c) => {
      check(nothingCheck, c.req.query());
      return c.json({ deliveries: deliveries.all() } satisfies DeliveryPage);
    })
    .get("/:id", async (c) => {
      check(nothingCheck, c.req.query());
      return c.json(await lookAt(home.store, deliveryOf(c)));
    })
    .get("/:id/body", async (c) => {
      const { to } = deliveryOf(c);
      const opened = await home.store.get(to);
      if (opened === undefined) throw notFound("object");
      return sendBody(c, { stream: opened.body, size: opened.size, key: to.key });
    });
}

async function lookAt(store: Demo["home"]["store"], delivery: Delivery): Promise<DeliveredObject> {
  const info = await store.head(delivery.to);
  if (info === undefined) return { delivery, object: "gone" };
  const { size, contentType, metadata, lastModified } = info;
  return {
    delivery,
    object: isDeliveryOf(delivery.id, metadata) ? "there" : "replaced",
    size,
    contentType,
    writtenAt: lastModified.toISOString(),
    metadata,
  };
}
