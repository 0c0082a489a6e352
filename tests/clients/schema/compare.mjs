// Finds what in schema.graphql would break the clients of the last release, and lets through only what was accepted on purpose:
//
//     node schema/compare.mjs
//
// To break clients on purpose, either raise the version in Cargo.toml so that it says so (0.1 to 0.2, 1 to 2), or add the
// change with a reason to schema/accepted.json. With a release, schema.graphql becomes schema/released.graphql, its version goes
// into schema/released.json, and schema/accepted.json is emptied.
import { readFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const here = (path) => new URL(path, import.meta.url);
const text = (path) => readFileSync(here(path), 'utf8');
const json = (path) => JSON.parse(text(path));

const changes = await diff(buildSchema(text('released.graphql')), buildSchema(text('../../../schema.graphql')));
const at = (level) => changes.filter(({ criticality }) => criticality.level === level);
const breaking = at(CriticalityLevel.Breaking);

for (const { message, path } of at(CriticalityLevel.Dangerous)) console.log(`may surprise clients: ${message} (${path})`);

const accepted = json('accepted.json');
const isThat = (change) => (one) => one.type === change.type && one.path === change.path;
const isAccepted = breaking.filter((change) => accepted.some(isThat(change)));
const refused = breaking.filter((change) => !isAccepted.includes(change));
const stale = accepted.filter((one) => !breaking.some((change) => isThat(change)(one)));
const unreasoned = accepted.filter(({ reason }) => !reason?.trim());

const released = json('released.json').version;
const [, current] = /^version = "(.+)"$/m.exec(text('../../../Cargo.toml')) ?? fail('Cargo.toml has no version');
const isRaised = breaks(current) !== breaks(released);

console.log(
  `${changes.length} changes since ${released}: ${breaking.length} breaking, of which ${isAccepted.length} accepted` +
    (isRaised ? `, and the version is raised to ${current}` : ''),
);
if (unreasoned.length > 0) fail(`accepted without a reason: ${unreasoned.map(({ path }) => path).join(', ')}`);
if (stale.length > 0) fail(`accepted, but not made: ${stale.map(({ type, path }) => `${type} ${path}`).join(', ')}`);
if (refused.length > 0 && !isRaised) {
  const lines = refused.map(({ type, path, message }) => `- ${message}\n  {"type": "${type}", "path": "${path}", "reason": "…"}`);
  fail(`clients of ${released} would break. Undo it, deprecate first, or read the head of schema/compare.mjs:\n${lines.join('\n')}`);
}

/** The part of a version that changes when clients may break (semver.org, 4 and 8). */
function breaks(version) {
  const [major, minor] = version.split('.');
  return major === '0' ? `0.${minor}` : major;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
