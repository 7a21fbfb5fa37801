/** An event's id with its parts in their colours. Its text is only ever text, whatever its writer made of it. */
export function EventId({ id }: { id: string }) {
  const [when, bucket, key, delivery] = id.split("|");
  return (
    <bdi class="event-id mono" dir="ltr">
      <span class="part-when">{when}</span>|<span class="part-bucket">{bucket}</span>|
      <span class="part-key">{key}</span>
      {delivery !== undefined && (
        <>
          |<span class="part-delivery">{delivery}</span>
        </>
      )}
    </bdi>
  );
}
