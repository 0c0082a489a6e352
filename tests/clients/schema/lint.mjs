// Holds schema.graphql against the conventions that tools and people rely on, by graphql-schema-linter.
//
// Left out: sorting by the alphabet, because the order here tells what belongs together; and descriptions of arguments, because
// `input`, `first`, `after`, `last` and `before` would repeat the same words two hundred times.
import { spawnSync } from 'node:child_process';

const rules = [
  'defined-types-are-used',
  'deprecations-have-a-reason',
  'descriptions-are-capitalized',
  'enum-values-all-caps',
  'enum-values-have-descriptions',
  'fields-are-camel-cased',
  'fields-have-descriptions',
  'input-object-values-are-camel-cased',
  'input-object-values-have-descriptions',
  'relay-connection-arguments-spec',
  'relay-connection-types-spec',
  'relay-page-info-spec',
  'types-are-capitalized',
  'types-have-descriptions',
];
const { status } = spawnSync('npx', ['graphql-schema-linter', '--rules', rules.join(','), '../../schema.graphql'], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
