// What the checks know of the demo, and what several of them do.
import assert from 'node:assert/strict';

/** Where GraphQL is asked, over HTTP. */
export const endpoint = new URL('/graphql', process.env.TRADEWIND_URL ?? 'http://127.0.0.1:8000').href;

/** The same over WebSocket. */
export const socketEndpoint = endpoint.replace(/^http/, 'ws');

/** The server that runs no documents but those of the manifests. */
export const trustingEndpoint =
  process.env.TRADEWIND_TRUSTING_URL && new URL('/graphql', process.env.TRADEWIND_TRUSTING_URL).href;

/** The demo's seller, who owns a shop. */
export const seller = { email: 'seller@tradewind.example', password: 'seller-at-the-quay' };

/** A document of the documents that every client sends in its own way. */
export const SIGN_IN = `
  mutation SignIn($email: String!, $password: String!) {
    sessionCreate(input: { email: $email, password: $password, kind: APP }) {
      accessToken
      userErrors { code message }
    }
  }
`;

/** Asks without any client, and returns what came. */
export async function ask(query, variables = {}, token = undefined) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json',
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

/** An access token of the demo's seller. */
export async function signIn() {
  const { data } = await ask(SIGN_IN, seller);
  assert.deepEqual(data.sessionCreate.userErrors, []);
  return data.sessionCreate.accessToken;
}

/** The id of the shop that the seller owns. */
export async function ownShop(token) {
  const { data } = await ask('{ viewer { shops(first: 1) { nodes { seller { id } } } } }', {}, token);
  return data.viewer.shops.nodes[0].seller.id;
}

/** A product of the seller's, for sale at once, with one variant. */
export async function publishProduct(token) {
  const created = await ask(
    `mutation ($input: ProductCreateInput!) {
      productCreate(input: $input) { product { id variants(first: 1) { nodes { id } } } userErrors { message } }
    }`,
    { input: newProduct(await ownShop(token)) },
    token,
  );
  assert.deepEqual(created.data?.productCreate.userErrors, [], JSON.stringify(created));
  const { id, variants } = created.data.productCreate.product;
  const published = await ask(
    `mutation ($id: ID!) {
      productPublish(input: { id: $id, expectedVersion: 1 }) { product { version } userErrors { message } }
    }`,
    { id },
    token,
  );
  assert.deepEqual(published.data?.productPublish.userErrors, [], JSON.stringify(published));
  return { id, version: published.data.productPublish.product.version, variant: variants.nodes[0].id };
}

/** The input of a new product, whose name no other has. */
export function newProduct(sellerId) {
  const name = uniqueName();
  const sku = name.replaceAll(' ', '-');
  return { sellerId, name, variants: [{ sku, price: { amount: '49.00', currency: 'USD' } }] };
}

export function uniqueName() {
  return `Tide Clock ${crypto.randomUUID()}`;
}

/** A `fetch` that notes what was sent, in `sent`, and what came back. */
export function notingFetch() {
  const sent = [];
  const noting = async (input, init) => {
    const request = new Request(input, init);
    const entry = { method: request.method, url: new URL(request.url), body: undefined };
    const text = init?.body;
    if (text) entry.body = JSON.parse(text);
    sent.push(entry);
    const response = await fetch(input, init);
    entry.status = response.status;
    entry.type = response.headers.get('content-type');
    return response;
  };
  return Object.assign(noting, { sent });
}

/** Waits until `condition` returns something, and returns it; fails after ten seconds. */
export async function eventually(condition, what) {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    const found = await condition();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${what} did not come within ten seconds`);
}
