import { getOperationAST, parse } from 'graphql';
import { noteSession } from './session.jsx';
import { subscribe } from './subscribe.js';

const ENDPOINT = new URL('graphql', document.baseURI);

/** Sends one operation as the GraphQL-over-HTTP specification asks, or listens where it is a subscription. */
export function fetcher(operation, { headers } = {}) {
  return isSubscription(operation) ? subscribe(ENDPOINT, operation, headers) : send(operation, headers);
}

function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false; // What is wrong with it is for the server to say.
  }
}

async function send({ query, variables, operationName }, headers) {
  const response = await fetch(ENDPOINT, {
    method: 'POST',
    headers: {
      accept: 'application/graphql-response+json, application/json',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({ query, variables, operationName }),
  });
  const body = await response.text();
  let answer;
  try {
    answer = JSON.parse(body);
  } catch {
    // A proxy or a request limit answers in plain text: show that instead of a parser's complaint.
    throw new Error(`HTTP ${response.status} ${response.statusText}: ${body.slice(0, 500)}`);
  }
  noteSession(answer);
  return answer;
}
