interface Props {
  readonly bucket: string;
  readonly objectKey: string;
}

/** `bucket/key`, each isolated, so that right-to-left characters in one don't turn the other around. */
export function TargetName({ bucket, objectKey }: Props) {
  return (
    <span class="target mono" title={`${bucket}/${objectKey}`}>
      <bdi class="target-bucket">{bucket}/</bdi>
      <bdi class="target-key">{objectKey}</bdi>
    </span>
  );
}
