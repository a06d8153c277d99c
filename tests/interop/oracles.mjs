// Other converters' test pairs through the shipped mappings (`gantry try`), and what came of it as a Markdown document.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { decisions, verdictOf } from './oracle_decisions.mjs';
import { recordsOf, resources, rowsOf, unheld } from './oracle_elements.mjs';
import { all, pairsOf, parsed, prepared, put, typeOf } from './oracle_messages.mjs';

const run = promisify(execFile);
const engine = process.env.GANTRY_ENGINE ?? 'build/release/gantry';
const configuration = new URL('oracles.conf', import.meta.url).pathname;

/** What `gantry try` says to these messages, one after the other. */
async function tried(messages) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gantry-oracles-'));
  try {
    const files = messages.map((message, index) => {
      const file = path.join(folder, `${index}.hl7`);
      writeFileSync(file, Buffer.from(message, 'latin1'));
      return file;
    });
    const { stdout } = await run(engine, ['try', '--json', '--conf', configuration, 'oracles', ...files], { maxBuffer: 1 << 26 })
      .catch((failed) => failed);
    return JSON.parse(stdout).messages;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// A message that is refused for a status nobody knows, or filtered because OBR-24 and TXA-2 say that it is not about imaging, is asked
// again without that: everything else in it can still be compared.
const again = [
  { why: ({ error }) => /OBR\[\d+\]-25/.test(error ?? ''), puts: [['OBR', 25, 'F']] },
  { why: ({ disposition }) => /^filtered.*not about imaging/.test(disposition), puts: [['OBR', 24, ''], ['TXA', 2, 'DI']] },
];

async function answered(message) {
  const segments = parsed(message);
  const asked = prepared(segments);
  if (!asked) return null;
  const outputs = await tried(asked.messages);
  const other = again.find(({ why }) => why(outputs.at(-1)));
  if (!other) return { ...asked, outputs };
  const changed = parsed(asked.messages.at(-1));
  for (const [name, number, value] of other.puts) {
    all(changed, name).forEach((segment) => put(segment, number, value));
    asked.added.add(`${name}-${number}`);
  }
  const second = prepared(changed);
  return { ...asked, outputs: await tried(second.messages), first: outputs.at(-1) };
}

// What the test supplied itself is no reading of the message.
function compared(rows, { added, first: refused }) {
  const supplied = ({ expected, actual }) => expected === '' && /^SUPPLIED/.test(actual);
  const settled = ({ element }) => (added.has('OBR-25') && ['ServiceRequest.status', 'DiagnosticReport.status'].includes(element)) ||
    (added.has('TXA-2') && element === 'DiagnosticReport.category');
  const status = (row) => (row.element === 'DiagnosticReport.status' && refused ? [{ ...row, actual: 'refused at OBR-25' }] : []);
  return rows.filter((row) => !supplied(row)).flatMap((row) => (settled(row) ? status(row) : [row]));
}

/** { name, source, type, as, added, outcome, rows, nothing, unheld, message, records } of one pair; rows with their verdict. */
async function comparison(pair) {
  const { source, name, message, bundle } = pair;
  const sentAs = parsed(message);
  const out = { source, name, message: sentAs, bundle, type: typeOf(sentAs), as: '', added: [], rows: [], outcome: '', unheld: unheld(bundle, /^(ORU|MDM)/.test(typeOf(sentAs))) };
  const answer = await answered(message);
  if (!answer) return { ...out, nothing: 'no PID: nobody is spoken of' };
  const last = answer.outputs.at(-1);
  Object.assign(out, { as: answer.as, added: [...answer.added], outcome: last.disposition, error: last.error, answer });
  if (!(bundle.entry ?? []).some(({ resource }) => resources.includes(resource.resourceType)))
    return { ...out, nothing: 'the Bundle has none of the resources compared' };
  const rows = judged(out, recordsOf(answer.outputs));
  return rows.length > 0 ? { ...out, rows } : { ...out, nothing: 'none of what is compared, but for what the test added' };
}

/** The rows of a pair, for these records, each with `verdict`. */
export function judged({ bundle, message, answer }, records) {
  const rows = compared(rowsOf(bundle, records), answer);
  return rows.map((row) => ({ ...row, verdict: verdictOf(row, message, { at: row.at ?? 0, rows }) }));
}

export async function comparisons(corpus) {
  const out = [];
  for (const pair of pairsOf(corpus)) out.push(await comparison(pair));
  return out;
}

const count = (rows, holds) => rows.filter(holds).length;
export const agrees = ({ verdict }) => verdict === 'agree';
export const wrong = ({ verdict }) => verdict === 'wrong';
const decided = (row) => !agrees(row) && !wrong(row);

function tally(texts) {
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
}

function askedAs({ type, as, added, nothing }) {
  if (nothing && !as) return '';
  const parts = [as === type ? '' : as === 'ADT^A31' ? 'its PID, as ADT^A31' : `as ${as}`, added.length > 0 ? `with ${added.join(', ')}` : ''];
  return parts.filter(Boolean).join(', ') || 'as sent';
}

function reachOf(rows) {
  const kinds = [...new Set(rows.map(({ element }) => element.split('.')[0]))];
  return resources.filter((kind) => kinds.includes(kind)).join(', ');
}

function pairRow(pair) {
  const { source, name, type, rows, nothing, outcome, error, as } = pair;
  const what = nothing ?? (/^(accepted|rejected)$/.test(outcome) && error ? `${outcome}: ${error}` : reachOf(rows));
  const ids = tally(rows.filter(decided).map(({ verdict }) => verdict)).map(([id]) => id).join(' ');
  const note = nothing && as ? '' : askedAs(pair);
  return `| ${[source, name, type, note, what, count(rows, agrees), count(rows, decided), count(rows, wrong), ids].join(' | ')} |`;
}

const elementRow = ([element, rows]) => `| ${[element, count(rows, agrees), count(rows, decided), count(rows, wrong)].join(' | ')} |`;

/** docs/conformance/fhir-oracles.md */
export function report(pairs) {
  const rows = pairs.flatMap((pair) => pair.rows);
  const elements = [...new Set(rows.map(({ element }) => element))].sort().map((element) => [element, rows.filter((row) => row.element === element)]);
  const used = new Map(tally(rows.filter(decided).map(({ verdict }) => verdict)));
  const bySource = [...new Set(pairs.map(({ source }) => source))].map((source) => pairs.filter((pair) => pair.source === source));
  return [
    '# What other converters make of their test messages, and what Gantry reads in them',
    '',
    'Written by `tests/interop/oracles.test.mjs` and checked by `./dev test`. The pairs are test data of Microsoft FHIR-Converter and CDC',
    'prime-reportstream: an HL7 v2 message and the FHIR Bundle that the other program makes of it. Gantry reads each message with its shipped',
    'mappings into its records; each element of Patient, ServiceRequest, DiagnosticReport, Observation and Appointment that a record has a field',
    'for is compared, value by value, in one spelling (times in UTC, genders and codes as FHIR writes them, names by their parts). A',
    'difference is *by decision* when a decision below foretells, out of the message, exactly what Gantry says; else it is *wrong*.',
    '',
    `${pairs.length} pairs (${bySource.map((of) => `${of.length} ${of[0].source}`).join(', ')}), ${count(pairs, ({ rows: of }) => of.length > 0)} of them with something to compare. ` +
      `${rows.length} elements: ${count(rows, agrees)} agree, ${count(rows, decided)} differ by decision, ${count(rows, wrong)} are wrong.`,
    '',
    '## Pairs',
    '',
    'Most of these messages are about one field and leave out what an engine cannot do without. *asked*: what the test added (the patient\'s number and',
    'name, the number of the order, MSH-11), and as which message it is asked where no shipped mapping reads its type, or the type has',
    'no effect on a patient; what was added is not compared. An appointment gets an order to be for; a cancelled one is booked before.',
    'A laboratory order (OML) is asked as the general order (OMG) that it is otherwise like. What the shipped configuration answers to each file',
    'as it was sent is in `corpus.md`; here the channel takes training messages and any result (`tests/interop/oracles.conf`).',
    '',
    '| source | pair | type | asked | compared | agree | by decision | wrong | decisions |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...pairs.map(pairRow),
    '',
    '## Elements',
    '',
    '| element | agree | by decision | wrong |',
    '| --- | --- | --- | --- |',
    ...elements.map(elementRow),
    '',
    '## Decisions',
    '',
    '| decision | elements | what Gantry does | citation |',
    '| --- | --- | --- | --- |',
    ...decisions.map(({ id, says, cites }) => `| ${[id, used.get(id) ?? 0, says, cites].join(' | ')} |`),
    '',
    '## Not compared',
    '',
    'Elements of the expected Bundles that no record has a field for, and in how many resources they are. Extensions of the converters themselves,',
    '`subject`, `intent`, `meta` and resources other than the five (MessageHeader, Encounter, Specimen, Practitioner, Organization, …) are not compared either;',
    'Practitioner is where a request or report refers to one.',
    '',
    '| element | resources |',
    '| --- | --- |',
    ...tally(pairs.flatMap((pair) => pair.unheld)).map(([element, number]) => `| ${element} | ${number} |`),
    '',
  ].join('\n');
}
