// DCMTK's worklist server beside ours: the same twelve queries over the same items. Where the two answer differently it is said which
// items and why, here and in docs/conformance/worklist.md, which this test holds fresh (GANTRY_BLESS=1 rewrites it).
import assert from 'node:assert';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { exchange, segments } from './mllp.mjs';

const run = promisify(execFile);
const document = new URL('../../docs/conformance/worklist.md', import.meta.url);
const OURS = 11112;
const THEIRS = 11114;

function missing(program) {
  try {
    execFileSync('which', [program]);
    return false;
  } catch {
    return `${program} is not installed`;
  }
}

const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
const dayName = { [day(0)]: 'TODAY', [day(1)]: 'TOMORROW', [day(2)]: 'TODAY+2', [day(20)]: 'TODAY+20' };
const named = (text) => text.replace(/\d{8}/g, (date) => dayName[date] ?? date);
const readable = (at) => `${dayName[at.slice(0, 8)]}, ${at.slice(8, 10)}:${at.slice(10)}`;

// A letter stands for each item; its accession number is WL and the letter.
const items = {
  A: { name: 'SAMPLE^ADA', modality: 'CT', station: 'CT01', at: `${day(0)}0930` },
  B: { name: 'SAMPLE^BRUNO', modality: 'CT', station: 'CT02', at: `${day(0)}1430` },
  C: { name: 'Sample^Carla', modality: 'CT', station: 'CT01', at: `${day(1)}0800` },
  D: { name: 'MÜLLER^DORA', modality: 'MR', station: 'MR01', at: `${day(1)}1100` },
  E: { name: 'OTHER^EVE', modality: 'MR', station: 'MR01', at: `${day(2)}0900` },
  F: { name: 'OTHER^FINN', modality: 'CT', station: '', at: `${day(0)}1100` },
  G: { name: 'OTHER^GINA', modality: 'PT', station: 'PT01', at: `${day(0)}1200`, code: '78815' },
  H: { name: 'OTHER^HUGO', modality: 'US', station: 'US01', at: `${day(1)}1500`, started: true },
  I: { name: 'OTHER^IDA', modality: 'US', station: 'US01', at: `${day(20)}1500` },
};
const letters = Object.keys(items);
const uid = (letter) => `2.25.${letter.charCodeAt(0)}00`;

const step = (key) => `(0040,0100)[0].${key}`;
const CLOSED = 'H has been started: it is no longer to be done, and is answered only to a query that asks for its status';
const WINDOW = 'I is beyond the days that a query without a date is answered for (`dicom.window`)';
// theirs, ours: the letters of the items answered.
const queries = [
  { title: 'exact AE title', keys: [step('0040,0001=CT01'), step(`0040,0002=${day(0)}-${day(20)}`)], theirs: 'AC', ours: 'ACF',
    why: 'F names no station; the station table answers it to every AE title' },
  { title: 'modality, one day', keys: [step('0008,0060=CT'), step(`0040,0002=${day(0)}`)], theirs: 'ABF', ours: 'ABFG',
    why: 'G is one step for a PET/CT, answered to both of its modalities' },
  { title: 'range of dates', keys: [step(`0040,0002=${day(1)}-${day(2)}`)], theirs: 'CDEH', ours: 'CDE', why: CLOSED },
  { title: 'ranges of date and time, as one interval', keys: [step(`0040,0002=${day(0)}-${day(1)}`), step('0040,0003=1000-0900')],
    theirs: 'BCFG', ours: 'BCFG', why: '' },
  { title: 'name with a wildcard', keys: ['0010,0010=SAMPLE*', step(`0040,0002=${day(0)}-${day(20)}`)], theirs: 'AB', ours: 'ABC', why: 'C is written in small letters; case does not tell two people apart' },
  { title: 'name without case and accents', keys: ['0010,0010=muller*', step(`0040,0002=${day(0)}-${day(20)}`)], theirs: '', ours: 'D',
    why: 'D is found without its accent and in any case: not every keyboard has an Ü' },
  { title: 'step id', keys: [step('0040,0009=SPB'), step(`0040,0002=${day(0)}-${day(20)}`)], theirs: letters.join(''), ours: 'B',
    why: 'wlmscpfs does not match this key and answers everything' },
  { title: 'study instance UID', keys: [`0020,000D=${uid('C')}`, step(`0040,0002=${day(0)}-${day(20)}`)], theirs: letters.join(''), ours: 'C',
    why: 'wlmscpfs does not match this key and answers everything' },
  { title: 'accession number', keys: ['0008,0050=WLD'], theirs: 'D', ours: 'D', why: '' },
  { title: 'status', keys: [step('0040,0020=STARTED')], theirs: letters.join(''), ours: 'H',
    why: 'wlmscpfs does not match this key and answers everything' },
  { title: 'keys without values', keys: ['0010,0010', '0010,0020', step('0008,0060'), step('0040,0002')], theirs: letters.join(''), ours: 'ABCDEFG', why: `${CLOSED}; ${WINDOW}` },
  { title: 'sequence of length zero', keys: ['0010,0010', '0040,0100'], theirs: letters.join(''), ours: 'ABCDEFG', why: 'as above' },
];

function order(letter, item) {
  return [
    `MSH|^~\\&|HIS|HOSPITAL|GANTRY|RADIOLOGY|${day(0)}080000||ORM^O01|WL${letter}|P|2.5.1||||||UNICODE UTF-8`,
    `PID|1||P${letter}^^^HOSP^MR||${item.name}||19700131|F`,
    `ORC|NW|P${letter}^HIS|||SC||^^^${item.at}^^R|||||||||||${item.station}`,
    `OBR|1|P${letter}^HIS||${item.code ?? 'EXAM'}^EXAMINATION^LOCAL||||||||||||||WL${letter}|RP${letter}|SP${letter}||||${item.modality}`,
    `ZDS|${uid(letter)}^GANTRY^Application^DICOM`,
    '',
  ].join('\r');
}

async function send(message) {
  const ack = await exchange(2575, Buffer.from(message, 'utf8').toString('latin1'));
  assert.strictEqual(segments(ack, 'MSA')[0][1], 'AA', ack);
}

// Stores what a query is answered with as files, and gives their names.
async function stored(port, keys, folder) {
  mkdirSync(folder, { recursive: true });
  const options = keys.flatMap((key) => ['-k', key]);
  await run('findscu', ['-W', '-X', '-od', folder, '-aet', 'CT01', '-aec', 'GANTRY', ...options, '127.0.0.1', String(port)]);
  return readdirSync(folder).map((file) => path.join(folder, file));
}

// The letters of the items that a query is answered with.
async function answer(port, keys, folder) {
  const asked = keys.some((key) => key.startsWith('0008,0050')) ? keys : ['0008,0050', ...keys];
  const files = await stored(port, asked, folder);
  const found = files.map((file) => /WL([A-Z])/.exec(readFileSync(file, 'latin1'))?.[1] ?? '?');
  return found.sort().join('');
}

// Everything a worklist file may hold, for all dates and all states.
const everything = [
  '0008,0050', '0008,0080', '0008,0090', '0010,0010', '0010,0020', '0010,0030', '0010,0040', '0010,1030', '0010,2000', '0010,2110', '0010,21C0',
  '0020,000D', '0032,1032', '0032,1060', '0032,1064', '0038,0010', '0038,0050', '0038,0300', '0038,0500', '0040,1001', '0040,1003', '0040,1004',
  '0040,2016', '0040,2017', '0040,3001', '0008,1110', '0008,1120', step(`0040,0002=${day(-1)}-${day(30)}`), step('0040,0003'), step('0040,0001'),
  step('0008,0060'), step('0040,0006'), step('0040,0007'), step('0040,0008'), step('0040,0009'), step('0040,0010'), step('0040,0011'),
  step('0040,0012'), step('0032,1070'),
];

async function startTheirs(folder) {
  const server = spawn('wlmscpfs', ['-s', '-csk', '-dfp', folder, String(THEIRS)], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries += 1) {
    if (await run('echoscu', ['-aec', 'GANTRY', '127.0.0.1', String(THEIRS)]).then(() => true, () => false)) return server;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  server.kill();
  throw new Error('wlmscpfs does not answer');
}

function page(rows) {
  const item = ([letter, { name, modality, station, at, started }]) =>
    `| ${letter} | ${name} | ${modality}${letter === 'G' ? ', also CT' : ''} | ${station || '(none)'} | ${readable(at)} | ${started ? 'STARTED' : 'SCHEDULED'} |`;
  const list = (found) => found.split('').join(' ') || '–';
  return [
    '# The worklist beside DCMTK\'s',
    '',
    'Written by `tests/interop/wlmscpfs.test.mjs` and checked by `./dev test`: `wlmscpfs` (DCMTK 3.6.7) is given the engine\'s own answers as its',
    'files, and both are asked the same. They agree except where a reason is given.',
    '',
    '| item | patient | modality | station | start | state |',
    '| --- | --- | --- | --- | --- | --- |',
    ...Object.entries(items).map(item),
    '',
    '| query | keys | wlmscpfs | Gantry | difference |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(({ title, keys, theirs, ours, why }) => `| ${title} | ${named(keys.map((key) => `\`${key}\``).join(' '))} | ${list(theirs)} | ${list(ours)} | ${why} |`),
    '',
  ].join('\n');
}

const skip = missing('wlmscpfs') || missing('findscu');

test('wlmscpfs and the engine answer alike, or it is said why not', { skip }, async (t) => {
  const work = mkdtempSync(path.join(os.tmpdir(), 'gantry-wlmscpfs-'));
  let server;
  try {
    for (const [letter, item] of Object.entries(items)) await send(order(letter, item));
    mkdirSync(path.join(work, 'items/GANTRY'), { recursive: true });
    writeFileSync(path.join(work, 'items/GANTRY/lockfile'), '');
    const files = await stored(OURS, everything, path.join(work, 'answers'));
    assert.strictEqual(files.length, letters.length);
    files.forEach((file, n) => renameSync(file, path.join(work, `items/GANTRY/${n}.wl`)));
    for (const [letter, item] of Object.entries(items)) {
      if (item.started) await send(order(letter, item).replace('ORC|NW', 'ORC|SC').replace('|||SC||', '|||IP||').replace(`WL${letter}|P|`, `ST${letter}|P|`));
    }
    server = await startTheirs(path.join(work, 'items'));
    const rows = [];
    for (const [n, query] of queries.entries()) {
      const theirs = await answer(THEIRS, query.keys, path.join(work, `theirs${n}`));
      const ours = await answer(OURS, query.keys, path.join(work, `ours${n}`));
      rows.push({ ...query, theirs, ours });
      await t.test(query.title, () => {
        assert.deepStrictEqual({ theirs, ours }, { theirs: query.theirs, ours: query.ours });
        assert.strictEqual(query.why !== '', theirs !== ours, 'a difference has a reason, and only a difference');
      });
    }
    const fresh = page(rows);
    if (process.env.GANTRY_BLESS) writeFileSync(document, fresh);
    await t.test('docs/conformance/worklist.md is fresh', () => {
      const written = existsSync(document) ? readFileSync(document, 'utf8') : '';
      assert.strictEqual(written, fresh, 'GANTRY_BLESS=1 tests/interop/run.sh writes it');
    });
  } finally {
    server?.kill();
    rmSync(work, { recursive: true });
  }
});
