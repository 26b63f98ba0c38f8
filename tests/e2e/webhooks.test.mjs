// Webhooks that are asked before a station is answered: a service of the operator decides about
// tokens and answers a vendor's DataTransfer; a certificate's responder of openssl is asked.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { freePort, Lab, sleep, temporaryDirectory } from './lab.mjs';
import { freshId, Station, versions } from './station.mjs';

let lab;
let responder;
let authority;
const rest = () => lab.rest();
const [v16, v201] = versions;
const freshWithinMs = 1_500;

// A service that notes what it is asked and answers as it is told.
class Service {
  asked = [];
  answer = () => ({ body: {} });

  static async start() {
    const service = new Service();
    service.server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        service.asked.push({ headers: request.headers, text: body, body: JSON.parse(body) });
        const answer = service.answer(service.asked.at(-1));
        if (answer === null) return; // silence
        response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
        response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
      });
    });
    await new Promise((done) => service.server.listen(0, '127.0.0.1', done));
    service.url = `http://127.0.0.1:${service.server.address().port}/ask`;
    return service;
  }
  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function assertSigned({ headers, text }, secret) {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(content).digest('base64');
  assert.ok(headers['webhook-signature'].split(' ').includes(`v1,${mac}`), 'the signature is right');
  assert.ok(Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 60);
}

function openssl(...words) {
  const { status, stderr, stdout } = spawnSync('openssl', words, { encoding: 'buffer' });
  assert.equal(status, 0, `openssl ${words[0]}: ${stderr}`);
  return stdout;
}

// An authority with one certificate, and openssl's own responder for it.
class Responder {
  static async start(port) {
    const one = new Responder();
    const { directory, remove } = temporaryDirectory('ocsp');
    one.remove = remove;
    const file = (name) => join(directory, name);
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=Issuer', '-days', '30',
      '-keyout', file('ca.key'), '-out', file('ca.pem'));
    one.authority = file('ca.pem');
    writeFileSync(file('index.txt'), 'V\t491231235959Z\t\t1A2B\tunknown\t/CN=good\n' +
      'R\t491231235959Z\t250101000000Z\t1A2C\tunknown\t/CN=bad\n');
    one.child = spawn('openssl', ['ocsp', '-index', file('index.txt'), '-port', `${port}`,
      '-rsigner', file('ca.pem'), '-rkey', file('ca.key'), '-CA', file('ca.pem'), '-ndays', '1'],
      { stdio: ['ignore', 'ignore', 'pipe'] });
    // A connection that asks nothing would hold it up: its own word is waited for.
    const listening = new Promise((done) => one.child.stderr.on('data', (said) => {
      if (`${said}`.includes('waiting for OCSP client connections')) done();
    }));
    one.port = port;
    const name = openssl('x509', '-in', file('ca.pem'), '-noout', '-ocspid').toString();
    assert.match(name, /hash/);
    const spki = openssl('x509', '-in', file('ca.pem'), '-noout', '-pubkey');
    writeFileSync(file('ca.pub'), spki);
    const key = openssl('rsa', '-pubin', '-in', file('ca.pub'), '-RSAPublicKey_out', '-outform', 'DER');
    const der = openssl('x509', '-in', file('ca.pem'), '-outform', 'DER');
    // The subject of "/CN=Issuer": SEQUENCE of one SET of one SEQUENCE, found by its text.
    const text = Buffer.from('Issuer');
    const at = der.lastIndexOf(text);
    const subject = der.subarray(at - 13, at + text.length);
    assert.equal(subject[0], 0x30);
    const hex = (bytes) => createHash('sha256').update(bytes).digest('hex');
    one.hashes = { hashAlgorithm: 'SHA256', issuerNameHash: hex(subject), issuerKeyHash: hex(key) };
    await listening;
    return one;
  }
  of(serialNumber, responderURL = `http://127.0.0.1:${this.port}/`) {
    return { ...this.hashes, serialNumber, responderURL };
  }
  stop() {
    this.child.kill('SIGKILL');
    this.remove();
  }
}

before(async () => {
  const port = await freePort();
  responder = await Responder.start(port);
  lab = await Lab.start({
    env: { OHM_WEBHOOK_ALLOW_PRIVATE: 'true', OHM_EGRESS_ALLOW: `127.0.0.1:${port}` },
  });
});
after(async () => {
  await lab?.stop();
  responder?.stop();
});

function booted(version) {
  return Station.boot(lab, version);
}

describe('a webhook decides about tokens', () => {
  let members;
  let secret;
  before(async () => {
    members = await Service.start();
    ({ secret } = await rest().expect(201, 'PUT', '/decision-webhook', {
      url: members.url,
      timeout_ms: 400,
      fallback: 'reject',
    }));
    await sleep(freshWithinMs);
  });
  after(async () => {
    await rest().expect(204, 'DELETE', '/decision-webhook');
    members.stop();
    await sleep(freshWithinMs);
  });

  test('1.6: it is asked, signed, and what it says is told and kept', async () => {
    const station = await booted(v16);
    members.answer = () => ({ body: { accept: true, group: 'FLEET', reason: 'a member' } });
    const idTag = freshId('t').slice(0, 20);
    const { idTagInfo } = await station.call('Authorize', { idTag });
    assert.deepEqual([idTagInfo.status, idTagInfo.parentIdTag], ['Accepted', 'FLEET']);
    const asked = members.asked.at(-1);
    assertSigned(asked, secret);
    assert.equal(asked.body.data.token.uid, idTag);
    assert.equal(asked.body.data.station_id, station.id);
    const { data } = await rest().expect(200, 'GET', `/authorizations?token=${idTag}`);
    assert.deepEqual(
      [data[0].decided_by, data[0].status, data[0].detail],
      ['webhook', 'Accepted', 'a member'],
    );
    await station.close();
  });

  test('2.0.1: a refusal starts nothing, and silence is the fallback', async () => {
    const station = await booted(v201);
    const idToken = { idToken: freshId('t'), type: 'ISO14443' };
    members.answer = () => ({ body: { accept: false, status: 'Blocked' } });
    assert.equal((await station.call('Authorize', { idToken })).idTokenInfo.status, 'Blocked');
    for (const answer of [null, { status: 500, body: {} }, { body: 'no JSON' }]) {
      members.answer = () => answer;
      assert.equal((await station.call('Authorize', { idToken })).idTokenInfo.status, 'Invalid');
    }
    const { data } = await rest().expect(200, 'GET', `/authorizations?token=${idToken.idToken}`);
    assert.deepEqual(
      data.map((one) => one.detail),
      ['webhook: unreadable', 'webhook: status_500', 'webhook: timed_out', null],
    );
    await station.close();
  });
});

test('a webhook answers a vendor, another message is unknown', async () => {
  const service = await Service.start();
  const { id, secret } = await rest().expect(201, 'POST', '/data-transfer-handlers', {
    vendor_id: 'com.acme',
    message_id: 'Report',
    url: service.url,
  });
  await sleep(freshWithinMs);
  service.answer = ({ body }) => ({ body: { status: 'Accepted', data: `got ${body.data.data}` } });
  const station = await booted(v16);
  const report = { vendorId: 'COM.ACME', messageId: 'report', data: 'x' };
  assert.deepEqual(await station.call('DataTransfer', report), { status: 'Accepted', data: 'got x' });
  assertSigned(service.asked.at(-1), secret);
  const other = { vendorId: 'com.acme', messageId: 'Other' };
  assert.equal((await station.call('DataTransfer', other)).status, 'UnknownMessageId');
  service.answer = () => ({ status: 503, body: {} });
  assert.equal((await station.call('DataTransfer', report)).status, 'Rejected');
  await rest().expect(204, 'DELETE', `/data-transfer-handlers/${id}`);
  service.stop();
  await sleep(freshWithinMs);
  assert.equal((await station.call('DataTransfer', report)).status, 'UnknownVendorId');
  await station.close();
});

test('a certificate\'s responder is asked where it is allowed', async () => {
  const station = await booted(v201);
  const ask = (ocspRequestData) => station.call('GetCertificateStatus', { ocspRequestData });
  const good = await ask(responder.of('1a2b'));
  assert.equal(good.status, 'Accepted', JSON.stringify(good));
  assert.ok(Buffer.from(good.ocspResult, 'base64').length > 100);
  const elsewhere = await ask(responder.of('1a2b', lab.url() + '/livez'));
  assert.equal(elsewhere.status, 'Failed');
  await rest().expect(201, 'PUT', '/tokens/DE8AACA2B3C4D51', { type: 'eMAID' });
  const authorize = (serial) =>
    station.call('Authorize', {
      idToken: { idToken: 'DE8AACA2B3C4D51', type: 'eMAID' },
      iso15118CertificateHashData: [responder.of(serial)],
    });
  assert.equal((await authorize('1a2b')).certificateStatus, 'Accepted');
  assert.equal((await authorize('1a2c')).certificateStatus, 'CertificateRevoked');
  responder.child.kill('SIGKILL');
  const again = await ask(responder.of('1a2b'));
  assert.equal(again.ocspResult, good.ocspResult, 'kept until the next update');
  await station.close();
});
