import { isDeliveryOf } from "@keywhen/core/internal";
import { type Context, Hono } from "hono";
import type { DeliveredObject, Delivery, DeliveryPage } from "../api/events.js";
import { notFound } from "../api-failure.js";
import { check, idCheck, nothingCheck } from "../checks.js";
import type { Demo } from "../open-demo.js";
import { sendBody } from "./send-body.js";

/**
 * Deliveries: `/api/delivered`. Only the targets of kept deliveries can be read; for one from the journal, which other programs may
 * write, only if its target has it.
 */
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
      const delivery = deliveryOf(c);
      const opened = await home.store.get(delivery.to);
      if (opened === undefined) throw notFound("object");
      if (delivery.by === "journal" && !isDeliveryOf(delivery.id, opened.metadata)) {
        await opened.body.cancel();
        throw notFound("object");
      }
      return sendBody(c, { stream: opened.body, size: opened.size, key: delivery.to.key });
    });
}

async function lookAt(store: Demo["home"]["store"], delivery: Delivery): Promise<DeliveredObject> {
  if (delivery.toDestination) return { delivery, object: "none" };
  const info = await store.head(delivery.to);
  if (info === undefined) return { delivery, object: "gone" };
  const { size, contentType, metadata, lastModified } = info;
  const object = isDeliveryOf(delivery.id, metadata) ? "there" : "replaced";
  if (object === "replaced" && delivery.by === "journal") return { delivery, object };
  return {
    delivery,
    object,
    size,
    contentType,
    writtenAt: lastModified.toISOString(),
    metadata,
  };
}
