// What the tests of forwarded orders share: orders to send, and what the engine says it did with them. Its channel `forward` takes orders
// on port 2575 and forwards them; its channel `second` keeps what comes back to the engine, a file each.
import assert from 'node:assert';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exchange, segments } from './mllp.mjs';

const samples = process.env.GANTRY_SAMPLES;
const second = path.join(path.dirname(samples), 'second');

/** The sample, in latin1. */
export const order = readFileSync(path.join(samples, 'order.hl7'), 'latin1');

/**
 * Makes the sample an order of its own, of another patient: control id, numbers and UID, but not the time, which has the same digits.
 * `names` are all control ids there will be; `patient` is what the numbers of their patients begin with.
 */
export function orders(names, patient) {
  const [, number] = /\|O(\d+)\|P\|/.exec(order);
  return (id) => order
    .replace(`|O${number}|P|`, `|${id}|P|`)
    .replaceAll(new RegExp(`(?<!20)${number}`, 'g'), String(BigInt(number) + BigInt(names.indexOf(id)) + 1n))
    .replace('S1000042', `${patient}${names.indexOf(id)}`);
}

/** What `holds` answers, as soon as it is true. */
export async function until(what, holds) {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const value = await holds();
    if (value) return value;
    await pause(50);
  }
  return assert.fail(`not within 20 s: ${what}`);
}

/** How often the engine counted an event of a destination. */
export async function counted(event, destination) {
  const text = await (await fetch('http://127.0.0.1:8080/metrics')).text();
  const line = text.split('\n').find((one) => one.startsWith(`gantry_${event}_total{`) && one.includes(destination));
  return Number(line?.split(' ').at(-1) ?? 0);
}

/** Sends an order that the engine must accept. */
export async function send(message) {
  const answer = await exchange(2575, message);
  assert.strictEqual(segments(answer, 'MSA')[0][1], 'AA', answer);
}

/** The messages that the channel `second` kept, sorted, once there are so many. */
export async function keptBySecond(count) {
  const files = await until('the files', () => {
    const names = existsSync(second) ? readdirSync(second).filter((name) => name.endsWith('.hl7')) : [];
    return names.length >= count && names;
  });
  return files.map((name) => readFileSync(path.join(second, name), 'latin1')).sort();
}
