import type { ComponentChildren } from "preact";
import type {
  DeadLetterDetails,
  DeliveredObject,
  WaitingEventDetails,
} from "../../src/api/events.js";
import { bytes } from "../format/count.js";
import { fromNow, span } from "../format/span.js";
import { clockTimeToTheMs, fullTime } from "../format/time.js";
import { nowMs } from "../live/page-clock.js";
import { TargetName } from "../parts/names.js";

export function WaitingFacts({ details }: { details: WaitingEventDetails }) {
  const closesMs = Date.parse(details.closesAt);
  const dueMs = Date.parse(details.at);
  return (
    <dl class="facts">
      <Due atMs={dueMs} />
      <Goes to={details.to} />
      <Fact name="Size">{bytes(details.size)}</Fact>
      <Typed contentType={details.contentType} />
      <Fact name="Written">{fullTime(Date.parse(details.writtenAt))}</Fact>
      {closesMs < dueMs && (
        <Fact name="Closes">
          {fromNow(closesMs, nowMs.value)}: then it can't be moved or cancelled
        </Fact>
      )}
      <Metadata metadata={details.metadata} />
    </dl>
  );
}

const OBJECT = {
  there: "the delivered object",
  replaced: "another object",
  gone: "no object: it was consumed or deleted",
  none: "no object: it went to a destination",
};

/** The details of a delivery, and what is at its target now. */
export function DeliveredFacts({ seen }: { seen: DeliveredObject }) {
  const { delivery } = seen;
  return (
    <dl class="facts">
      <Fact name="Due">{clockTimeToTheMs(Date.parse(delivery.at))}</Fact>
      <Fact name="Delivered">
        {clockTimeToTheMs(Date.parse(delivery.deliveredAt))}, {span(delivery.latenessMs)} late
        {delivery.by === "elsewhere" && ", by another sweeper"}
        {delivery.sweeper !== undefined && (
          <>
            , by <bdi>{delivery.sweeper}</bdi>
          </>
        )}
      </Fact>
      <Goes to={delivery.to} />
      <Fact name="At the target">{OBJECT[seen.object]}</Fact>
      {seen.size !== undefined && <Fact name="Size">{bytes(seen.size)}</Fact>}
      <Typed contentType={seen.contentType} />
      <Metadata metadata={seen.metadata ?? {}} />
    </dl>
  );
}

export function DeadFacts({ details }: { details: DeadLetterDetails }) {
  return (
    <dl class="facts">
      <Fact name="Was due">{fullTime(Date.parse(details.at))}</Fact>
      <Fact name="Dead since">{fullTime(Date.parse(details.diedAt))}</Fact>
      {details.reason && (
        <Fact name="Reason">
          <span class="tag bad">{details.reason}</span>
        </Fact>
      )}
      {details.error && (
        <Fact name="Error">
          <bdi>
            {details.error.code}: {details.error.message}
          </bdi>
        </Fact>
      )}
      <Goes to={details.to} />
      <Fact name="Size">{bytes(details.size)}</Fact>
      <Typed contentType={details.contentType} />
      <Metadata metadata={details.metadata} />
    </dl>
  );
}

function Due({ atMs }: { atMs: number }) {
  return (
    <Fact name="Due">
      {fullTime(atMs)}, {fromNow(atMs, nowMs.value)}
    </Fact>
  );
}

function Goes({ to }: { to: { bucket: string; key: string } }) {
  return (
    <Fact name="Target">
      <TargetName bucket={to.bucket} objectKey={to.key} />
    </Fact>
  );
}

function Typed({ contentType }: { contentType: string | undefined }) {
  return contentType === undefined ? null : (
    <Fact name="Type">
      <bdi class="mono">{contentType}</bdi>
    </Fact>
  );
}

function Metadata({ metadata }: { metadata: Readonly<Record<string, string>> }) {
  return (
    <>
      {Object.entries(metadata).map(([name, value]) => (
        <Fact key={name} name={name}>
          <bdi class="mono">{value}</bdi>
        </Fact>
      ))}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
