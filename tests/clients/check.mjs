// Checks a Tradewind with what others use to talk to it: the audits of GraphQL over HTTP, and real clients.
//
//     npm ci && node check.mjs ../../target/debug/tradewind
//
// One check alone, against a server that runs already:
//
//     TRADEWIND_URL=http://127.0.0.1:8000 node --test checks/urql.test.mjs
import { execFile, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { startServer } from './server.mjs';

const [argument] = process.argv.slice(2);
if (!argument) {
  console.error('usage: node check.mjs PATH_OF_TRADEWIND');
  process.exit(2);
}
const binary = resolve(argument);
process.chdir(import.meta.dirname);

await generate();
const servers = await Promise.all([
  startServer(binary),
  // The documents of a frontend as its build wrote them, and no others.
  startServer(binary, {
    GRAPHQL_TRUSTED_MODE: 'require',
    GRAPHQL_TRUSTED_DOCUMENTS: ['generated/typed/persisted-documents.json', 'generated/relay.json']
      .map((path) => resolve(path))
      .join(','),
  }),
]);
const [open, trusting] = servers;
try {
  process.exitCode = await run(await checks(), {
    TRADEWIND_URL: open.url,
    TRADEWIND_TRUSTING_URL: trusting.url,
  });
  if (process.exitCode !== 0) {
    for (const server of servers) console.error(`${server.url} said last:\n${await server.lastLines()}`);
  }
} finally {
  await Promise.all(servers.map((server) => server.stop()));
}

/** What the builds of frontends make of schema.graphql and their documents. */
async function generate() {
  await script('generate');
  console.log('schema.graphql and the documents of two frontends compile.');
}

async function script(name) {
  try {
    await promisify(execFile)('npm', ['run', '--silent', name], { maxBuffer: 16 << 20 });
  } catch (error) {
    console.error(`npm run ${name} failed:\n${error.stdout}${error.stderr}`);
    process.exit(1);
  }
}

async function checks() {
  const files = await readdir('checks');
  return [...files.sort().map((file) => `checks/${file}`), 'generated/compiled/typed/typed.test.js'];
}

function run(files, environment) {
  const tests = spawn(process.execPath, ['--test', '--test-reporter=spec', ...files], {
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  return new Promise((done) => tests.once('exit', (code) => done(code ?? 1)));
}
