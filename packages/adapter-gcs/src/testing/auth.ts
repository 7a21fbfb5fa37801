import { OAuth2Client } from "google-auth-library";

/** Credentials that are there. */
export function signedWith(token: string): OAuth2Client {
  const client = new OAuth2Client();
  client.setCredentials({ access_token: token });
  return client;
}

/** Credentials that fail, or never come. */
export function unsigned(outcome: Error | Promise<never>): OAuth2Client {
  return Object.assign(new OAuth2Client(), {
    getRequestHeaders: async () => {
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  });
}
