// A station's certificate from its request to its connection: `ohmstead create-ca` makes the
// authority, openssl the keys and requests, ocpp-rpc in strict mode speaks for the station.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Lab, runToEnd, setup, temporaryDirectory, until } from './lab.mjs';
import { freshId, Station, versions } from './station.mjs';
import { upgrade } from './wire.mjs';

const password = '0123456789abcdef0123';
let lab;
let files;

const path = (name) => join(files.directory, name);
const pem = (name) => readFileSync(path(name), 'utf8');
function openssl(...words) {
  return execFileSync('openssl', words, { stdio: 'pipe', cwd: files.directory, encoding: 'utf8' });
}
function request(name, subject, key = ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']) {
  openssl(
    ...['req', '-newkey', ...key, '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`],
    ...['-subj', subject],
  );
  return pem(`${name}.csr`);
}
function selfSigned(name, subject) {
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '20', '-subj', subject],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
  );
  return pem(`${name}.pem`);
}
const wss = () => `wss://localhost:${lab.wssPort()}`;
const rest = (status, method, where, body) => lab.rest().expect(status, method, where, body);

// The word for the certificate in each version, and how a station asks.
const words = {
  '1.6': { use: undefined, root: 'CentralSystemRootCertificate' },
  '2.0.1': { use: 'ChargingStationCertificate', root: 'CSMSRootCertificate' },
};
const asking = (version, csr) => ({
  csr,
  ...(words[version.name].use ? { certificateType: words[version.name].use } : {}),
});

async function overTls(version, create, more = {}) {
  const id = create.id ?? freshId();
  if (!create.exists) await lab.rest().create(id, create);
  const wsOpts = { ca: pem('server.pem'), ...more.tls };
  const station = new Station(lab, { id, version, url: wss(), wsOpts, password: more.password });
  station.signed = [];
  station.onSigned = () => ({ status: 'Accepted' });
  station.client.handle('CertificateSigned', (call) => {
    station.signed.push(call.params);
    return station.onSigned(call);
  });
  await station.connect();
  await station.bootNotification();
  return station;
}
const byPassword = (version) =>
  overTls(version, { password, security_profile: 2 }, { password });
const certificateOf = (station) =>
  until('the certificate', () => station.signed.length > 0 && station.signed.at(-1));
const issuedTo = async (station) =>
  (await rest(200, 'GET', station.path('/certificates/issued'))).data;
const requestsOf = async (station) =>
  (await rest(200, 'GET', station.path('/certificates/csrs'))).data;

describe(`${setup}: certificates`, { timeout: 180_000 }, () => {
  before(
    async () => {
      files = temporaryDirectory('certificates');
      const made = runToEnd(['create-ca', path('ca'), 'Acme CPO']);
      assert.equal(made.status, 0, made.stderr);
      selfSigned('server', '/CN=localhost');
      lab = await Lab.start({
        env: {
          OHM_TLS_CERT_FILE: path('server.pem'),
          OHM_TLS_KEY_FILE: path('server.key'),
          OHM_TLS_CLIENT_CA_FILE: path('ca/root.pem'),
          OHM_CA_CERT_FILE: path('ca/ca.pem'),
          OHM_CA_KEY_FILE: path('ca/ca.key'),
          OHM_CPO_NAME: 'Acme CPO',
        },
      });
    },
    { timeout: 120_000 },
  );
  after(async () => {
    await lab?.stop();
    files?.remove();
  });

  test('keys of the authority are for their owner alone, and in no answer', async () => {
    for (const name of ['ca/root.key', 'ca/ca.key'])
      assert.equal(statSync(path(name)).mode & 0o077, 0);
    assert.notEqual(runToEnd(['create-ca', path('ca')]).status, 0, 'nothing is overwritten');
    const authority = await rest(200, 'GET', '/certificate-authority');
    assert.equal(authority.mode, 'local');
    assert.match(authority.subject, /Ohmstead Station CA/);
    assert.doesNotMatch(authority.certificate_chain, /PRIVATE/);
  });

  for (const version of versions)
    describe(version.name, () => {
      test('a request becomes a certificate, and the certificate a connection', async () => {
        const station = await byPassword(version);
        const { id } = station;
        const csr = request(id, `/O=Acme CPO/CN=${id}`);
        const taken = await station.call('SignCertificate', asking(version, csr));
        assert.equal(taken.status, 'Accepted');
        const { certificateChain, certificateType } = await certificateOf(station);
        assert.equal(certificateType, words[version.name].use);
        writeFileSync(path(`${id}.chain`), certificateChain);
        const ok = openssl(
          ...['verify', '-CAfile', 'ca/root.pem', '-untrusted', `${id}.chain`, `${id}.chain`],
        );
        assert.match(ok, /OK/);
        await until('the answer', async () => (await issuedTo(station))[0]?.state === 'accepted');
        await station.close();

        await rest(200, 'PATCH', `/stations/${id}`, { security_profile: 3 });
        const tls = { cert: certificateChain, key: pem(`${id}.key`) };
        const again = await overTls(version, { id, exists: true }, { tls });
        const [issued] = await issuedTo(again);
        assert.equal(issued.in_use, true);
        assert.ok(issued.used_at);
        assert.equal((await requestsOf(again))[0].state, 'signed');

        // Its own certificate is not deleted; any other may be.
        const named = {
          hash_algorithm: 'SHA256',
          issuer_name_hash: 'aa',
          issuer_key_hash: 'bb',
          serial_number: issued.serial_number.toUpperCase(),
        };
        const deleted = await lab.rest().command(id, 'delete-certificate', named);
        assert.equal(deleted.status, 409, deleted.text);
        assert.equal(deleted.body.code, 'certificate_in_use');

        // Revoked: the next connection is refused.
        await again.close();
        await rest(204, 'POST', again.path(`/certificates/issued/${issued.fingerprint}/revoke`));
        const peer = await upgrade(lab.wssPort(), {
          path: `/${id}`,
          protocols: version.protocol,
          tls: { ca: pem('server.pem'), ...tls },
        });
        assert.equal(peer.status, 403);
        peer.destroy();
        assert.equal((await lab.rest().attempts(id))[0].cause, 'revoked_certificate');
      });

      test('the serial number is a name as well, and a renewed one replaces the old', async () => {
        const station = await byPassword(version);
        const { id } = station;
        const serial = `SN-${id}`;
        const more = { '1.6': { chargePointSerialNumber: serial }, '2.0.1': { serialNumber: serial } };
        await station.bootNotification(more[version.name]);
        const chains = [];
        for (const name of ['first', 'second']) {
          const csr = request(`${id}-${name}`, `/O=Acme CPO/CN=${serial}`);
          station.signed = [];
          await station.call('SignCertificate', asking(version, csr));
          chains.push((await certificateOf(station)).certificateChain);
        }
        await station.close();
        await rest(200, 'PATCH', `/stations/${id}`, { security_profile: 3 });
        for (const [at, name] of ['first', 'second', 'first'].entries()) {
          const tls = { cert: chains[at % 2], key: pem(`${id}-${name}.key`) };
          await (await overTls(version, { id, exists: true }, { tls })).close();
        }
        const other = freshId();
        await lab.rest().create(other, { security_profile: 3 });
        const peer = await upgrade(lab.wssPort(), {
          path: `/${other}`,
          protocols: version.protocol,
          tls: { ca: pem('server.pem'), cert: chains[0], key: pem(`${id}-first.key`) },
        });
        assert.equal(peer.status, 403, 'of another station');
        peer.destroy();
      });

      test('what is no request of this station is rejected', async () => {
        const station = await byPassword(version);
        const refused = async (csr) => {
          const answer = await station.call('SignCertificate', asking(version, csr));
          return answer.status;
        };
        assert.equal(await refused('no PEM'), 'Rejected');
        const weak = request(`${station.id}-w`, `/O=Acme CPO/CN=${station.id}`, ['rsa:1024']);
        assert.equal(await refused(weak), 'Rejected');
        const foreign = request(`${station.id}-f`, `/O=Other CPO/CN=${station.id}`);
        assert.equal(await refused(foreign), 'Rejected');
        const twice = request(`${station.id}-t`, `/O=Acme CPO/CN=${station.id}`);
        assert.equal(await refused(twice + twice), 'Rejected');
        const events = await rest(200, 'GET', station.path('/security-events'));
        assert.equal(events.data.length, 4);
        assert.equal(events.data[0].type, 'CertificateRequestRejected');
        assert.equal(station.signed.length, 0);
        await station.close();
      });

      test('an operator decides about a name that nobody knows', async () => {
        const station = await byPassword(version);
        const ask = async (name) => {
          const csr = request(`${station.id}-${name}`, `/O=Acme CPO/CN=${name}`);
          await station.call('SignCertificate', asking(version, csr));
          return (await requestsOf(station)).find((one) => one.common_name === name);
        };
        const approved = await ask('X1');
        assert.equal(approved.state, 'held');
        const sign = (one, body) =>
          lab.rest().post(station.path(`/certificates/csrs/${one.id}/sign`), body);
        assert.equal((await sign(approved)).status, 200);
        await certificateOf(station);

        const rejected = await ask('X2');
        await rest(200, 'POST', station.path(`/certificates/csrs/${rejected.id}/reject`), {
          reason: 'nobody knows it',
        });
        assert.equal((await sign(rejected)).body.code, 'request_not_waiting');

        const manual = await ask('X3');
        const wrong = await sign(manual, { certificate_chain: pem('server.pem') });
        assert.equal(wrong.status, 400, wrong.text);
        openssl(
          ...['x509', '-req', '-in', `${station.id}-X3.csr`, '-CA', 'server.pem'],
          ...['-CAkey', 'server.key', '-CAcreateserial', '-out', 'manual.pem', '-days', '2'],
        );
        station.signed = [];
        const uploaded = await sign(manual, { certificate_chain: pem('manual.pem') });
        assert.equal(uploaded.status, 200, uploaded.text);
        assert.equal(uploaded.body.state, 'signed');
        assert.equal((await certificateOf(station)).certificateChain, pem('manual.pem'));
        await station.close();
      });

      test('a root is installed, listed, shown with its end, and deleted', async () => {
        const station = await byPassword(version);
        const root = selfSigned('root', '/O=Acme CPO/CN=A root');
        station.client.handle('InstallCertificate', () => ({ status: 'Accepted' }));
        station.client.handle('DeleteCertificate', () => ({ status: 'Accepted' }));
        const parameters = { type: 'csms_root', certificate: root };
        const done = await lab.rest().command(station.id, 'install-certificate', parameters);
        assert.equal(done.body.result, 'accepted', done.text);
        const held = async () => (await rest(200, 'GET', station.path('/certificates'))).data;
        const [installed] = await held();
        assert.equal(installed.subject, 'CN=A root,O=Acme CPO');
        assert.ok(installed.not_after);
        const hashData = {
          hashAlgorithm: installed.hash_algorithm,
          issuerNameHash: installed.issuer_name_hash,
          issuerKeyHash: installed.issuer_key_hash,
          serialNumber: installed.serial_number,
        };
        const listed = {
          '1.6': { status: 'Accepted', certificateHashData: [hashData] },
          '2.0.1': {
            status: 'Accepted',
            certificateHashDataChain: [
              { certificateType: words[version.name].root, certificateHashData: hashData },
            ],
          },
        };
        station.client.handle('GetInstalledCertificateIds', () => listed[version.name]);
        const list = () =>
          lab.rest().command(station.id, 'get-installed-certificate-ids', { types: ['csms_root'] });
        assert.equal((await list()).body.result, 'accepted');
        assert.equal((await held()).length, 1);
        const soon = (await rest(200, 'GET', '/expiring-certificates?days=30&limit=500')).data;
        const shown = soon.find((one) => one.station_id === station.id);
        assert.equal(shown?.where, 'installed');
        const named = {
          hash_algorithm: installed.hash_algorithm,
          issuer_name_hash: installed.issuer_name_hash,
          issuer_key_hash: installed.issuer_key_hash,
          serial_number: installed.serial_number,
        };
        const deleted = await lab.rest().command(station.id, 'delete-certificate', named);
        assert.equal(deleted.body.result, 'accepted', deleted.text);
        assert.deepEqual(await held(), []);
        await station.close();
      });
    });

  test('operators say which roots they trust', async () => {
    const root = selfSigned(`trusted-${freshId()}`, '/O=Acme CPO/CN=Trusted');
    const wanted = { certificate_type: 'mo_root', certificate: root, name: 'contracts' };
    const made = await rest(201, 'POST', '/certificates', wanted);
    assert.equal(made.subject, 'CN=Trusted,O=Acme CPO');
    await rest(409, 'POST', '/certificates', wanted);
    await rest(400, 'POST', '/certificates', { ...wanted, certificate: 'no PEM' });
    await rest(400, 'POST', '/certificates', { ...wanted, certificate: pem('server.key') });
    const list = await rest(200, 'GET', '/certificates?certificate_type=mo_root');
    assert.ok(list.data.some((one) => one.id === made.id));
    await rest(204, 'DELETE', `/certificates/${made.id}`);
    await rest(404, 'GET', `/certificates/${made.id}`);
  });
});
