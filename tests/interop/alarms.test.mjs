// A receiver that refuses orders is told to a person: once, with a count, however many there are.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import test from 'node:test';
import { exchange, segments } from './mllp.mjs';

const order = readFileSync(path.join(process.env.GANTRY_SAMPLES, 'order.hl7'), 'latin1');
const called = (id) => order.replace(/(?<=\|ORM\^O01[^|]*\|)[^|]*/, id);

/** Listens until the process ends; `talk` is given each connection. */
const listen = (port, talk) => new Promise((resolve) => {
  const server = net.createServer((socket) => {
    socket.unref();
    socket.on('error', () => {});
    talk(socket);
  });
  server.listen(port, '127.0.0.1', () => resolve(server.unref()));
});

const mails = [];
let arrived = () => {};

function mailServer(socket) {
  let text = '';
  let inMail = false;
  socket.write('220 mail.example\r\n');
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const line = text.slice(0, end);
      if (inMail && !text.includes('\r\n.\r\n')) return;
      if (inMail) {
        const [mail] = text.split('\r\n.\r\n');
        text = text.slice(mail.length + 5);
        inMail = false;
        mails.push(mail);
        arrived();
        socket.write('250 queued\r\n');
        continue;
      }
      text = text.slice(end + 2);
      inMail = line === 'DATA';
      socket.write(inMail ? '354 go on\r\n' : '250 ok\r\n');
    }
  });
}

function refusing(socket) {
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes.toString('latin1');
    if (!text.endsWith('\x1c\r')) return;
    const id = segments(text.slice(1, -2), 'MSH')[0][10];
    text = '';
    socket.write(`\x0bMSH|^~\\&|R|R|G|G|20261123||ACK|A1|P|2.5.1\rMSA|AE|${id}\r\x1c\r`);
  });
}

test('what is dead is mailed once, and without anything of the patient', { timeout: 60_000 }, async () => {
  const mailed = new Promise((resolve) => { arrived = resolve; });
  await listen(2525, mailServer);
  await listen(2576, refusing);
  for (let i = 1; i <= 20; ++i) {
    const answer = await exchange(2575, called(`ALARM${i}`));
    assert.ok(segments(answer, 'MSA')[0][1].startsWith('A'), answer);
  }
  // The servers do not keep this process, the wait must.
  const waiting = setInterval(() => {}, 1000);
  await mailed;
  clearInterval(waiting);
  const [head, ...body] = mails[0].split('\r\n\r\n');
  assert.match(head, /^To: pacs-team@hospital\.example$/m);
  assert.match(head, /^Subject: Gantry .*: delivery_dead forward\/ris$/m);
  const text = Buffer.from(body.join(''), 'base64').toString('utf8');
  assert.match(text, /^delivery_dead forward\/ris$/m);
  assert.match(text, /needs a person/);
  for (const name of segments(order, 'PID')[0][5].split('^').filter((part) => part.length > 3)) assert.ok(!text.includes(name), text);
  assert.strictEqual(mails.length, 1);
});
