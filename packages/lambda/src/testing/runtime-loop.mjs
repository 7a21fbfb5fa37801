// The part of Lambda's runtime that calls a handler: a plain loop over the Runtime API.
const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const post = (path, body) =>
  fetch(`${base}/${path}`, { method: "POST", body: JSON.stringify(body) });
const describe = (error) => ({ errorType: error.name, errorMessage: error.message });

const { handler } = await import(process.argv[2]).catch(async (error) => {
  await post("init/error", describe(error));
  process.exit(1);
});
for (;;) {
  const next = await fetch(`${base}/invocation/next`);
  const id = next.headers.get("lambda-runtime-aws-request-id");
  const deadlineMs = Number(next.headers.get("lambda-runtime-deadline-ms"));
  const context = { getRemainingTimeInMillis: () => deadlineMs - Date.now() };
  try {
    await post(`invocation/${id}/response`, await handler(await next.json(), context));
  } catch (error) {
    await post(`invocation/${id}/error`, describe(error));
  }
}
