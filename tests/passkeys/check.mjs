// Makes and shows passkeys in a headless browser, whose authenticator is Chromium's own virtual one, to a running Tradewind:
//
//     npm ci && node check.mjs http://127.0.0.1:8000 http://localhost:3000
//
// The server needs the demo data, and the second address as its STOREFRONT_URL; nothing has to run there. CHROMIUM names the
// browser (default: /usr/bin/chromium).
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const [base, shop] = process.argv.slice(2);
if (!shop) {
  console.error('usage: node check.mjs BASE_URL STOREFRONT_URL');
  process.exit(2);
}
const api = new URL('graphql', base.endsWith('/') ? base : `${base}/`).href;
const person = { email: 'shopper@tradewind.example', password: 'shopper-at-the-quay', kind: 'APP' };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--host-resolver-rules=MAP * ~NOTFOUND',
  ],
});

const checks = {
  'a passkey is made': makeIt,
  'it signs in without a password': signInAlone,
  'it is the second factor of signing in': signInWithPassword,
  'it is the second factor within a session': stepUp,
  'an answer is good once': sendTwice,
  'another page gets nothing for it': askFromElsewhere,
  'a person who is not verified shows none': failToVerify,
  'a device that was copied is refused': rollBack,
  'without it there is none': removeIt,
};

let claim;
let access;
let passkey;
const page = await browser.newPage();
page.setDefaultTimeout(30_000);
const session = await page.context().newCDPSession(page);
let authenticatorId;
try {
  await openPage(shop);
  await plugIn();
  for (claim of Object.keys(checks)) {
    await checks[claim]();
    console.log(`it is so that ${claim}`);
  }
  console.log('Passkeys work.');
} catch (error) {
  console.error(`Passkeys check failed: it is not so that ${claim}. ${error.stack}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}

/** Opens an empty page of this origin, which needs no server. */
async function openPage(origin) {
  await page.route(`${origin}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Shop</title>' }));
  await page.goto(`${origin}/`);
}

async function plugIn() {
  await session.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2',
    transport: 'internal',
    hasResidentKey: true,
    hasUserVerification: true,
    isUserVerified: true,
    automaticPresenceSimulation: true,
  };
  ({ authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', { options }));
}

/** Runs a mutation; returns its payload. */
async function ask(document, input, token) {
  const headers = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(api, { method: 'POST', headers, body: JSON.stringify({ query: document, variables: { input } }) });
  const body = await answer.json();
  assert.ok(!body.errors, JSON.stringify(body.errors));
  return Object.values(body.data)[0];
}

async function done(document, input, token) {
  const payload = await ask(document, input, token);
  assert.deepEqual(payload.userErrors, [], JSON.stringify(payload.userErrors));
  return payload;
}

function signIn() {
  return done(`mutation ($input: SessionCreateInput!) { sessionCreate(input: $input) {
    accessToken secondFactor { challenge methods } userErrors { message } } }`, person);
}

async function begin() {
  const document = 'mutation { sessionPasskeyStart { passkeyCeremony { ceremony options } userErrors { message } } }';
  return (await done(document)).passkeyCeremony;
}

function finish(ceremony, credential, run = done) {
  const document = `mutation ($input: SessionPasskeyFinishInput!) { sessionPasskeyFinish(input: $input) {
    accessToken session { steppedUpAt } userErrors { message } } }`;
  return run(document, { ceremony, credential, kind: 'APP' });
}

/** What a page does with what it is given, as the documentation says. */
function show(options) {
  return page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({ publicKey })).toJSON();
  }, options);
}

async function makeIt() {
  ({ accessToken: access } = await signIn());
  assert.ok(access, 'The demo person has a second factor already');
  const document = `mutation ($input: PasskeyRegisterStartInput!) { passkeyRegisterStart(input: $input) {
    passkeyCeremony { ceremony options } userErrors { message } } }`;
  const { ceremony, options } = (await done(document, { password: person.password }, access)).passkeyCeremony;
  const credential = await page.evaluate(async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return (await navigator.credentials.create({ publicKey })).toJSON();
  }, options);
  const made = await done(
    `mutation ($input: PasskeyRegisterFinishInput!) { passkeyRegisterFinish(input: $input) {
      passkey { id name } recoveryCodes userErrors { message } } }`,
    { ceremony, credential, name: 'Virtual' },
    access,
  );
  assert.equal(made.recoveryCodes.length, 10);
  passkey = made.passkey.id;
}

async function signInAlone() {
  const { ceremony, options } = await begin();
  const signedIn = await finish(ceremony, await show(options));
  assert.ok(signedIn.session.steppedUpAt);
  access = signedIn.accessToken;
}

async function signInWithPassword() {
  const { accessToken, secondFactor } = await signIn();
  assert.equal(accessToken, null);
  assert.deepEqual(secondFactor.methods, ['PASSKEY', 'RECOVERY_CODE']);
  const { ceremony, options } = await begin();
  const confirmed = await done(
    `mutation ($input: SessionConfirmInput!) { sessionConfirm(input: $input) { accessToken userErrors { message } } }`,
    { challenge: secondFactor.challenge, passkey: { ceremony, credential: await show(options) }, kind: 'APP' },
  );
  assert.ok(confirmed.accessToken);
}

async function stepUp() {
  const { ceremony, options } = await begin();
  const document = `mutation ($input: SessionStepUpInput!) { sessionStepUp(input: $input) {
    session { steppedUpAt } userErrors { message } } }`;
  const steppedUp = await done(document, { passkey: { ceremony, credential: await show(options) } }, access);
  assert.ok(steppedUp.session.steppedUpAt);
}

async function refused(ceremony, credential) {
  const payload = await finish(ceremony, credential, ask);
  assert.equal(payload.accessToken, null);
  assert.equal(payload.userErrors.length, 1);
}

async function sendTwice() {
  const { ceremony, options } = await begin();
  const credential = await show(options);
  await finish(ceremony, credential);
  await refused(ceremony, credential);
  // Nor is it an answer to something else.
  const other = await begin();
  await refused(other.ceremony, credential);
}

/** The same domain by another port is another origin: the browser shows the passkey there, and the server does not take it. */
async function askFromElsewhere() {
  const elsewhere = new URL(shop);
  elsewhere.port = String(Number(elsewhere.port || 80) + 1);
  await openPage(elsewhere.origin);
  const { ceremony, options } = await begin();
  await refused(ceremony, await show(options));
  // On another domain the browser itself refuses.
  await openPage('https://evil.example');
  await assert.rejects(show((await begin()).options), /SecurityError/);
  await openPage(shop);
}

async function failToVerify() {
  await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  const { options } = await begin();
  await assert.rejects(show({ ...options, timeout: 2_000 }), /NotAllowedError/);
  // A page that does not ask for it gets an answer, which is not taken.
  const { ceremony, options: others } = await begin();
  await refused(ceremony, await show({ ...others, userVerification: 'discouraged' }));
  await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
}

async function rollBack() {
  const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
  const [kept] = credentials;
  assert.ok(kept.signCount > 1, 'The authenticator does not count');
  await session.send('WebAuthn.removeCredential', { authenticatorId, credentialId: kept.credentialId });
  await session.send('WebAuthn.addCredential', { authenticatorId, credential: { ...kept, signCount: 1 } });
  const { ceremony, options } = await begin();
  await refused(ceremony, await show(options));
  await session.send('WebAuthn.removeCredential', { authenticatorId, credentialId: kept.credentialId });
  await session.send('WebAuthn.addCredential', { authenticatorId, credential: { ...kept, signCount: kept.signCount + 1 } });
  const again = await begin();
  await finish(again.ceremony, await show(again.options));
}

async function removeIt() {
  const document = `mutation ($input: PasskeyRemoveInput!) { passkeyRemove(input: $input) {
    secondFactors { methods } userErrors { message } } }`;
  const removed = await done(document, { id: passkey }, access);
  assert.deepEqual(removed.secondFactors.methods, []);
  const { ceremony, options } = await begin();
  await refused(ceremony, await show(options));
  assert.ok((await signIn()).accessToken);
}
