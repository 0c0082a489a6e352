// A frontend whose types come from schema.graphql, and which asks by the hashes of its documents alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentNode } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { graphql } from '../generated/typed/gql.js';
import type { UserErrorCode } from '../generated/typed/graphql.js';
import { seller, trustingEndpoint as trusting } from '../shop.mjs';

const SignIn = graphql(`
  mutation TypedSignIn($email: String!, $password: String!) {
    sessionCreate(input: { email: $email, password: $password, kind: APP }) {
      accessToken
      userErrors { code message field }
    }
  }
`);

const Products = graphql(`
  query TypedProducts($first: Int!, $after: String, $filter: ProductFilter) {
    products(first: $first, after: $after, filter: $filter, sort: { by: NAME, direction: ASC }) {
      nodes {
        ...TypedProduct
      }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const ProductFields = graphql(`
  fragment TypedProduct on Product {
    id
    name
    priceRange { min { amount currency } }
    seller { name }
  }
`);

const Anything = graphql(`
  query TypedNode($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Product { name }
      ... on Seller { handle }
    }
  }
`);

const OpenShop = graphql(`
  mutation TypedOpenShop($input: SellerOpenInput!) {
    sellerOpen(input: $input) {
      seller { id handle }
      userErrors { code message field }
    }
  }
`);

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions: { code: string } }[];
}

function hashOf(document: DocumentNode): string {
  const { __meta__: meta } = document as DocumentNode & { __meta__?: { hash: string } };
  assert.ok(meta?.hash, 'the generator wrote no hash');
  return meta.hash;
}

async function post<Data>(body: object, token?: string): Promise<Answer<Data>> {
  assert.ok(trusting, 'TRADEWIND_TRUSTING_URL is not set');
  const response = await fetch(trusting, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json',
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer<Data>;
}

/** Sends the hash of a document, and no document. */
async function execute<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  token?: string,
): Promise<Data> {
  const answer = await post<Data>({ documentId: hashOf(document), variables }, token);
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  assert.ok(answer.data);
  return answer.data;
}

test('products are read with their types, page by page', async () => {
  const { products } = await execute(Products, { first: 2 });
  const [product] = products.nodes;
  assert.ok(product);
  const name: string = product.name;
  const price: string | undefined = product.priceRange?.min.amount;
  // @ts-expect-error It was not selected.
  assert.equal(product.slug, undefined);
  assert.ok(name.length > 0 && price !== '');
  const next = await execute(Products, { first: 2, after: products.pageInfo.endCursor ?? null });
  assert.notEqual(next.products.nodes[0]?.id, product.id);
  // @ts-expect-error No sort of filter.
  await assert.rejects(execute(Products, { first: 2, filter: { nonsense: true } }));
});

test('an object of any type is told apart by its type', async () => {
  const { products } = await execute(Products, { first: 1 });
  const { node } = await execute(Anything, { id: products.nodes[0]?.id ?? '' });
  assert.ok(node?.__typename === 'Product');
  assert.equal(node.name, products.nodes[0]?.name);
});

test('what a person can mend has a code with a type', async () => {
  const { sessionCreate } = await execute(SignIn, seller);
  assert.deepEqual(sessionCreate.userErrors, []);
  const token = sessionCreate.accessToken ?? undefined;
  const { sellerOpen } = await execute(OpenShop, { input: { name: '' } }, token);
  assert.equal(sellerOpen.seller, null);
  const code: UserErrorCode | undefined = sellerOpen.userErrors[0]?.code;
  assert.equal(code, 'INVALID' satisfies UserErrorCode);
});

test('documents that are not in the manifest are refused', async () => {
  const others = [
    { query: '{ __typename }' },
    { query: '{ __schema { types { name } } }' },
    { documentId: `sha256:${'0'.repeat(64)}` },
    { extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } },
  ];
  for (const body of others) {
    const { data, errors } = await post(body);
    assert.equal(data, undefined, JSON.stringify(body));
    assert.ok(errors?.[0]?.extensions.code, JSON.stringify(errors));
  }
});

test('hashes are taken as persisted queries too', async () => {
  const persistedQuery = { version: 1, sha256Hash: hashOf(Products).replace('sha256:', '') };
  const { data } = await post<{ products: { nodes: unknown[] } }>({ extensions: { persistedQuery }, variables: { first: 1 } });
  assert.equal(data?.products.nodes.length, 1);
});
