// Relay's runtime with the documents that relay-compiler made: asked by their hashes alone, of the server that has their manifest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import relay from 'relay-runtime';
import { newProduct, seller, trustingEndpoint, uniqueName } from '../shop.mjs';

const {
  commitMutation, ConnectionHandler, createOperationDescriptor, Environment, fetchQuery, getRequest, getSelector, Network,
  RecordSource, ROOT_ID, Store,
} = relay;

const made = async (name) => (await import(`../generated/relay/${name}.graphql.js`)).default;
const shopQuery = await made('documentsShopQuery');
const pageQuery = await made('documentsProductsPageQuery');
const productsFragment = await made('documents_products');
const nodeQuery = await made('documentsNodeQuery');
const productQuery = await made('documentsProductQuery');

function environment(token) {
  const sent = [];
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
  });
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
