// Apollo Client: its normalised cache, paging, error policies, persisted queries by POST and by GET, batches.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { SetContextLink } from '@apollo/client/link/context';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { relayStylePagination } from '@apollo/client/utilities';
import { endpoint, eventually, newProduct, notingFetch, seller, SIGN_IN, uniqueName } from '../shop.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');

function client({ fetch = notingFetch(), token, persisted } = {}) {
  const links = [
    new SetContextLink(({ headers }) => ({
      headers: { ...headers, ...(token && { authorization: `Bearer ${token}` }) },
    })),
    ...(persisted ? [new PersistedQueryLink({ sha256, ...persisted })] : []),
    new HttpLink({ uri: endpoint, fetch }),
  ];
  return new ApolloClient({
    link: ApolloLink.from(links),
    cache: new InMemoryCache({ typePolicies: { Query: { fields: { products: relayStylePagination(['sort']) } } } }),
  });
}

async function signedIn(options = {}) {
  const { data } = await client().mutate({ mutation: gql(SIGN_IN), variables: seller });
  assert.deepEqual(data.sessionCreate.userErrors, []);
  return client({ ...options, token: data.sessionCreate.accessToken });
}

const PAGE = gql`
  query Page($first: Int, $after: String, $last: Int, $before: String) {
    products(first: $first, after: $after, last: $last, before: $before, sort: { by: NAME, direction: ASC }) {
      edges { cursor node { id name seller { id name } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;

test('objects are kept by id and type', async () => {
  const apollo = client();
  const { data } = await apollo.query({ query: PAGE, variables: { first: 5 } });
  const { node } = data.products.edges[0];
  const kept = apollo.cache.extract();
  assert.equal(kept[`Product:${node.id}`].name, node.name);
  assert.deepEqual(kept[`Product:${node.id}`].seller, { __ref: `Seller:${node.seller.id}` });
});

test('pages join forward, and are the same backward', async () => {
  const apollo = client();
  const query = { query: PAGE, variables: { first: 3 } };
  const first = await apollo.query(query);
  assert.equal(first.data.products.pageInfo.hasPreviousPage, false);
  const shown = () => apollo.readQuery(query).products;
  const watched = apollo.watchQuery(query);
  for (let page = 0; page < 2; page += 1) {
    await watched.fetchMore({ variables: { first: 3, after: shown().pageInfo.endCursor } });
  }
  const joined = shown();
  const names = joined.edges.map(({ node }) => node.name);
  assert.equal(names.length, 9);
  assert.equal(new Set(joined.edges.map(({ node }) => node.id)).size, 9, 'a product came twice');

  const { data } = await client().query({ query: PAGE, variables: { last: 3, before: joined.edges[6].cursor } });
  assert.deepEqual(data.products.edges.map(({ node }) => node.name), names.slice(3, 6));
  assert.equal(data.products.pageInfo.hasPreviousPage, true);
});

test('a mutation changes what a query shows, without asking again', async () => {
  const fetch = notingFetch();
  const apollo = await signedIn({ fetch });
  const viewer = await apollo.query({ query: gql`{ viewer { shops(first: 1) { nodes { seller { id } } } } }` });
  const [{ seller: shop }] = viewer.data.viewer.shops.nodes;
  const CREATE = gql`
    mutation Create($input: ProductCreateInput!) {
      productCreate(input: $input) { product { id name version status } userErrors { code field message } }
    }
  `;
  const created = await apollo.mutate({ mutation: CREATE, variables: { input: newProduct(shop.id) } });
  const { product } = created.data.productCreate;
  assert.equal(product.status, 'DRAFT');

  const query = gql`query Shown($id: ID!) { product(id: $id) { id name version variants(first: 1) { nodes { id sku price { amount currency } } } } }`;
  const seen = [];
  const shown = apollo.watchQuery({ query, variables: { id: product.id } });
  const subscription = shown.subscribe(({ data }) => data?.product && seen.push(data.product));
  await eventually(() => seen.length > 0, 'the product');
  assert.deepEqual(seen[0].variants.nodes[0].price.amount, '49.00');
  const before = fetch.sent.length;
  const name = uniqueName();
  const UPDATE = gql`
    mutation Update($input: ProductUpdateInput!) {
      productUpdate(input: $input) { product { id name version } userErrors { code field message } }
    }
  `;
  await apollo.mutate({ mutation: UPDATE, variables: { input: { id: product.id, expectedVersion: product.version, name } } });
  await eventually(() => seen.at(-1).name === name, 'the new name');
  assert.equal(fetch.sent.length, before + 1, 'only the mutation was sent');

  const stale = await apollo.mutate({ mutation: UPDATE, variables: { input: { id: product.id, expectedVersion: 1, name: 'Late' } } });
  assert.equal(stale.data.productUpdate.userErrors[0].code, 'CONFLICT');
  assert.equal(seen.at(-1).name, name);
  const unnamed = await apollo.mutate({ mutation: CREATE, variables: { input: { ...newProduct(shop.id), name: '' } } });
  assert.deepEqual(unnamed.data.productCreate.userErrors[0].field, ['name']);
  subscription.unsubscribe();
});

test('what fails does so as the error policy says', async () => {
  const apollo = client();
  const query = gql`{ products(first: 1) { nodes { id } } account(id: "account_01h455vb4pex5vsknk084sn02q") { id } }`;
  await assert.rejects(apollo.query({ query, fetchPolicy: 'no-cache' }), (error) => {
    assert.ok(CombinedGraphQLErrors.is(error), String(error));
    assert.equal(error.errors[0].extensions.code, 'UNAUTHENTICATED');
    return true;
  });
  const { data, error } = await apollo.query({ query, errorPolicy: 'all', fetchPolicy: 'no-cache' });
  assert.equal(data.products.nodes.length, 1);
  assert.equal(data.account, null);
  assert.deepEqual(error.errors[0].path, ['account']);
});

test('what is refused is an error of GraphQL, with its code', async () => {
  const refusals = [
    [client(), gql`{ noSuchField }`, 'VALIDATION_ERROR'],
    [client({ token: 'stale' }), gql`{ viewer { account { id } } }`, 'UNAUTHENTICATED'],
  ];
  for (const [apollo, query, code] of refusals) {
    await assert.rejects(apollo.query({ query }), (error) => {
      assert.ok(CombinedGraphQLErrors.is(error), String(error));
      assert.equal(error.errors[0].extensions.code, code);
      return true;
    });
  }
});

for (const useGETForHashedQueries of [false, true]) {
  test(`persisted queries by ${useGETForHashedQueries ? 'GET' : 'POST'}`, async () => {
    const fetch = notingFetch();
    // Not asked before, by any client.
    const name = `Persisted${crypto.randomUUID().replaceAll('-', '')}`;
    const query = gql(`query ${name} { products(first: 2) { nodes { id name } } }`);
    const first = await client({ fetch, persisted: { useGETForHashedQueries } }).query({ query });
    assert.equal(first.data.products.nodes.length, 2);
    const [asked, told] = fetch.sent;
    const method = useGETForHashedQueries ? 'GET' : 'POST';
    assert.equal(asked.method, method);
    const hash = useGETForHashedQueries ? JSON.parse(asked.url.searchParams.get('extensions')) : asked.body.extensions;
    assert.match(hash.persistedQuery.sha256Hash, /^[0-9a-f]{64}$/);
    assert.equal(told.body?.query?.includes(name) ?? told.url.searchParams.get('query').includes(name), true);
    assert.equal(fetch.sent.length, 2);

    const again = await client({ fetch, persisted: { useGETForHashedQueries } }).query({ query });
    assert.deepEqual(again.data, first.data);
    assert.equal(fetch.sent.length, 3, 'the hash alone was not enough');
    assert.equal(fetch.sent[2].method, method);
    assert.equal(fetch.sent[2].body?.query ?? fetch.sent[2].url.searchParams.get('query'), null);
  });
}

test('mutations are persisted too, by POST', async () => {
  const fetch = notingFetch();
  const apollo = client({ fetch, persisted: { useGETForHashedQueries: true } });
  const { data } = await apollo.mutate({ mutation: gql(SIGN_IN), variables: { ...seller, password: 'not this one' } });
  assert.equal(data.sessionCreate.accessToken, null);
  assert.ok(fetch.sent.every(({ method }) => method === 'POST'));
});

test('batches are refused with what to do instead', async () => {
  const link = new BatchHttpLink({ uri: endpoint, batchInterval: 5 });
  const apollo = new ApolloClient({ link, cache: new InMemoryCache() });
  const asked = [gql`{ products(first: 1) { totalCount } }`, gql`{ sellers(first: 1) { totalCount } }`].map((query) => apollo.query({ query }));
  const outcomes = await Promise.allSettled(asked);
  for (const { status, reason } of outcomes) {
    assert.equal(status, 'rejected');
    const said = reason.bodyText ?? reason.message;
    assert.match(said, /one by one/);
  }
});
