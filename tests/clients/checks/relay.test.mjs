// Relay's runtime with the documents that relay-compiler made: asked by their hashes alone, of the server that has their manifest.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createClient } from 'graphql-ws';
import relay from 'relay-runtime';
import { WebSocket } from 'ws';
import { eventually, newProduct, seller, trustingEndpoint, uniqueName } from '../shop.mjs';

const {
  commitMutation, ConnectionHandler, createOperationDescriptor, Environment, fetchQuery, getRequest, getSelector, Network,
  Observable, RecordSource, requestSubscription, ROOT_ID, Store,
} = relay;

const made = async (name) => (await import(`../generated/relay/${name}.graphql.js`)).default;
const shopQuery = await made('documentsShopQuery');
const pageQuery = await made('documentsProductsPageQuery');
const productsFragment = await made('documents_products');
const nodeQuery = await made('documentsNodeQuery');
const productQuery = await made('documentsProductQuery');

const sockets = [];
after(() => Promise.all(sockets.map((socket) => socket.dispose())));

function environment(token) {
  const sent = [];
  const socket = createClient({
    url: trustingEndpoint.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: () => (token ? { authorization: `Bearer ${token}` } : {}),
  });
  sockets.push(socket);
  const network = Network.create(async ({ id, text }, variables) => {
    assert.equal(text, null, 'the compiler left the text in');
    sent.push(id);
    const response = await fetch(trustingEndpoint, {
      method: 'POST',
      headers: {
        accept: 'application/graphql-response+json',
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ documentId: `sha256:${id}`, variables }),
    });
    return response.json();
  }, ({ id }, variables) =>
    Observable.create((sink) =>
      // graphql-ws insists on a text; an empty one is none.
      socket.subscribe({ query: '', documentId: `sha256:${id}`, variables }, sink),
    ),
  );
  return Object.assign(new Environment({ network, store: new Store(new RecordSource()) }), { sent });
}

function mutate(env, mutation, variables) {
  return new Promise((onCompleted, onError) => {
    commitMutation(env, { mutation, variables, onCompleted, onError });
  });
}

async function signedIn() {
  const { sessionCreate } = await mutate(environment(), await made('documentsSignInMutation'), seller);
  assert.deepEqual(sessionCreate.userErrors, []);
  return environment(sessionCreate.accessToken);
}

/** What the list of products shows, as a component would read it. */
function shownProducts(env, operation) {
  const root = env.lookup(operation.fragment);
  const selector = getSelector(productsFragment, root.data);
  return env.lookup(selector).data.products;
}

test('a list grows page by page in the store', async () => {
  const env = environment();
  const operation = createOperationDescriptor(getRequest(shopQuery), { count: 3 });
  env.retain(operation);
  await fetchQuery(env, shopQuery, { count: 3 }).toPromise();
  for (const count of [6, 9]) {
    const { pageInfo, edges } = shownProducts(env, operation);
    assert.equal(edges.length, count - 3);
    await fetchQuery(env, pageQuery, { count: 3, cursor: pageInfo.endCursor }).toPromise();
    assert.equal(shownProducts(env, operation).edges.length, count);
  }
  const ids = shownProducts(env, operation).edges.map(({ node }) => node.id);
  assert.equal(new Set(ids).size, 9, 'a product came twice');
  assert.deepEqual(env.sent, [shopQuery.params.id, pageQuery.params.id, pageQuery.params.id]);
});

test('an object is fetched anew by its id alone', async () => {
  const env = environment();
  const operation = createOperationDescriptor(getRequest(shopQuery), { count: 1 });
  env.retain(operation);
  await fetchQuery(env, shopQuery, { count: 1 }).toPromise();
  const [{ node }] = shownProducts(env, operation).edges;
  const { node: again } = await fetchQuery(env, nodeQuery, { id: node.id }).toPromise();
  assert.equal(again.__typename, 'Product');
  const refetched = createOperationDescriptor(getRequest(productQuery), { id: node.id });
  await fetchQuery(env, productQuery, { id: node.id }).toPromise();
  assert.equal(env.getStore().getSource().get(node.id).name, again.name);
  assert.ok(refetched.request.identifier);
});

test('mutations change the list and its items where they are shown', async () => {
  const env = await signedIn();
  const operation = createOperationDescriptor(getRequest(shopQuery), { count: 3 });
  env.retain(operation);
  await fetchQuery(env, shopQuery, { count: 3 }).toPromise();
  const { viewer } = await fetchQuery(env, await made('documentsOwnShopQuery'), {}).toPromise();
  const input = newProduct(viewer.shops.nodes[0].seller.id);
  const list = ConnectionHandler.getConnectionID(ROOT_ID, 'documents_products', { sort: { by: 'NAME', direction: 'ASC' } });
  const { productCreate } = await mutate(env, await made('documentsCreateMutation'), { input, connections: [list] });
  assert.deepEqual(productCreate.userErrors, []);
  const { edges } = shownProducts(env, operation);
  assert.equal(edges.length, 4);
  const { id } = edges.at(-1).node;
  const kept = () => env.getStore().getSource().get(id);
  assert.equal(kept().name, input.name);

  const update = await made('documentsUpdateMutation');
  const name = uniqueName();
  await mutate(env, update, { input: { id, expectedVersion: kept().version, name } });
  assert.equal(kept().name, name);
  const stale = await mutate(env, update, { input: { id, expectedVersion: 1, name: 'Late' } });
  assert.equal(stale.productUpdate.userErrors[0].code, 'CONFLICT');
  assert.equal(kept().name, name);
});

test('a subscription changes what is shown, by the hash of its document', async () => {
  const env = await signedIn();
  const { viewer } = await fetchQuery(env, await made('documentsOwnShopQuery'), {}).toPromise();
  const input = newProduct(viewer.shops.nodes[0].seller.id);
  const { productCreate } = await mutate(env, await made('documentsCreateMutation'), { input, connections: [] });
  const id = env.getStore().getSource().getRecordIDs().find((key) => env.getStore().getSource().get(key).name === input.name);
  assert.deepEqual(productCreate.userErrors, []);
  env.retain(createOperationDescriptor(getRequest(productQuery), { id }));
  await fetchQuery(env, productQuery, { id }).toPromise();

  const kinds = [];
  const subscription = await made('documentsChangedSubscription');
  const { dispose } = requestSubscription(env, {
    subscription,
    variables: { ids: [id] },
    onNext: ({ productChanged }) => kinds.push(productChanged.kind),
    onError: (error) => kinds.push(JSON.stringify(error)),
  });
  await eventually(() => kinds.at(-1) === 'STARTED', 'the beginning');

  // By someone else: this store hears of it by the event alone.
  const other = await signedIn();
  const name = uniqueName();
  const { version } = env.getStore().getSource().get(id);
  const update = await made('documentsUpdateMutation');
  const { productUpdate } = await mutate(other, update, { input: { id, expectedVersion: version, name } });
  assert.deepEqual(productUpdate.userErrors, []);
  await eventually(() => env.getStore().getSource().get(id).name === name, `the new name, after ${kinds}`);
  assert.equal(kinds.at(-1), 'CHANGED');
  dispose();
});
