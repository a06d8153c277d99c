// node corpus.mjs PORT CORPUS [--all] : sends the orders of CORPUS/hl7v2 (or everything in it) in the order of their names to
// 127.0.0.1:PORT and writes what the engine answered as a Markdown table. Same engine, same corpus, empty store: same table.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { exchange, messagesOf, segments, typeOf } from './mllp.mjs';

const ORDERS = ['ORM', 'OMG', 'OMI'];

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(path.join(folder, entry.name)) : [path.join(folder, entry.name)]))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

// ERR is location, code and text from v2.5 on (ERR-2, 3, 8), one field before (ERR-1, with MSA-3 for the text).
function reasons(answer) {
  const errors = segments(answer, 'ERR').map((err) => [err[1], err[2], err[3], err[8]].filter(Boolean).join(' '));
  const text = segments(answer, 'MSA')[0]?.[3];
  return [text, ...errors].filter(Boolean).join('; ');
}

function cell(text) {
  return text.replace(/[|]/g, '\\|').replace(/[^\x20-\x7e]/g, '?');
}

/** The table; `all` takes every message type. */
export async function corpusTable(port, corpus, all = false) {
  const root = path.join(corpus, 'hl7v2');
  const rows = [];
  const counts = new Map();
  for (const file of filesBelow(root)) {
    const messages = messagesOf(readFileSync(file));
    for (const [index, message] of messages.entries()) {
      if (!all && !ORDERS.includes(typeOf(message))) continue;
      const answer = await exchange(port, message);
      const code = answer === null ? 'no answer' : (segments(answer, 'MSA')[0]?.[1] ?? 'no MSA');
      const name = path.relative(root, file) + (messages.length > 1 ? ` #${index + 1}` : '');
      counts.set(code, (counts.get(code) ?? 0) + 1);
      rows.push(`| ${cell(name)} | ${cell(typeOf(message))} | ${cell(code)} | ${cell(answer === null ? '' : reasons(answer))} |`);
    }
  }
  const summary = [...counts].sort().map(([code, count]) => `${count} ${code}`);
  return [
    `# What the shipped configuration answers to the ${all ? 'messages' : 'orders'} of the test corpus`,
    '',
    'Written by `tests/interop/corpus.mjs` and checked by `./dev test`. Third-party messages, sent unchanged over MLLP to an engine with an',
    'empty store: the acknowledgement code (MSA-1) and, for a refusal, where and why (MSA-3, ERR).',
    '',
    `${rows.length} messages: ${summary.join(', ')}.`,
    '',
    '| file | type | answer | reason |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [port, corpus, option] = process.argv.slice(2);
  process.stdout.write(await corpusTable(Number(port), corpus, option === '--all'));
}
