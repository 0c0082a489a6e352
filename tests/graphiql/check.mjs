// Drives the GraphiQL page of a running Tradewind in a headless browser:
//
//     npm ci && node check.mjs http://127.0.0.1:8000 [screenshot.png]
//
// The server needs the demo data. CHROMIUM names the browser (default: /usr/bin/chromium).
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const [base, screenshot] = process.argv.slice(2);
if (!base) {
  console.error('usage: node check.mjs BASE_URL [SCREENSHOT]');
  process.exit(2);
}
const { href, origin, hostname } = new URL('graphiql', base.endsWith('/') ? base : `${base}/`);

// GraphiQL parses, validates and stores what an editor holds only after a pause of up to half a second.
const SETTLE = 1000;

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
    `--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE ${hostname}`,
  ],
});

const checks = {
  'the page opens': openPage,
  'the documentation opens': checkDocumentation,
  'a run operation joins the history': checkHistory,
  'the explorer opens': checkExplorer,
  'the examples run': checkExamples,
  'signing in fills the header editor': checkSignIn,
  'the editor underlines a mistake': checkMistake,
  'a reload finds the same tabs': checkReload,
  'the header editor works': checkHeaders,
  'a subscription tells what happens': checkSubscription,
  'the browser has no complaint': () => assert.ok(complaints.length === 0, 'See below.'),
};

// What goes wrong behind the scenes: foreign requests, policy violations, exceptions and the like.
const complaints = [];
const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
page.setDefaultTimeout(30_000);
let claim;
try {
  for (claim of Object.keys(checks)) await checks[claim]();
  console.log('GraphiQL works.');
} catch (error) {
  console.error(`GraphiQL check failed: it is not so that ${claim}. ${error.message}`);
  for (const complaint of complaints) console.error(`- ${complaint}`);
  process.exitCode = 1;
} finally {
  if (screenshot) await page.screenshot({ path: screenshot });
  await browser.close();
}

async function openPage() {
  const context = page.context();
  await context.route('**', (route) => {
    const url = route.request().url();
    if (new URL(url).origin === origin) return route.continue();
    complaints.push(`foreign request: ${url}`);
    return route.abort();
  });
  // A policy violation and a worker that cannot start both end up on the console.
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  context.on('weberror', (error) => complaints.push(`exception: ${error.error().message}`));
  context.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`HTTP ${response.status()}: ${response.url()}`);
  });

  const answer = await page.goto(href);
  assert.equal(answer.status(), 200, `${href} answered ${answer.status()}: ${await answer.text()}`);
  const policy = answer.headers()['content-security-policy'] ?? '';
  assert.match(policy, /default-src 'none'/, `${href} has no strict content security policy`);
  assert.equal(await page.title(), 'Tradewind GraphiQL', 'The page has another title');
  await editorIsReady();
}

async function editorIsReady() {
  await page.locator('.graphiql-query-editor .view-line').first().waitFor();
}

async function checkDocumentation() {
  await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
  const docs = page.getByRole('region', { name: 'Documentation Explorer' });
  await docs.getByRole('link', { name: 'Query', exact: true }).click();
  await docs.getByRole('link', { name: 'products', exact: true }).click();
  await docs.getByText('All products, newest first when nothing else is asked for.').waitFor();
  await docs.getByRole('link', { name: 'ProductConnection', exact: true }).click();
  await docs.getByText('The items with their cursors.').waitFor();
  if (screenshot) await page.screenshot({ path: besides(screenshot, 'documentation') });
}

async function checkHistory() {
  await run();
  await page.getByRole('button', { name: 'Show History' }).click();
  await page.locator('.graphiql-history-item').first().waitFor();
}

/** Leaves the explorer open, so that it has to cope with every example. */
async function checkExplorer() {
  await page.getByRole('button', { name: 'Show GraphiQL Explorer' }).click();
  await page.locator('.graphiql-explorer-root').getByText('products', { exact: true }).first().waitFor();
}

/** Runs every tab the page opens with. */
async function checkExamples() {
  const tabs = await tabNames();
  assert.ok(tabs.length > 1, `The page opens with no examples but ${JSON.stringify(tabs)}`);
  for (const [index, name] of tabs.entries()) {
    await page.locator('.graphiql-tab-button').nth(index).click();
    await page.waitForTimeout(SETTLE);
    // The underlines come from the language worker, which validates against the loaded schema.
    const marks = await page.locator('.graphiql-editors .squiggly-error').count();
    assert.equal(marks, 0, `The editor marks errors in example ${name}`);

    const { request, body } = await run();
    assert.equal(request.postDataJSON().operationName, name, `Tab ${name} ran another operation`);
    assert.equal(request.headers().authorization, undefined, `Tab ${name} sent credentials`);
    assert.ok(!body.errors, `Example ${name} has errors: ${JSON.stringify(body.errors)}`);
    assert.ok(body.data, `Example ${name} has no data`);
    await page.locator('.graphiql-response .view-line', { hasText: '"data"' }).waitFor();
    console.log(`ran ${name}`);
  }
}

function tabNames() {
  return page.locator('.graphiql-tab-button').allTextContents();
}

async function run() {
  const answer = page.waitForResponse((response) => {
    const operation = response.request().postDataJSON()?.operationName;
    return operation && operation !== 'IntrospectionQuery';
  });
  await page.locator('.graphiql-execute-button').click();
  const response = await answer;
  return { request: response.request(), body: await response.json() };
}

/** The last example signed in: its token stands in the header editor, there and in tabs that are opened then. */
async function checkSignIn() {
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  const headers = page.locator('section[aria-label="Headers"] .monaco-editor:visible .view-lines');
  await headers.filter({ hasText: 'Bearer' }).waitFor();
  await page.locator('.graphiql-tab-button').first().click();
  await headers.filter({ hasText: 'Bearer' }).waitFor();
  await page.waitForTimeout(SETTLE);
  const { request } = await run();
  assert.match(request.headers().authorization ?? '', /^Bearer ey/, 'The token is not sent');
  await page.getByRole('button', { name: 'Variables', exact: true }).click();
}

/** An unknown field is underlined, and undone again. */
async function checkMistake() {
  await page.locator('.graphiql-query-editor .view-line', { hasText: 'totalCount' }).click();
  await page.keyboard.press('End');
  await page.keyboard.insertText(' noSuchField');
  await page.locator('.graphiql-query-editor .squiggly-error').waitFor();
  await page.keyboard.press('ControlOrMeta+Z');
  await page.locator('.graphiql-query-editor .squiggly-error').waitFor({ state: 'detached' });
}

/** A second visit finds the same tabs instead of adding more. */
async function checkReload() {
  const tabs = await tabNames();
  await page.waitForTimeout(SETTLE);
  await page.reload();
  await editorIsReady();
  const reloaded = await tabNames();
  assert.deepEqual(reloaded, tabs, 'A reload changed the tabs');
}

async function checkHeaders() {
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  const editor = page.locator('section[aria-label="Headers"] .monaco-editor:visible');
  assert.equal((await editor.locator('.view-lines').textContent()).trim(), '', 'The header editor is not empty');
  await editor.click();
  // Pasted, because the editor closes brackets and quotes that are typed.
  await page.keyboard.insertText('{"X-Check": "1"}');
  const { request } = await run();
  assert.equal(request.headers()['x-check'], '1', 'A header from the header editor is not sent');
}

/** What a seller changes elsewhere comes into the page by itself. */
async function checkSubscription() {
  process.env.TRADEWIND_URL = base;
  const { ask, publishProduct, signIn, uniqueName } = await import('../clients/shop.mjs');
  const token = await signIn();
  const product = await publishProduct(token);

  await page.getByRole('button', { name: 'New tab' }).click();
  await page.locator('.graphiql-query-editor .view-lines').click();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.press('Delete');
  // Pasted, because the editor closes brackets and quotes that are typed.
  await page.keyboard.insertText(
    `subscription Watch { productChanged(productIds: ["${product.id}"]) { kind product { name } } }`,
  );
  await page.waitForTimeout(SETTLE);
  const opened = page.waitForEvent('websocket');
  await page.locator('.graphiql-execute-button').click();
  await opened;
  await page.locator('.graphiql-response .view-line', { hasText: 'STARTED' }).waitFor();

  const name = uniqueName();
  const { data } = await ask(
    'mutation ($input: ProductUpdateInput!) { productUpdate(input: $input) { userErrors { message } } }',
    { input: { id: product.id, expectedVersion: product.version, name } },
    token,
  );
  assert.deepEqual(data.productUpdate.userErrors, [], 'The product cannot be changed');
  // Long lines are folded between words.
  const end = name.split(' ').at(-1);
  await page.locator('.graphiql-response .view-line', { hasText: end }).waitFor();
  if (screenshot) await page.screenshot({ path: besides(screenshot, 'subscription') });
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByRole('button', { name: 'Execute' }).waitFor();
}

/** The path of another picture: `page.png` and `docs` make `page-docs.png`. */
function besides(path, what) {
  return path.replace(/(\.\w+)?$/, (ending) => `-${what}${ending}`);
}
