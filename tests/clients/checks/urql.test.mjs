// urql: by POST, by GET alone, with its persisted exchange, and what it makes of errors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheExchange, Client, fetchExchange, gql } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { endpoint, newProduct, notingFetch, ownShop, seller, SIGN_IN } from '../shop.mjs';

function client({ fetch = notingFetch(), token, exchanges = [], preferGetMethod = false } = {}) {
  return new Client({
    url: endpoint,
    fetch,
    preferGetMethod,
    exchanges: [cacheExchange, ...exchanges, fetchExchange],
    fetchOptions: () => ({ headers: token ? { authorization: `Bearer ${token}` } : {} }),
  });
}

const PAGE = gql`
  query Page($first: Int, $after: String, $last: Int, $before: String) {
    search(query: "", first: $first, after: $after, last: $last, before: $before, sort: { by: NAME, direction: ASC }) {
      edges { cursor node { id name } }
      pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
    }
  }
`;

const VARIANT = gql`
  query Variant($id: ID!) {
    node(id: $id) { id ... on Variant { sku price { amount currency } stock { inStock } product { name seller { handle } } } }
  }
`;

for (const [preferGetMethod, method] of [[false, 'POST'], ['force', 'GET']]) {
  test(`a list is paged to its end by ${method}`, async () => {
    const fetch = notingFetch();
    const urql = client({ fetch, preferGetMethod });
    const names = [];
    let after = null;
    let page;
    do {
      const { data, error } = await urql.query(PAGE, { first: 7, after });
      assert.equal(error, undefined);
      page = data.search;
      names.push(...page.edges.map(({ node }) => node.id));
      after = page.pageInfo.endCursor;
    } while (page.pageInfo.hasNextPage && names.length < 35);
    assert.equal(new Set(names).size, names.length, 'a product came twice');
    const back = await urql.query(PAGE, { last: 7, before: page.pageInfo.startCursor });
    const expected = names.slice(-page.edges.length - 7, -page.edges.length);
    assert.deepEqual(back.data.search.edges.map(({ node }) => node.id), expected);
    assert.ok(fetch.sent.every((sent) => sent.method === method));
    assert.ok(fetch.sent.every((sent) => sent.type.startsWith('application/graphql-response+json')));
  });
}

test('a variant is read by its id', async () => {
  const urql = client();
  const list = gql`{ products(first: 1) { nodes { variants(first: 1) { nodes { id } } } } }`;
  const { data } = await urql.query(list, {});
  const [{ id }] = data.products.nodes[0].variants.nodes;
  const variant = await urql.query(VARIANT, { id });
  assert.equal(variant.data.node.id, id);
  assert.match(variant.data.node.price.amount, /^\d+\.\d{2}$/);
  assert.ok(variant.data.node.product.seller.handle);
});

test('mutations go by POST, also where queries go by GET', async () => {
  const fetch = notingFetch();
  const signedIn = await client({ fetch, preferGetMethod: 'force' }).mutation(gql(SIGN_IN), seller);
  assert.equal(signedIn.error, undefined);
  assert.equal(fetch.sent[0].method, 'POST');
  const token = signedIn.data.sessionCreate.accessToken;

  const CREATE = gql`
    mutation Create($input: ProductCreateInput!) {
      productCreate(input: $input) { product { id status } userErrors { code field message } }
    }
  `;
  const input = newProduct(await ownShop(token));
  const created = await client({ token }).mutation(CREATE, { input });
  assert.equal(created.data.productCreate.product.status, 'DRAFT');
  const again = await client({ token }).mutation(CREATE, { input });
  const [{ code, field }] = again.data.productCreate.userErrors;
  assert.ok(['INVALID', 'CONFLICT'].includes(code), code);
  assert.ok(field === null || field.length > 0);
});

test('errors carry their codes, whatever status they come with', async () => {
  const refusals = [
    [client(), gql`{ noSuchField }`, 'VALIDATION_ERROR', 400],
    [client({ preferGetMethod: 'force' }), gql`{ noSuchField }`, 'VALIDATION_ERROR', 400],
    [client({ token: 'stale' }), gql`{ viewer { account { id } } }`, 'UNAUTHENTICATED', 401],
    [client(), gql`{ auditLog(first: 1) { nodes { id } } }`, 'UNAUTHENTICATED', 200],
  ];
  for (const [urql, query, code, status] of refusals) {
    const { error } = await urql.query(query, {});
    assert.equal(error.graphQLErrors[0]?.extensions.code, code, String(error));
    assert.equal(error.response.status, status);
  }
});

for (const preferGetForPersistedQueries of [false, 'force']) {
  const method = preferGetForPersistedQueries ? 'GET' : 'POST';
  test(`persisted queries by ${method}`, async () => {
    const fetch = notingFetch();
    const persisted = () => client({ fetch, exchanges: [persistedExchange({ preferGetForPersistedQueries })] });
    // Not asked before, by any client.
    const query = gql(`query Q${crypto.randomUUID().replaceAll('-', '')} { products(first: 2) { nodes { id } } }`);
    const first = await persisted().query(query, {});
    assert.equal(first.error, undefined);
    assert.equal(fetch.sent.length, 2);
    const again = await persisted().query(query, {});
    assert.deepEqual(again.data, first.data);
    assert.equal(fetch.sent.length, 3, 'the hash alone was not enough');
    assert.equal(fetch.sent[2].method, method);
    assert.equal(fetch.sent[2].body?.query ?? fetch.sent[2].url.searchParams.get('query'), null);
  });
}
