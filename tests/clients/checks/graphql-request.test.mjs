// graphql-request: the small client of scripts and servers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchRequests, ClientError, gql, GraphQLClient } from 'graphql-request';
import { endpoint, newProduct, notingFetch, ownShop, seller, SIGN_IN } from '../shop.mjs';

const PAGE = gql`
  query Page($first: Int!, $after: String) {
    products(first: $first, after: $after) { nodes { id slug } pageInfo { hasNextPage endCursor } }
  }
`;

for (const method of ['POST', 'GET']) {
  test(`pages are read by ${method}`, async () => {
    const fetch = notingFetch();
    const client = new GraphQLClient(endpoint, { method, fetch });
    const first = await client.request(PAGE, { first: 2 });
    const second = await client.request(PAGE, { first: 2, after: first.products.pageInfo.endCursor });
    const ids = [...first.products.nodes, ...second.products.nodes].map(({ id }) => id);
    assert.equal(new Set(ids).size, 4);
    assert.ok(fetch.sent.every((sent) => sent.method === method));
  });
}

test('headers go along, and the answer can be read raw', async () => {
  const { sessionCreate } = await new GraphQLClient(endpoint).request(SIGN_IN, seller);
  const client = new GraphQLClient(endpoint, { headers: { authorization: `Bearer ${sessionCreate.accessToken}` } });
  const { status, headers, data } = await client.rawRequest('{ viewer { account { email } } }');
  assert.equal(status, 200);
  assert.ok(headers.get('x-request-id'));
  assert.equal(data.viewer.account.email, seller.email);
});

test('a key makes a mutation safe to repeat', async () => {
  const { sessionCreate } = await new GraphQLClient(endpoint).request(SIGN_IN, seller);
  const token = sessionCreate.accessToken;
  const client = new GraphQLClient(endpoint, {
    headers: { authorization: `Bearer ${token}`, 'idempotency-key': crypto.randomUUID() },
  });
  const CREATE = gql`
    mutation Create($input: ProductCreateInput!) {
      productCreate(input: $input) { product { id } userErrors { message } }
    }
  `;
  const input = newProduct(await ownShop(token));
  const first = await client.request(CREATE, { input });
  const { data, extensions } = await client.rawRequest(CREATE, { input });
  assert.equal(data.productCreate.product.id, first.productCreate.product.id);
  assert.equal(extensions.idempotency.replayed, true);
  await assert.rejects(client.request(CREATE, { input: { ...input, name: 'Another' } }), (error) => {
    assert.equal(error.response.errors[0].extensions.code, 'IDEMPOTENCY_KEY_REUSED');
    assert.equal(error.response.status, 409);
    return true;
  });
});

test('errors are thrown, or returned beside the data where that is asked for', async () => {
  const query = '{ products(first: 1) { nodes { id } } account(id: "account_01h455vb4pex5vsknk084sn02q") { id } }';
  await assert.rejects(new GraphQLClient(endpoint).request(query), (error) => {
    assert.ok(error instanceof ClientError);
    assert.equal(error.response.errors[0].extensions.code, 'UNAUTHENTICATED');
    return true;
  });
  const { data, errors } = await new GraphQLClient(endpoint, { errorPolicy: 'all' }).rawRequest(query);
  assert.equal(data.products.nodes.length, 1);
  assert.equal(errors.length, 1);
});

test('batches are refused with what to do instead', async () => {
  const documents = [{ document: '{ a: __typename }' }, { document: '{ b: __typename }' }];
  await assert.rejects(batchRequests(endpoint, documents), /one by one/);
});
