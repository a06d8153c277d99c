// Patient names through the engine in eleven character sets: ordered over MLLP in the one that MSH-18 names, answered in the one that
// the modality reads, to DCMTK byte for byte and to dcmjs-dimse as text. The Japanese, Korean and Chinese names are the examples of
// PS3.5 annexes H to J.
import assert from 'node:assert';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import dimse from 'dcmjs-dimse';
import { exchange, segments } from './mllp.mjs';

const run = promisify(execFile);
const latin1 = (bytes) => Buffer.from(bytes, 'latin1');

// ae: as in character_sets.conf. hl7: bytes of PID-5 in the character set of MSH-18. set and pn: (0008,0005) and the bytes of (0010,0010)
// as that modality must get them. text: what they say. wild: the bytes of a query key in the same set. dimse: the AE title that
// dcmjs-dimse calls by; it knows no code extensions.
const names = [
  { ae: 'WESTERN', msh18: '8859/1', hl7: 'Buc^J\xe9r\xf4me', set: 'ISO_IR 100', pn: 'Buc^J\xe9r\xf4me', text: 'Buc^Jérôme', wild: '*^j\xe9r*' },
  { ae: 'CENTRAL', msh18: '8859/2', hl7: 'Wa\xb3ek^\xa3ucja', set: 'ISO_IR 101', pn: 'Wa\xb3ek^\xa3ucja', text: 'Wałek^Łucja', wild: 'wa\xb3*' },
  { ae: 'CYRILLIC', msh18: '8859/5', hl7: '\xbb\xee\xda\xe1^\xb8\xd2\xd0\xdd', set: 'ISO_IR 144', pn: '\xbb\xee\xda\xe1^\xb8\xd2\xd0\xdd', text: 'Люкс^Иван', wild: '\xdb\xee*' },
  { ae: 'GREEK', msh18: '8859/7', hl7: '\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2', set: 'ISO_IR 126', pn: '\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2', text: 'Διονυσιος', wild: '\xe4\xe9*' },
  { ae: 'HEBREW', msh18: '8859/8', hl7: '\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4', set: 'ISO_IR 138', pn: '\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4', text: 'שרון^דבורה', wild: '\xf9\xf8*' },
  { ae: 'ARABIC', msh18: '8859/6', hl7: '\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1', set: 'ISO_IR 127', pn: '\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1', text: 'قباني^لنزار', wild: '\xe2\xc8*' },
  { ae: 'TURKISH', msh18: '8859/9', hl7: '\xc7avu\xfeo\xf0lu^\xddnci', set: 'ISO_IR 148', pn: '\xc7avu\xfeo\xf0lu^\xddnci', text: 'Çavuşoğlu^İnci', wild: '\xe7avu*' },
  {
    ae: 'JAPANESE', msh18: 'ASCII~ISO IR87', set: '\\ISO 2022 IR 87', dimse: 'UNICODE',
    hl7: 'Yamada^Tarou^^^^^L^A~\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B^^^^^L^I~\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B^^^^^L^P',
    pn: 'Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B',
    text: 'Yamada^Tarou=山田^太郎=やまだ^たろう', wild: '\x1b$B;3\x1b(B*',
  },
  {
    ae: 'KOREAN', msh18: 'KS X 1001', set: '\\ISO 2022 IR 149', dimse: 'UNICODE',
    hl7: 'Hong^Gildong^^^^^L^A~\xfb\xf3^\xd1\xce\xd4\xd7^^^^^L^I~\xc8\xab^\xb1\xe6\xb5\xbf^^^^^L^P',
    pn: 'Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf',
    text: 'Hong^Gildong=洪^吉洞=홍^길동', wild: '==\x1b$)C\xc8\xab*',
  },
  {
    ae: 'CHINESE', msh18: 'GB 18030-2000', set: 'GB18030', hl7: 'Wang^XiaoDong^^^^^L^A~\xcd\xf5^\xd0\xa1\xb6\xab^^^^^L^I',
    pn: 'Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab', text: 'Wang^XiaoDong=王^小东', wild: '\xcd\xf5*',
  },
  {
    ae: 'UNICODE', msh18: 'UNICODE UTF-8', set: 'ISO_IR 192',
    hl7: latin1OfUtf8('Wang^XiaoDong^^^^^L^A~王^小東^^^^^L^I'), pn: latin1OfUtf8('Wang^XiaoDong=王^小東'), text: 'Wang^XiaoDong=王^小東', wild: latin1OfUtf8('王^小東'),
  },
];

function latin1OfUtf8(text) {
  return Buffer.from(text, 'utf8').toString('latin1');
}

const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
const accession = (name) => `CS${name.ae}`;

function order(name) {
  return [
    `MSH|^~\\&|HIS|HOSPITAL|GANTRY|RADIOLOGY|${today}080000||ORM^O01|${name.ae}|P|2.5.1||||||${name.msh18}`,
    `PID|1||${name.ae}^^^HOSP^MR||${name.hl7}||19700131|O`,
    `ORC|NW|P${name.ae}^HIS|||SC||^^^${today}0930^^R`,
    `OBR|1|P${name.ae}^HIS||CTABD^CT ABDOMEN^LOCAL||||||||||||||${accession(name)}||||||CT`,
    '',
  ].join('\r');
}

// The data sets that findscu was answered with, as it stored them. keys: latin1, one character per byte.
async function answers(ae, ...keys) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'gantry-answers-'));
  try {
    const options = keys.flatMap((key) => ['-k', key]).map((word) => `$'${[...latin1(word)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`);
    await run('bash', ['-c', `LC_ALL=C findscu -W -X -od ${folder} -aet ${ae} -aec GANTRY ${options.join(' ')} 127.0.0.1 11112`]);
    return readdirSync(folder).map((file) => readFileSync(path.join(folder, file)).toString('latin1'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// The value of an element in Explicit VR Little Endian, without padding; null when it is not there.
function value(dataset, group, element, vr) {
  const tag = Buffer.alloc(4);
  tag.writeUInt16LE(group, 0);
  tag.writeUInt16LE(element, 2);
  const at = dataset.indexOf(tag.toString('latin1') + vr);
  if (at < 0) return null;
  const size = latin1(dataset.slice(at + 6, at + 8)).readUInt16LE(0);
  return dataset.slice(at + 8, at + 8 + size).replace(/ +$/, '');
}

function asked(ae, elements) {
  const { Client, constants, requests } = dimse;
  return new Promise((resolve, reject) => {
    const request = requests.CFindRequest.createWorklistFindRequest(elements);
    const found = [];
    request.on('response', (response) => {
      const pending = [constants.Status.Pending, 0xff01].includes(response.getStatus());
      if (pending && response.hasDataset()) found.push(response.getDataset().getElements());
    });
    const client = new Client();
    client.addRequest(request);
    client.on('networkError', reject);
    client.on('closed', () => resolve(found));
    client.send('127.0.0.1', 11112, ae, 'GANTRY');
  });
}

// dcmjs gives a name as text, or as an object or list of its groups.
function asText(name) {
  if (Array.isArray(name)) return name.map(asText).join('\\');
  if (typeof name === 'string' || name instanceof String) return String(name);
  return [name.Alphabetic, name.Ideographic, name.Phonetic].map((group) => group ?? '').join('=').replace(/=+$/, '');
}

test('somebody else is there', async () => {
  const ack = await exchange(2575, order({ ae: 'NOBODY', msh18: '', hl7: 'NOBODY^ASKED' }));
  assert.strictEqual(segments(ack, 'MSA')[0][1], 'AA', ack);
  assert.strictEqual((await answers('PLAIN', '0008,0050=CSNOBODY', '0010,0020')).length, 1);
});

for (const name of names) {
  test(`${name.set}: ${name.text}`, async (t) => {
    const ack = await exchange(2575, order(name));
    assert.strictEqual(segments(ack, 'MSA')[0][1], 'AA', ack);

    await t.test('to findscu, byte for byte', async () => {
      const found = await answers(name.ae, `0008,0050=${accession(name)}`, '0010,0010', '0010,0020');
      assert.strictEqual(found.length, 1);
      assert.strictEqual(value(found[0], 0x0008, 0x0005, 'CS'), name.set);
      assert.strictEqual(value(found[0], 0x0010, 0x0010, 'PN'), name.pn);
    });

    await t.test('found by a query in the same character set', async () => {
      const found = await answers(name.ae, `0008,0005=${name.set}`, `0010,0010=${name.wild}`, '0010,0020');
      assert.ok(found.some((dataset) => value(dataset, 0x0010, 0x0020, 'LO') === name.ae), `${found.length} answers`);
      assert.ok(!found.some((dataset) => value(dataset, 0x0010, 0x0020, 'LO') === 'NOBODY'));
    });

    await t.test('to dcmjs-dimse, as text', async () => {
      const found = await asked(name.dimse ?? name.ae, { AccessionNumber: accession(name), PatientName: '', PatientID: '' });
      assert.strictEqual(found.length, 1);
      assert.strictEqual(asText(found[0].PatientName), name.text);
    });

    await t.test('in Latin letters to a modality that reads ASCII only', async () => {
      const found = await answers('PLAIN', `0008,0050=${accession(name)}`, '0010,0010');
      const spelled = value(found[0], 0x0010, 0x0010, 'PN');
      assert.match(spelled, /^[A-Za-z' ]+(\^[A-Za-z' ]+)?$/);
      assert.strictEqual(value(found[0], 0x0008, 0x0005, 'CS'), null);
      assert.strictEqual(spelled.includes('^'), name.text.includes('^'));
    });
  });
}
