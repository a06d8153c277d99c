// What other converters make of their test messages beside what Gantry reads in them: nothing may be wrong, and
// docs/conformance/fhir-oracles.md says what agrees and what differs by decision. GANTRY_BLESS=1 rewrites it.
import assert from 'node:assert';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { decisions } from './oracle_decisions.mjs';
import { recordsOf } from './oracle_elements.mjs';
import * as values from './oracle_values.mjs';
import { agrees, comparisons, judged, report, wrong } from './oracles.mjs';

const corpus = process.env.GANTRY_TEST_CORPUS ?? new URL('../../../shared/corpus', import.meta.url).pathname;
const document = new URL('../../docs/conformance/fhir-oracles.md', import.meta.url);
const absent = existsSync(corpus) ? false : 'the test corpus is not here';
const pairs = absent ? [] : await comparisons(corpus);

test('a time is the same in every spelling, and another one is not', () => {
  const same = ['2014-10-06T06:27:00+07:00', '20141006062700+0700', '20141005232700', '201410052327', '2014-10-05T23:27:00Z', '2014-10-05T23:27:00.000Z'];
  for (const one of same) assert.strictEqual(values.instant(one), '2014-10-05T23:27:00Z', one);
  assert.strictEqual(values.instant('20141005232700.67'), '2014-10-05T23:27:00.67Z');
  assert.strictEqual(values.instant('20141006062700-0700'), '2014-10-06T13:27:00Z');
  assert.strictEqual(values.instant('19241010'), values.instant('1924-10-10'));
  assert.strictEqual(values.instant('2023-11'), '2023-11');
  assert.strictEqual(values.instant(''), '');
  assert.notStrictEqual(values.instant('20141006062701+0700'), '2014-10-05T23:27:00Z');
});

test('a name is the same by its parts', () => {
  const name = { family: 'EVERYMAN', given: ['ADAM', 'A'], prefix: ['Dr.'], suffix: ['III', 'MD'] };
  assert.strictEqual(values.humanName(name), values.personName('EVERYMAN^ADAM^A^Dr.^III MD'));
  assert.notStrictEqual(values.humanName(name), values.personName('EVERYMAN^ADAM^^Dr.^III MD'));
  assert.notStrictEqual(values.personName('A^B'), values.personName('B^A'));
  assert.strictEqual(values.personName(''), '');
  assert.strictEqual(values.humanName(undefined), '');
});

test('genders, urgencies, states, addresses, numbers and codes have one spelling', () => {
  assert.deepStrictEqual(['M', 'F', 'O', '', 'Q'].map(values.gender), ['male', 'female', 'other', '', 'Q']);
  assert.deepStrictEqual(['STAT', 'URGENT', 'ROUTINE', ''].map(values.priority), ['stat', 'urgent', 'routine', '']);
  assert.deepStrictEqual(['ORDERED', 'COMPLETED', 'CANCELLED'].map((one) => values.requestStatus(one, '')), ['active', 'completed', 'revoked']);
  assert.strictEqual(values.requestStatus('ORDERED', 'Y'), 'on-hold');
  assert.strictEqual(values.address({ line: ['1 Hill Road', 'Room 2'], city: 'Anytown ', postalCode: '999' }), values.addressText('1 Hill Road, Room 2, Anytown, 999'));
  assert.strictEqual(values.contact('(763)555-5555'), values.contact('763 5555555'));
  assert.strictEqual(values.contact('a@example.org'), 'a@example.org');
  assert.strictEqual(values.contactPoint({ system: 'phone', extension: [{ url: 'x/contactpoint-area', valueString: '763' }, { url: 'x/contactpoint-local', valueString: '555' }] }), '763555');
  assert.strictEqual(values.contactPoint({ system: 'phone' }), '');
  assert.strictEqual(values.coding({ coding: [{ system: 'http://loinc.org', code: '1-8', display: 'Name' }] }), values.codedText('1-8', 'LN', 'Name'));
  assert.strictEqual(values.authority('http://example.com/x/Identifier/GHH-OE'), values.authority('GHH OE'));
  assert.strictEqual(values.authority('urn:oid:1.2.3'), '1.2.3');
  assert.strictEqual(values.observed({ valueQuantity: { value: 4.06, unit: 'mm' } }), '4.06 mm');
  assert.strictEqual(values.observed({ valueRange: { low: { value: 1 }, high: { value: 10 } } }), '1 - 10');
  assert.strictEqual(values.lineValue('Name: 2023-05-01 10:25:31 -0400', 'Name'), values.instant('2023-05-01T10:25:31-04:00'));
  assert.strictEqual(values.lineValue('Other: 5', 'Name'), 'Other: 5');
});

test('every pair of the corpus is looked at', { skip: absent }, () => {
  assert.ok(pairs.filter(({ source }) => source === 'FHIR-Converter').length >= 40);
  assert.ok(pairs.filter(({ source }) => source === 'prime-reportstream').length >= 81);
  for (const { name, rows, nothing, outcome } of pairs) {
    if (nothing === undefined) assert.strictEqual(outcome, 'accepted', name);
    assert.strictEqual(rows.length > 0, nothing === undefined, `${name}: ${rows.length} elements, ${nothing ?? 'none of which is compared'}`);
  }
});

test('nothing is wrong', { skip: absent }, () => {
  const bad = pairs.flatMap(({ name, rows }) => rows.filter(wrong).map((row) => `${name}: ${row.element} is "${row.actual}", expected "${row.expected}"`));
  assert.deepStrictEqual(bad, []);
});

test('every decision is needed by a pair, and says why', { skip: absent }, () => {
  const used = new Set(pairs.flatMap(({ rows }) => rows.map(({ verdict }) => verdict)));
  for (const { id, says, cites } of decisions) {
    assert.ok(used.has(id), `${id} decides nothing any more`);
    assert.match(says, /\.$/, id);
    assert.match(cites, /\S/, id);
  }
});

// The records with one value of one field changed, each of them in turn: { what, records }.
function* changedRecords(records, change) {
  for (const kind of ['patient', 'orders', 'steps', 'reports']) {
    for (const index of [records[kind]].flat().keys()) {
      for (const name of Object.keys([records[kind]].flat()[index])) {
        const copy = structuredClone(records);
        const record = [copy[kind]].flat()[index];
        record[name] = change(record[name]);
        yield { what: `${kind}[${index}].${name}`, records: copy };
      }
    }
  }
}

test('a value of a record that is changed is reported as wrong', { skip: absent }, () => {
  let changed = 0;
  for (const pair of pairs.filter(({ rows }) => rows.length > 0)) {
    const before = new Set(pair.rows.map(({ element, actual, at }) => `${element} ${at} ${actual}`));
    for (const { what, records } of changedRecords(recordsOf(pair.answer.outputs), (value) => `X${value}`)) {
      const others = judged(pair, records).filter(({ element, actual, at }) => actual !== '' && !before.has(`${element} ${at} ${actual}`));
      for (const row of others) assert.strictEqual(row.verdict, 'wrong', `${pair.name}: ${what} made ${row.element} "${row.actual}"`);
      changed += others.length;
    }
  }
  const shown = pairs.flatMap(({ rows }) => rows).filter(({ actual }) => actual !== '' && !actual.startsWith('refused')).length;
  assert.ok(changed >= shown * 0.9, `${changed} changes of ${shown} values were seen`);
});

test('a value that a record has lost is reported as wrong where the Bundle has it', { skip: absent }, () => {
  let lost = 0;
  for (const pair of pairs.filter(({ rows }) => rows.length > 0)) {
    const agreed = pair.rows.filter(agrees).length;
    for (const { what, records } of changedRecords(recordsOf(pair.answer.outputs), () => '')) {
      const rows = judged(pair, records);
      const gone = agreed - rows.filter(agrees).length;
      assert.ok(rows.filter(wrong).length >= (gone > 0 ? 1 : 0), `${pair.name}: without ${what} nothing is wrong`);
      lost += gone;
    }
  }
  assert.ok(lost > 400, `${lost} losses were seen`);
});

test('the report is fresh', { skip: absent }, () => {
  const text = report(pairs);
  if (process.env.GANTRY_BLESS) writeFileSync(document, text);
  const written = existsSync(document) ? readFileSync(document, 'utf8') : '';
  const lines = new Set(written.split('\n'));
  const changed = text.split('\n').filter((line) => !lines.has(line));
  assert.ok(written === text, `not fresh, GANTRY_BLESS=1 tests/interop/run.sh oracles writes it; new lines:\n${changed.join('\n')}`);
});
