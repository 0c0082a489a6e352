// Subscribes with the npm clients graphql-ws and graphql-sse to a running Tradewind that has the demo data, and changes what they watch:
//
//     npm ci && node check.mjs http://127.0.0.1:8000
import assert from 'node:assert/strict';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [base] = process.argv.slice(2);
if (!base) {
  console.error('usage: node check.mjs BASE_URL');
  process.exit(2);
}
const endpoint = new URL('graphql', base.endsWith('/') ? base : `${base}/`).href;
const seller = { email: 'seller@tradewind.example', password: 'seller-at-the-quay', kind: 'APP' };
const PRODUCT = '{ product(slug: "harbour-rain-jacket") { id name version seller { id version } } }';
const WATCH = `subscription Watch($ids: [ID!], $after: String) {
  productChanged(productIds: $ids, after: $after) { kind position product { name } } }`;

const checks = {
  'graphql-ws hears of a change': () => hear(overWebSocket()),
  'graphql-sse hears of a change': () => hear(overEvents()),
  'graphql-ws misses nothing when its socket breaks': resume,
  'graphql-ws asks queries and mutations too': single,
  'graphql-sse asks queries too': singleByEvents,
  'graphql-ws is told what is wrong with a subscription': refused,
  'graphql-ws is told that a token is not good': notGood,
};

let token;
let product;
let claim;
setTimeout(() => fail(new Error('it takes too long')), 60_000).unref();
try {
  token = (
    await ask(
      `mutation ($input: SessionCreateInput!) { done: sessionCreate(input: $input) { accessToken } }`,
      { input: seller },
    )
  ).done.accessToken;
  for (claim of Object.keys(checks)) {
    product = (await ask(PRODUCT)).product;
    await checks[claim]();
    console.log(`it is so that ${claim}`);
  }
  console.log('Subscriptions work.');
  process.exit(0);
} catch (error) {
  fail(error);
}

function fail(error) {
  console.error(`Subscriptions check failed: it is not so that ${claim}. ${error?.stack ?? JSON.stringify(error)}`);
  process.exit(1);
}

async function ask(query, variables) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined, JSON.stringify(errors));
  return data;
}

/** Gives the product another name, and returns that. */
async function rename() {
  const { id, version } = (await ask(PRODUCT)).product;
  const name = `Jacket ${version}`;
  const { done } = await ask(
    'mutation ($input: ProductUpdateInput!) { done: productUpdate(input: $input) { userErrors { message } } }',
    { input: { id, expectedVersion: version, name } },
  );
  assert.deepEqual(done.userErrors, []);
  return name;
}

function overWebSocket(options = {}) {
  return createClient({
    url: endpoint.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    ...options,
  });
}

function overEvents() {
  return createSseClient({ url: endpoint, headers: { authorization: `Bearer ${token}` } });
}

async function next(events) {
  const { value, done } = await events.next();
  assert.equal(done, false);
  assert.equal(value.errors, undefined, JSON.stringify(value.errors));
  return value.data.productChanged;
}

async function hear(client) {
  const events = client.iterate({ query: WATCH, variables: { ids: [product.id] } });
  assert.equal((await next(events)).kind, 'STARTED');
  for (let round = 0; round < 3; round += 1) {
    const name = await rename();
    const change = await next(events);
    assert.deepEqual([change.kind, change.product.name], ['CHANGED', name]);
  }
  await events.return();
  client.dispose();
}

/** The client connects again by itself; where it stood it says with `after`. */
async function resume() {
  const client = overWebSocket({ retryAttempts: 0 });
  let events = client.iterate({ query: WATCH, variables: { ids: [product.id] } });
  const { position } = await next(events);
  client.terminate();
  await events.next().catch(() => {});
  const name = await rename();
  const again = overWebSocket();
  events = again.iterate({ query: WATCH, variables: { ids: [product.id], after: position } });
  assert.equal((await next(events)).kind, 'STARTED');
  const change = await next(events);
  assert.deepEqual([change.kind, change.product.name], ['CHANGED', name]);
  await events.return();
  await again.dispose();
}

async function single() {
  const client = overWebSocket();
  const answers = [];
  for await (const answer of client.iterate({ query: PRODUCT })) answers.push(answer);
  assert.equal(answers.length, 1);
  assert.equal(answers[0].data.product.id, product.id);
  const query = `mutation { sellerUpdate(input: { id: "${product.seller.id}", expectedVersion: ${product.seller.version}, description: "By the sea." }) { userErrors { code } } }`;
  for await (const answer of client.iterate({ query })) answers.push(answer);
  assert.equal(answers.length, 2);
  assert.equal(answers[1].errors, undefined, JSON.stringify(answers[1].errors));
  await client.dispose();
}

async function singleByEvents() {
  const client = overEvents();
  const answers = [];
  for await (const answer of client.iterate({ query: PRODUCT })) answers.push(answer);
  assert.deepEqual(answers.map((answer) => answer.data.product.id), [product.id]);
  client.dispose();
}

async function refused() {
  const client = overWebSocket();
  const events = client.iterate({ query: 'subscription { productChanged { kind } }' });
  const errors = await events.next().then(
    () => assert.fail('it was let in'),
    (errors) => errors,
  );
  assert.equal(errors[0].extensions.code, 'VALIDATION_ERROR');
  await client.dispose();
}

async function notGood() {
  const client = overWebSocket({ connectionParams: { authorization: 'Bearer nonsense' }, retryAttempts: 0 });
  const closed = await client.iterate({ query: PRODUCT }).next().then(
    () => assert.fail('it was let in'),
    (event) => event,
  );
  assert.deepEqual([closed.code, closed.reason], [4403, 'Forbidden']);
  await client.dispose();
}
