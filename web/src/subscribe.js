import { createClient } from 'graphql-ws';

/** The answers to a subscription, over a WebSocket of its own. The Headers tab's Authorization says who listens. */
export async function* subscribe(endpoint, operation, headers) {
  const url = new URL(endpoint);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const client = createClient({ url: url.href, connectionParams: { ...headers }, retryAttempts: 0 });
  try {
    yield* client.iterate(operation);
  } catch (error) {
    // The browser's own event says nothing; a closing frame says why.
    throw error?.code ? new Error(`WebSocket ${error.code}: ${error.reason}`) : error;
  } finally {
    await client.dispose();
  }
}
