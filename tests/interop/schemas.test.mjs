// The JSON Schemas that editors are given, with a validator of somebody else: they take every document of the tree that the
// engine takes, and refuse what the engine refuses.
import assert from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const gantry = join(root, 'build/release/gantry');

// Without comments; a string may hold two slashes.
const parse = (text) => JSON.parse(text.replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string) => string ?? ''));

const validators = {};
function validator(kind) {
  validators[kind] ??= new Ajv2020({ strict: false, allErrors: true }).compile(
    JSON.parse(execFileSync(gantry, ['reference', 'schema', kind], { encoding: 'utf8', maxBuffer: 1 << 24 })));
  return validators[kind];
}

function documents(folder, kind) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .filter((entry) => entry.name.endsWith('.case.json') === (kind === 'case'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

const broken = 'tests/engine/main/broken';
const all = {
  engine: ['conf', `${broken}/sound`].map((folder) => join(root, folder, 'engine.json')),
  channel: [...documents('channels/definitions', 'channel'), ...documents(`${broken}/sound/channels`, 'channel')],
  mapping: [...documents('mappings/documents', 'mapping'), ...documents(`${broken}/sound/mappings`, 'mapping')],
  table: [...documents('mappings/tables', 'table'), ...documents(`${broken}/sound/tables`, 'table')],
  case: [...documents('tests/scenario', 'case'), ...documents('channels/definitions', 'case')],
};

for (const [kind, files] of Object.entries(all)) {
  test(`every ${kind} document of the tree fits its schema`, () => {
    assert.ok(files.length > 0);
    for (const file of files) {
      const validate = validator(kind);
      assert.ok(validate(parse(readFileSync(file, 'utf8'))), `${file}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
    }
  });
}

// What a schema can know: names, kinds of values, words to choose from.
const known = ['config.unknown_option', 'config.missing_option', 'config.wrong_type'];
const kind_of = (file) => (file === 'engine.json' ? 'engine' : file.split('/')[0].slice(0, -1));
for (const group of ['engine', 'channels', 'mappings', 'tables']) {
  test(`what is called or shaped wrongly in ${group} does not fit`, () => {
    let count = 0;
    for (const row of parse(readFileSync(join(root, broken, `${group}.json`), 'utf8'))) {
      if (!row.file || !known.includes(row.code)) continue;
      const text = readFileSync(join(root, broken, 'sound', row.file), 'utf8').replace(row.old, () => row.new);
      // That a worklist needs records, and which columns a row must have, is more than a shape.
      if (/records/.test(row.word ?? '') || row.mistake === 'a row has no code') continue;
      const fits = validator(kind_of(row.file))(parse(text));
      assert.ok(!fits, row.mistake);
      ++count;
    }
    assert.ok(count > 0);
  });
}
