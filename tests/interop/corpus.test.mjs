// Every file of the corpus that asks for an answer gets what HL7 calls one, and docs/conformance/corpus.md says what it says today.
// GANTRY_BLESS=1 rewrites it.
import assert from 'node:assert';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { corpusAnswers, corpusTable } from './corpus.mjs';
import { isAnswered, isOriginalMode, segments } from './mllp.mjs';

const corpus = process.env.GANTRY_TEST_CORPUS ?? new URL('../../../shared/corpus', import.meta.url).pathname;
const document = new URL('../../docs/conformance/corpus.md', import.meta.url);
const absent = existsSync(corpus) ? false : 'the test corpus is not here';
const answers = absent ? [] : await corpusAnswers(2575, corpus);

test('every file that asks for it is answered, and every message in it by its control id', { skip: absent }, () => {
  assert.ok(answers.length >= 352);
  for (const { file, messages, frame, verdicts } of answers) {
    if (messages.length === 0 || messages.some(isAnswered)) assert.ok(frame !== null, `${file}: no answer`);
    const ids = messages.map((message) => (segments(message, 'MSH')[0] ?? [])[10]);
    if (!messages.every(isOriginalMode)) {
      for (const { answersTo } of verdicts) assert.ok(ids.includes(answersTo), `${file}: ${answersTo} was not sent`);
      continue;
    }
    assert.equal(verdicts.length, Math.max(1, messages.length), `${file}: one acknowledgement per message`);
    for (const [index, id] of ids.entries())
      if (id !== undefined) assert.equal(verdicts[index].answersTo, id, `${file}: MSA-2 is MSH-10`);
  }
});

test('the code, the error and its place go together', { skip: absent }, () => {
  const ofTheHeader = [200, 201, 202, 203];
  for (const { file, verdicts } of answers) {
    for (const { code, errors, sentences, msh } of verdicts) {
      assert.match(code, /^[AC][AER]$/, file);
      assert.equal(msh[9].startsWith('ACK'), true, file);
      // That the content is to be judged later needs none.
      assert.ok(sentences.length > 0 || code === 'CA', `${file}: no answer without a sentence`);
      assert.equal(errors.length > 0, code[1] !== 'A', `${file}: ${code} with ${errors.length} errors`);
      for (const { condition, where } of errors) {
        // MSH-9, 11 and 12 are rejected, and a message nobody could refer to; anything else is an error.
        const rejected = ofTheHeader.includes(condition) || where === 'MSH-10';
        assert.equal(code[1], rejected ? 'R' : 'E', `${file}: ${code} for ${condition} at ${where}`);
        assert.ok(where !== '' || condition === 100, `${file}: ${condition} without a place`);
        if (condition !== 100) assert.match(where, /-\d+$/, `${file}: ${condition} at ${where}`);
      }
    }
  }
});

test('the table of the corpus is fresh', { skip: absent }, () => {
  const table = corpusTable(answers);
  if (process.env.GANTRY_BLESS) {
    mkdirSync(new URL('.', document), { recursive: true });
    writeFileSync(document, table);
  }
  const written = existsSync(document) ? readFileSync(document, 'utf8').split('\n') : [];
  const changed = table.split('\n').filter((line) => !written.includes(line));
  assert.ok(written.join('\n') === table, `not fresh, GANTRY_BLESS=1 tests/interop/run.sh writes it; new lines:\n${changed.join('\n')}`);
});
