// node corpus.mjs PORT CORPUS : sends every file of CORPUS/hl7v2, in the order of their names, each as one MLLP frame, to
// 127.0.0.1:PORT and writes what the engine answered as a Markdown table. Same engine, same corpus, empty store: same table.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { exchange, isAnswered, messagesOf, segments, typeOf } from './mllp.mjs';

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(path.join(folder, entry.name)) : [path.join(folder, entry.name)]))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function unescaped(text, delimiters) {
  const named = { F: delimiters[0], S: delimiters[1], R: delimiters[2], E: delimiters[3], T: delimiters[4], '.br': ' ' };
  const mark = delimiters[3];
  if (!mark) return text;
  return text
    .split(mark)
    .map((part, index) => (index % 2 ? (named[part] ?? part) : part))
    .join('');
}

const place = (segment, sequence, field) =>
  segment ? segment + (Number(sequence) > 1 ? `[${sequence}]` : '') + (field ? `-${field}` : '') : '';

// One acknowledgment: its code, its errors as { condition, where } and its sentences. ERR is location, code and text from v2.5
// on (ERR-2, 3, 8), one field before (ERR-1, with MSA-3 for the text).
function verdict(acknowledgment) {
  const msh = segments(acknowledgment, 'MSH')[0];
  const msa = segments(acknowledgment, 'MSA')[0] ?? [];
  const delimiters = msh[1] + msh[2];
  const old = Number(msh[12]?.slice(2)[0] ?? 5) < 5;
  const errors = [];
  const sentences = old && msa[3] ? [unescaped(msa[3], delimiters)] : [];
  for (const err of segments(acknowledgment, 'ERR')) {
    const [segment, sequence, field, code] = (old ? err[1] : err[2]).split(delimiters[1]);
    const condition = Number((old ? code.split(delimiters[4] ?? '&') : err[3].split(delimiters[1]))[0]);
    if (condition !== 0) errors.push({ condition, where: place(segment, sequence, field) });
    if (!old && err[8]) sentences.push(unescaped(err[8], delimiters));
  }
  return { code: msa[1] ?? 'no MSA', answersTo: msa[2] ?? '', old, msh, errors, sentences };
}

/** Every file with the frame it got: { file, type, messages, frame, verdicts }; frame is null where nothing was answered. */
export async function corpusAnswers(port, corpus) {
  const root = path.join(corpus, 'hl7v2');
  const out = [];
  for (const file of filesBelow(root)) {
    const bytes = readFileSync(file).toString('latin1').replace(/[\x0b\x1c]/g, '');
    const messages = messagesOf(Buffer.from(bytes, 'latin1'));
    const patience = messages.length === 0 || messages.some(isAnswered) ? 10 : 1;
    const frame = await exchange(port, bytes, patience);
    const verdicts = frame === null ? [] : messagesOf(Buffer.from(frame, 'latin1')).map(verdict);
    out.push({ file: path.relative(root, file), type: [...new Set(messages.map(typeOf))].join(', '), messages, frame, verdicts });
  }
  return out;
}

function cell(text) {
  return text.replace(/[|]/g, '\\|').replace(/[^\x20-\x7e]/g, '?');
}

// "1: …; 2: …" where a batch has several.
function each(verdicts, of) {
  const texts = verdicts.map(of);
  return texts.length > 1 ? texts.map((text, index) => `${index + 1}: ${text || '-'}`).join('; ') : (texts[0] ?? '');
}

export function corpusTable(answers) {
  const counts = new Map();
  for (const { verdicts } of answers) for (const { code } of verdicts) counts.set(code, (counts.get(code) ?? 0) + 1);
  const rows = answers.map(({ file, type, frame, verdicts }) => {
    const codes = frame === null ? 'no answer' : verdicts.map(({ code }) => code).join(', ');
    const errors = each(verdicts, (one) => one.errors.map(({ condition, where }) => `${condition} ${where}`.trim()).join(', '));
    return `| ${[file, type || '-', codes, errors, each(verdicts, (one) => one.sentences.join('; '))].map(cell).join(' | ')} |`;
  });
  return [
    '# What the shipped configuration answers to the test corpus',
    '',
    'Written by `tests/interop/corpus.mjs` and checked by `./dev test`. Third-party files, each sent unchanged as one MLLP frame to an',
    'engine with an empty store, in this order: the acknowledgement code (MSA-1), for a refusal the error (HL7 table 0357) and its place',
    '(ERR-1, from v2.5 on ERR-2 and 3), and what the answer says (MSA-3, from v2.5 on ERR-8). A file of several messages is answered',
    'with an acknowledgement for each, in one frame. A message whose MSH-15 and MSH-16 ask for no answer gets none.',
    '',
    `${answers.length} files: ${[...counts].sort().map(([code, count]) => `${count} ${code}`).join(', ')}.`,
    '',
    '| file | type | answer | error | what it says |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [port, corpus] = process.argv.slice(2);
  process.stdout.write(corpusTable(await corpusAnswers(Number(port), corpus)));
}
