// Starts servers to check, each with the demo data in a database of its own.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// The demo data of a debug build on a slow machine.
const PATIENCE_MS = 120_000;

/** Starts `binary` on a free port, with `settings` as environment variables. */
export async function startServer(binary, settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tradewind-clients-'));
  const log = join(folder, 'log');
  const output = openSync(log, 'a');
  const process_ = spawn(binary, ['serve'], {
    env: {
      ...process.env,
      LISTEN: '127.0.0.1:0',
      DATABASE_URL: `sqlite://${join(folder, 'shop.db')}`,
      ...settings,
    },
    stdio: ['ignore', output, output],
  });
  const exited = new Promise((resolve) => process_.once('exit', resolve));
  const server = {
    pid: process_.pid,
    async stop() {
      process_.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
    async lastLines(count = 40) {
      const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
      return lines.slice(-count).join('\n');
    },
  };
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end && process_.exitCode === null) {
    const said = /listens on (http:\S+)/.exec(await readFile(log, 'utf8'));
    if (said) return Object.assign(server, { url: said[1] });
    await sleep(100);
  }
  const said = await server.lastLines();
  await server.stop();
  throw new Error(`${binary} does not answer:\n${said}`);
}
