// Firmware and logs from one end to the other: what an operator uploads is fetched by a station
// from the URL in the CALL, and what a station sends by another is there for the operator.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { adminKey, isDistributed, Lab, setup, temporaryDirectory, until } from './lab.mjs';
import { Station, versions } from './station.mjs';

const [v16, v201] = versions;
const image = randomBytes(700_000);
const limit = 1024 * 1024; // OHM_FILE_BYTES_MAX of the lab
let lab, files, certificate, signature;

const md5 = (bytes) => createHash('md5').update(bytes).digest('hex');
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

function sign() {
  const path = (name) => join(files.directory, name);
  const openssl = (...words) => execFileSync('openssl', words, { stdio: 'pipe' });
  writeFileSync(path('fw'), image);
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=acme', '-days', '2',
    '-keyout', path('key'), '-out', path('crt'));
  openssl('dgst', '-sha256', '-sign', path('key'), '-sigopt', 'rsa_padding_mode:pss', '-out',
    path('sig'), path('fw'));
  certificate = readFileSync(path('crt'), 'utf8');
  signature = readFileSync(path('sig')).toString('base64');
}

async function upload(fields, bytes = image) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set('file', new Blob([bytes]), 'fw-2.bin');
  const response = await fetch(`${lab.rest().url}/api/v1/firmware-images`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}` },
    body: form,
  });
  return { status: response.status, body: await response.json() };
}

// As bytes, with the path as it stands: fetch would tidy it up.
function send(url, method, body = Buffer.alloc(0), headers = {}) {
  const { hostname, port } = new URL(url);
  const path = url.slice(url.indexOf(port) + port.length);
  return new Promise((done, fail) => {
    const asked = request({ hostname, port, method, path, headers }, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('end', () =>
        done({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) }),
      );
    });
    asked.on('error', fail);
    asked.end(body);
  });
}

const get = (station, path) => lab.rest().expect(200, 'GET', station.path(path));
const content = (station, log) =>
  send(`${lab.rest().url}/api/v1${station.path(`/logs/${log}/content`)}`, 'GET', undefined, {
    authorization: `Bearer ${adminKey}`,
  });
const commandOf = (answer) => lab.rest().expect(200, 'GET', `/commands/${answer.body.id}`);
const effect = async (answer) => (await commandOf(answer)).effect.state;

// Answers the next such CALL, and resolves with its parameters.
function nextCall(station, action, answer) {
  return new Promise((done) =>
    station.client.handle(action, (call) => {
      done(call.params);
      return answer;
    }),
  );
}

async function orderLog(station, more = { type: 'diagnostics' }) {
  const diagnostics = station.version === v16 && more.type === 'diagnostics';
  const call = diagnostics
    ? nextCall(station, 'GetDiagnostics', { fileName: 'diag.zip' })
    : nextCall(station, 'GetLog', { status: 'Accepted', filename: 'diag.zip' });
  const answer = await lab.rest().post(station.path('/logs'), more, { prefer: 'wait=10' });
  assert.equal(answer.status, 200, answer.text);
  const params = await call;
  const url = diagnostics ? params.location : params.log.remoteLocation;
  const id = answer.body.id.replace('cmd_', 'log_');
  return { answer, url, id, requestId: params.requestId };
}

describe(`${setup}: files`, { timeout: 240_000 }, () => {
  before(
    async () => {
      files = temporaryDirectory('files');
      sign();
      lab = await Lab.start({
        ...(isDistributed ? { apis: 2 } : {}),
        env: { OHM_FILE_BYTES_MAX: String(limit), OHM_STATION_FILES_BYTES: String(2 * limit) },
      });
    },
    { timeout: 120_000 },
  );
  after(async () => {
    await lab?.stop();
    files?.remove();
  });

  for (const [index, version] of versions.entries()) {
    describe(version.name, () => {
      let fields;
      before(() => {
        fields = { vendor: 'ACME', model: `M${index}`, version: '2.0' };
      });

      const updates = (station) =>
        version === v16
          ? (status, requestId) => station.call('SignedFirmwareStatusNotification', { status, requestId })
          : (status, requestId) => station.call('FirmwareStatusNotification', { status, requestId });

      test('an image is uploaded, fetched, installed, and its version boots', async () => {
        const made = await upload({
          ...fields,
          sha256: sha256(image),
          signature,
          signing_certificate: certificate,
        });
        assert.equal(made.status, 201, JSON.stringify(made.body));
        assert.equal(made.body.md5, md5(image));
        assert.equal(made.body.is_signed, true);

        const station = await Station.boot(lab, version, { word: 'FW' });
        await station.bootNotification({ firmwareVersion: '1.0' });
        const action = version === v16 ? 'SignedUpdateFirmware' : 'UpdateFirmware';
        const call = nextCall(station, action, { status: 'Accepted' });
        const answer = await lab
          .rest()
          .command(station.id, 'update-firmware', { image: made.body.id }, { prefer: 'wait=10' });
        assert.equal(answer.status, 200, answer.text);
        const { firmware, requestId } = await call;
        assert.equal(firmware.signature, signature);
        assert.equal(firmware.signingCertificate.trim(), certificate.trim());
        assert.match(firmware.location, /\/f\/[\w-]{43}\/fw-2\.bin$/);
        assert.doesNotMatch(answer.text, /\/f\/[\w-]{43}/, 'people do not see the token');

        const update = async () => (await get(station, '/firmware')).data[0];
        assert.equal((await update()).state, 'ordered');
        const say = updates(station);
        await say('Downloading', requestId);
        const first = await send(firmware.location, 'GET', undefined, { range: 'bytes=0-99999' });
        assert.equal(first.status, 206);
        const rest = await send(firmware.location, 'GET', undefined, { range: 'bytes=100000-' });
        assert.deepEqual(Buffer.concat([first.body, rest.body]), image);
        assert.equal((await send(firmware.location, 'HEAD')).headers['content-length'], '700000');
        assert.equal((await update()).state, 'downloading');
        await until('the downloads to be counted', async () => (await update()).bytes_sent === 700_000);
        assert.equal((await update()).downloads, 2);

        await say('Downloaded', requestId);
        assert.equal((await update()).state, 'downloaded');
        assert.equal((await send(firmware.location, 'GET')).status, 410, 'it has it');
        await say('SignatureVerified', requestId);
        assert.equal((await update()).state, 'signature_verified');
        await say('Installing', requestId);
        await say('Installed', requestId);
        assert.equal(await effect(answer), 'pending', 'its version has not booted');
        await station.bootNotification({ firmwareVersion: '2.0' });
        assert.equal(await effect(answer), 'confirmed');
        const shown = await update();
        assert.deepEqual(
          [shown.state, shown.version_before, shown.version_now],
          ['installed', '1.0', '2.0'],
        );
        await station.close();
      });

      test('an update that fails says why', async () => {
        const { data } = await lab.rest().expect(200, 'GET', `/firmware-images?model=M${index}`);
        const station = await Station.boot(lab, version, { word: 'FW' });
        const action = version === v16 ? 'SignedUpdateFirmware' : 'UpdateFirmware';
        const call = nextCall(station, action, { status: 'Accepted' });
        const answer = await lab
          .rest()
          .command(station.id, 'update-firmware', { image: data[0].id }, { prefer: 'wait=10' });
        const { requestId } = await call;
        await updates(station)('InvalidSignature', requestId);
        const [update] = (await get(station, '/firmware')).data;
        assert.deepEqual([update.state, update.reason], ['failed', 'InvalidSignature']);
        assert.equal(await effect(answer), 'contradicted');
        await station.close();
      });

      test('a log is sent to us; the file and the word of it are the effect', async () => {
        const station = await Station.boot(lab, version, { word: 'LOG' });
        for (const [type, method] of [['diagnostics', 'PUT'], ['security', 'POST']]) {
          const bytes = randomBytes(400_000);
          const { answer, url, id, requestId } = await orderLog(station, { type });
          const sent = await send(`${url}..%2f..%2fetc/passwd`, method, bytes);
          assert.equal(sent.status, 200, sent.body.toString());
          assert.equal(await effect(answer), 'pending', 'the station has not said so');
          const diagnostics = version === v16 && type === 'diagnostics';
          await station.call(
            diagnostics ? 'DiagnosticsStatusNotification' : 'LogStatusNotification',
            diagnostics ? { status: 'Uploaded' } : { status: 'Uploaded', requestId },
          );
          await until('the effect', async () => (await effect(answer)) === 'confirmed');
          const log = await get(station, `/logs/${id}`);
          assert.deepEqual([log.state, log.bytes, log.status], ['received', 400_000, 'Uploaded']);
          assert.equal(log.sha256, sha256(bytes));
          const got = await content(station, id);
          assert.deepEqual(got.body, bytes);
          assert.equal(got.headers['x-content-type-options'], 'nosniff');
          assert.match(got.headers['content-disposition'], /^attachment; filename="[\w-]+\.bin"$/);
          assert.equal((await send(url, 'PUT', bytes)).status, 409, 'a URL takes one file');
        }
        await station.close();
      });
    });
  }

  test('forms are taken; every path behind the token is only a name', async () => {
    const station = await Station.boot(lab, v201, { word: 'LOG' });
    for (const rest of ['', 'a.zip', '../../../etc/passwd', '%2e%2e/%00', '//x', 'C:\\x']) {
      const { url, id } = await orderLog(station);
      const form = new FormData();
      form.set('upload', new Blob(['hello']), '../../../../tmp/x.html');
      const response = await fetch(url, { method: 'POST', body: form });
      assert.equal(response.status, 200);
      const got = await content(station, id);
      assert.equal(got.body.toString(), 'hello');
      assert.match(got.headers['content-disposition'], /^attachment; filename="[\w-]+\.bin"$/);
      const { url: second } = await orderLog(station);
      assert.equal((await send(second + rest, 'PUT', Buffer.from('x'))).status, 200, rest);
    }
    await station.close();
  });

  test('too much is refused, nothing of it is kept, and the URL may be tried again', async () => {
    const station = await Station.boot(lab, v201, { word: 'LOG' });
    const { url, id } = await orderLog(station);
    const large = Buffer.alloc(limit + 1, 1);
    assert.equal((await send(url, 'PUT', large)).status, 413);
    const endless = await send(url, 'PUT', large, { 'transfer-encoding': 'chunked' });
    assert.equal(endless.status, 413);
    assert.equal((await content(station, id)).status, 404);
    const most = Buffer.alloc(limit, 2);
    await until('the URL to be free', async () => (await send(url, 'PUT', most)).status === 200);
    const { url: second } = await orderLog(station);
    assert.equal((await send(second, 'PUT', most)).status, 200);
    const { url: third } = await orderLog(station);
    assert.equal((await send(third, 'PUT', Buffer.from('x'))).status, 507, 'the station is full');
    await lab.rest().expect(204, 'DELETE', station.path(`/logs/${id}`));
    assert.equal((await send(third, 'PUT', Buffer.from('x'))).status, 200);
    await station.close();
  });

  test('a token is of one station, one command and one direction', async () => {
    const [a, b] = [await Station.boot(lab, v201), await Station.boot(lab, v201)];
    const { url, id } = await orderLog(a);
    const wrong = url.replace(/\/f\/[\w-]{43}/, `/f/${'A'.repeat(43)}`);
    assert.equal((await send(wrong, 'PUT', Buffer.from('x'))).status, 404);
    assert.equal((await send(url, 'GET')).status, 404);
    assert.equal((await send(url, 'DELETE')).status, 405);
    // Whoever has the URL sends for the station that it was made for, never for another.
    assert.equal((await send(`${url}${b.id}.zip`, 'PUT', Buffer.from('x'))).status, 200);
    assert.equal((await get(a, `/logs/${id}`)).state, 'received');
    assert.equal((await get(b, '/logs')).data.length, 0);
    assert.equal((await content(b, id)).status, 404);
    const log = await lab.rest().get(`${a.path('/messages')}?limit=50`);
    assert.doesNotMatch(log.text, /\/f\/[\w-]{43}/, 'the message log does not hold it');
    await Promise.all([a.close(), b.close()]);
  });

  test('images are checked before they are offered', async () => {
    const named = { vendor: 'ACME', model: 'X', version: '1' };
    const code = async (fields, bytes) => {
      const { status, body } = await upload(fields, bytes);
      return `${status} ${body.code}`;
    };
    const signed = { ...named, signature, signing_certificate: certificate };
    assert.equal(await code(signed, Buffer.from('other')), '422 firmware_invalid');
    assert.equal(await code({ ...signed, signature: 'AAAA' }), '422 firmware_invalid');
    assert.equal(await code({ ...signed, signing_certificate: 'x' }), '422 firmware_invalid');
    assert.equal(await code({ ...named, sha256: '0'.repeat(64) }), '422 firmware_invalid');
    assert.equal(await code({ vendor: 'ACME' }), '400 validation_failed');
    assert.equal(await code(named, Buffer.alloc(limit + 1)), '413 payload_too_large');
    const { data } = await lab.rest().expect(200, 'GET', '/firmware-images?model=X');
    assert.deepEqual(data, []);
  });

  test('a local controller publishes an image and withdraws it', async () => {
    const made = await upload({ vendor: 'ACME', model: 'LC', version: '3.0' });
    assert.equal(made.status, 201);
    const station = await Station.boot(lab, v201, { word: 'LC' });
    const call = nextCall(station, 'PublishFirmware', { status: 'Accepted' });
    const body = { image: made.body.id };
    const answer = await lab
      .rest()
      .command(station.id, 'publish-firmware', body, { prefer: 'wait=10' });
    const { location, checksum, requestId } = await call;
    assert.equal(checksum, md5(image));
    assert.deepEqual((await send(location, 'GET')).body, image);
    await station.call('PublishFirmwareStatusNotification', {
      status: 'Published',
      requestId,
      location: ['http://lc/fw'],
    });
    assert.equal(await effect(answer), 'confirmed');
    assert.equal((await get(station, '/firmware')).data[0].state, 'published');
    const withdrawn = nextCall(station, 'UnpublishFirmware', { status: 'Unpublished' });
    await lab.rest().command(station.id, 'unpublish-firmware', body, { prefer: 'wait=10' });
    assert.equal((await withdrawn).checksum, md5(image));
    await station.close();
  });

  test('every api serves every file', { skip: !isDistributed && 'one process' }, async () => {
    const made = await upload({ vendor: 'ACME', model: 'BOTH', version: '1' });
    for (const index of [0, 1]) {
      const url = `${lab.rest(index).url}/api/v1/firmware-images/${made.body.id}/content`;
      const got = await send(url, 'GET', undefined, { authorization: `Bearer ${adminKey}` });
      assert.equal(md5(got.body), md5(image));
    }
  });
});
