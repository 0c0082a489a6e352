// Subscriptions over WebSocket, through Apollo Client's and urql's own links: what a seller changes is seen where it is shown.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition } from '@apollo/client/utilities';
import { cacheExchange, Client, fetchExchange, gql as urqlGql, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ask, endpoint, eventually, publishProduct, signIn, socketEndpoint, uniqueName } from '../shop.mjs';

const WATCH = `
  subscription Watch($ids: [ID!]!) {
    productChanged(productIds: $ids) { kind position product { id name version } }
  }
`;

let token;
const sockets = [];
before(async () => (token = await signIn()));
after(() => Promise.all(sockets.map((socket) => socket.dispose())));

/** A socket that says who asks, and notes when it is open. */
function socket(params = () => ({ authorization: `Bearer ${token}` })) {
  const client = createClient({ url: socketEndpoint, webSocketImpl: WebSocket, connectionParams: params, retryAttempts: 0 });
  sockets.push(client);
  return client;
}

async function rename({ id, version }) {
  const name = uniqueName();
  const { data } = await ask(
    `mutation ($input: ProductUpdateInput!) { productUpdate(input: $input) { product { version } userErrors { message } } }`,
    { input: { id, expectedVersion: version, name } },
    token,
  );
  assert.deepEqual(data.productUpdate.userErrors, []);
  return { id, name, version: data.productUpdate.product.version };
}

test('Apollo Client: an event changes what a query shows', async () => {
  const apollo = new ApolloClient({
    link: ApolloLink.split(
      ({ query }) => getMainDefinition(query).operation === 'subscription',
      new GraphQLWsLink(socket()),
      new HttpLink({ uri: endpoint, fetch, headers: { authorization: `Bearer ${token}` } }),
    ),
    cache: new InMemoryCache(),
  });
  const product = await publishProduct(token);
  const shown = apollo.watchQuery({
    query: gql`query Shown($id: ID!) { product(id: $id) { id name version } }`,
    variables: { id: product.id },
  });
  const names = [];
  const showing = shown.subscribe(({ data }) => data?.product && names.push(data.product.name));
  const kinds = [];
  const watching = apollo
    .subscribe({ query: gql(WATCH), variables: { ids: [product.id] } })
    .subscribe(({ data }) => kinds.push(data.productChanged.kind));
  await eventually(() => kinds.at(-1) === 'STARTED' && names.length > 0, 'the beginning');
  const { name } = await rename(product);
  await eventually(() => names.at(-1) === name, 'the new name');
  assert.equal(kinds.at(-1), 'CHANGED');
  watching.unsubscribe();
  showing.unsubscribe();
});

test('urql: events come one by one', async () => {
  const live = socket();
  const urql = new Client({
    url: endpoint,
    preferGetMethod: false,
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: live.subscribe({ query: query ?? '', variables }, sink) }),
        }),
      }),
    ],
  });
  const product = await publishProduct(token);
  const events = [];
  const { unsubscribe } = urql
    .subscription(urqlGql(WATCH), { ids: [product.id] })
    .subscribe(({ data, error }) => events.push(error ?? data.productChanged));
  await eventually(() => events.at(-1)?.kind === 'STARTED', 'the beginning');
  const first = await rename(product);
  const second = await rename(first);
  await eventually(() => events.at(-1)?.product?.name === second.name, 'both changes');
  assert.ok(events.every((event) => event.kind), String(events));
  assert.equal(new Set(events.map(({ position }) => position)).size, events.length, 'a position came twice');
  unsubscribe();
});

test('queries run over the socket too, as the person who opened it', async () => {
  const answers = [];
  for await (const answer of socket().iterate({ query: '{ viewer { account { email } } }' })) answers.push(answer);
  assert.equal(answers.length, 1);
  assert.match(answers[0].data.viewer.account.email, /^seller@/);
});

test('what is wrong is told by an error with its code', async () => {
  const outcome = socket(() => ({})).iterate({ query: 'subscription { noSuchField }' }).next();
  await assert.rejects(outcome, (errors) => {
    assert.equal(errors[0].extensions.code, 'VALIDATION_ERROR');
    return true;
  });
  const stale = socket(() => ({ authorization: 'Bearer stale' })).iterate({ query: '{ __typename }' }).next();
  await assert.rejects(stale, (closed) => {
    assert.equal(closed.code, 4403, String(closed.reason));
    return true;
  });
});
