// docs/conformance/corpus-orders.md says what the engine says today. GANTRY_BLESS=1 rewrites it.
import assert from 'node:assert';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { corpusTable } from './corpus.mjs';

const corpus = process.env.GANTRY_TEST_CORPUS ?? new URL('../../../shared/corpus', import.meta.url).pathname;
const document = new URL('../../docs/conformance/corpus-orders.md', import.meta.url);
const absent = existsSync(corpus) ? false : 'the test corpus is not here';

test('the table of corpus orders is fresh and every order is answered', { skip: absent }, async () => {
  const table = await corpusTable(2575, corpus);
  if (process.env.GANTRY_BLESS) {
    mkdirSync(new URL('.', document), { recursive: true });
    writeFileSync(document, table);
  }
  assert.ok(!table.includes('| no answer |'), 'an order was left without an answer');
  assert.ok(!table.includes('| no MSA |'), 'an answer without MSA');
  const written = existsSync(document) ? readFileSync(document, 'utf8').split('\n') : [];
  const changed = table.split('\n').filter((line) => !written.includes(line));
  assert.ok(written.join('\n') === table, `not fresh, GANTRY_BLESS=1 tests/interop/run.sh writes it; new lines:\n${changed.join('\n')}`);
});
