interface TargetProps {
  readonly bucket: string;
  readonly objectKey: string;
}

/** `bucket/key`, each isolated, so that right-to-left characters in one do not reverse the other. */
export function TargetName({ bucket, objectKey }: TargetProps) {
  return (
    <span class="target mono" title={`${bucket}/${objectKey}`}>
      <bdi class="target-bucket">{bucket}/</bdi>
      <bdi class="target-key">{objectKey}</bdi>
    </span>
  );
}

/** An event's id with each part in its color. */
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
