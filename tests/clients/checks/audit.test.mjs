// The public audits of GraphQL over HTTP, all of them: https://github.com/graphql/graphql-http
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { endpoint } from '../shop.mjs';

// A newer suite may have others; they are looked at when it is taken in.
const AUDITS = 61;
let passed = 0;

const audits = serverAudits({ url: endpoint, fetchFn: fetch });
test('there are as many audits as were looked at', () => assert.equal(audits.length, AUDITS));

for (const audit of audits) {
  test(`${audit.id} ${audit.name}`, async () => {
    const result = await audit.fn();
    // A notice or a warning is something that may or should be otherwise: here nothing may.
    assert.equal(result.status, 'ok', `${result.status}: ${result.reason}`);
    passed += 1;
  });
}

after(() => console.log(`${passed} of ${AUDITS} audits of GraphQL over HTTP pass`));
