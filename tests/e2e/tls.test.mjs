// Stations over TLS, with a certificate made here; security profiles 1 to 3; a new certificate
// while connections stay.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { Lab, setup, temporaryDirectory, until } from './lab.mjs';
import { freshId, Station, versions } from './station.mjs';
import { basic, upgrade } from './wire.mjs';

const password = '0123456789abcdef0123';
let lab;
let files;

function openssl(...words) {
  execFileSync('openssl', words, { stdio: 'pipe', cwd: files.directory });
}
function selfSigned(name, commonName) {
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2'],
    ...['-subj', `/CN=${commonName}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
  );
}
// `more` is of `openssl x509`.
function signedByAuthority(name, commonName, more = ['-days', '2'], organization = 'Acme') {
  openssl(
    ...['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
    ...['-keyout', `${name}.key`, '-out', `${name}.csr`],
    ...['-subj', `/O=${organization}/CN=${commonName}`],
  );
  openssl(
    ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'authority.pem', '-CAkey', 'authority.key'],
    ...['-CAcreateserial', '-out', `${name}.pem`, ...more],
  );
}
const path = (name) => join(files.directory, name);
const pem = (name) => readFileSync(path(name));
const wss = () => `wss://localhost:${lab.wssPort()}`;

// What the listener shows to a new client.
function shownCertificate() {
  return new Promise((done, fail) => {
    const options = { host: '127.0.0.1', port: lab.wssPort(), rejectUnauthorized: false };
    const socket = connect(options, () => {
      done(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.once('error', fail);
  });
}

describe(`${setup}: TLS`, { timeout: 120_000 }, () => {
  before(
    async () => {
      files = temporaryDirectory('tls');
      for (const name of ['first', 'second']) selfSigned(name, name);
      selfSigned('authority', 'authority');
      for (const kind of ['pem', 'key']) copyFileSync(path(`first.${kind}`), path(`used.${kind}`));
      lab = await Lab.start({
        env: {
          OHM_TLS_CERT_FILE: path('used.pem'),
          OHM_TLS_KEY_FILE: path('used.key'),
          OHM_TLS_CLIENT_CA_FILE: path('authority.pem'),
          OHM_CPO_NAME: 'Acme',
        },
      });
    },
    { timeout: 120_000 },
  );
  after(async () => {
    await lab?.stop();
    files?.remove();
  });

  for (const version of versions) {
    describe(version.name, () => {
      for (const profile of [1, 2])
        test(`wss with a password, profile ${profile}`, async () => {
          const id = freshId();
          await lab.rest().create(id, { password, security_profile: profile });
          const wsOpts = { ca: pem('used.pem') };
          const station = new Station(lab, { id, version, password, url: wss(), wsOpts });
          await station.connect();
          await station.bootNotification();
          await station.report(1, version.busy);
          const shown = await lab.rest().station(id);
          assert.equal(shown.connection.tls, true);
          assert.equal(shown.evses[0].status, version.busy);
          const connection = await lab.rest().expect(200, 'GET', `/stations/${id}/connection`);
          assert.equal(connection.security_profile_in_use, 2);
          const reset = await lab.rest().command(id, 'reset', { type: 'immediate' });
          assert.equal(reset.body.result, 'accepted');
          await station.close();
        });

      test('profile 2 is refused over ws', async () => {
        const id = freshId();
        await lab.rest().create(id, { password, security_profile: 2 });
        const peer = await upgrade(lab.wsPort(), {
          path: `/${id}`,
          protocols: version.protocol,
          headers: { authorization: basic(id, password) },
        });
        assert.equal(peer.status, 403);
        peer.destroy();
        const attempt = (await lab.rest().attempts(id))[0];
        assert.equal(attempt.cause, 'tls_required');
        assert.equal(attempt.tls, false);
      });

      test('wss with a wrong password is 401', async () => {
        const id = freshId();
        await lab.rest().create(id, { password, security_profile: 2 });
        const peer = await upgrade(lab.wssPort(), {
          path: `/${id}`,
          protocols: version.protocol,
          headers: { authorization: basic(id, 'wrong-password-0000') },
          tls: { ca: pem('used.pem') },
        });
        assert.equal(peer.status, 401);
        peer.destroy();
      });

      test('profile 3 asks for the station’s own certificate', async () => {
        const id = freshId();
        await lab.rest().create(id, { security_profile: 3 });
        signedByAuthority(id, id);
        signedByAuthority(`${id}-other`, 'somebody-else');
        signedByAuthority(`${id}-foreign`, id, undefined, 'Another operator');
        const tryWith = async (name) => {
          const client = name ? { cert: pem(`${name}.pem`), key: pem(`${name}.key`) } : {};
          const peer = await upgrade(lab.wssPort(), {
            path: `/${id}`,
            protocols: version.protocol,
            tls: { ca: pem('used.pem'), ...client },
          });
          peer.destroy();
          return peer.status;
        };
        assert.equal(await tryWith(id), 101);
        assert.equal(await tryWith(`${id}-other`), 403);
        assert.equal(await tryWith(`${id}-foreign`), 403);
        assert.equal(await tryWith(null), 403);
        const causes = (await lab.rest().attempts(id)).map((one) => one.cause).sort();
        assert.deepEqual(causes, [
          ...['client_certificate_required', 'wrong_certificate', 'wrong_organization'],
        ]);
      });

      test('the profile rises with the first connection by the higher one', async () => {
        const id = freshId();
        const create = { security_profile: 1, password };
        const station = await Station.boot(lab, version, { id, create, password });
        if (version.protocol === 'ocpp1.6')
          station.client.handle('ChangeConfiguration', () => ({ status: 'Accepted' }));
        else station.client.handle('SetNetworkProfile', () => ({ status: 'Accepted' }));
        const order =
          version.protocol === 'ocpp1.6'
            ? ['set-variables', { variables: [{ variable: 'SecurityProfile', value: '2' }] }]
            : [
                'set-network-profile',
                { slot: 2, url: wss(), security_profile: 2, interface: 'Wired0' },
              ];
        const told = await lab.rest().command(id, order[0], order[1]);
        assert.equal(told.status, 200, told.text);
        const awaited = await lab.rest().get(`/stations/${id}`);
        assert.equal(awaited.body.next_security_profile, 2);
        await station.close();
        const tryWith = async (options) => {
          const headers = { authorization: basic(id, password) };
          const { port, ...more } = options;
          const peer = await upgrade(port, {
            ...{ path: `/${id}`, protocols: version.protocol, headers, ...more },
          });
          peer.destroy();
          return peer.status;
        };
        assert.equal(await tryWith({ port: lab.wsPort() }), 101, 'the lower one until then');
        assert.equal(await tryWith({ port: lab.wssPort(), tls: { ca: pem('used.pem') } }), 101);
        assert.equal(await tryWith({ port: lab.wsPort() }), 403, 'never again');
        const risen = await lab.rest().get(`/stations/${id}`);
        assert.deepEqual(
          [risen.body.security_profile, risen.body.next_security_profile],
          [2, null],
        );
      });
    });
  }

  test('a certificate of another authority does not get through the handshake', async () => {
    const tls = { ca: pem('used.pem'), cert: pem('second.pem'), key: pem('second.key') };
    await assert.rejects(upgrade(lab.wssPort(), { path: '/CP1', tls }));
  });

  test('an expired client certificate, or one for servers, does not get through the handshake', async () => {
    const id = freshId();
    await lab.rest().create(id, { security_profile: 3 });
    writeFileSync(path('servers.cnf'), 'extendedKeyUsage=serverAuth\n');
    signedByAuthority('good', id);
    signedByAuthority('expired', id, ['-days', '-1']);
    signedByAuthority('servers', id, ['-days', '2', '-extfile', path('servers.cnf')]);
    const connectWith = (name) =>
      upgrade(lab.wssPort(), {
        path: `/${id}`,
        tls: { ca: pem('used.pem'), cert: pem(`${name}.pem`), key: pem(`${name}.key`) },
      });
    const peer = await connectWith('good');
    assert.equal(peer.status, 101);
    peer.destroy();
    for (const name of ['expired', 'servers']) await assert.rejects(connectWith(name), name);
  });

  test('plain HTTP on the TLS port gets nowhere', async () => {
    await assert.rejects(upgrade(lab.wssPort(), { path: '/CP1' }));
  });

  test('SIGHUP takes a new certificate, and connections stay', async () => {
    const version = versions[0];
    const id = freshId();
    await lab.rest().create(id, { password });
    const wsOpts = { ca: pem('used.pem') };
    const station = new Station(lab, { id, version, password, url: wss(), wsOpts });
    await station.connect();
    assert.equal(await shownCertificate(), 'first');
    for (const kind of ['pem', 'key']) copyFileSync(path(`second.${kind}`), path(`used.${kind}`));
    for (const program of new Set(lab.workers)) program.signalWith('SIGHUP');
    await until('the new certificate', async () => (await shownCertificate()) === 'second');
    await station.bootNotification();
    // A file that is none is not taken.
    copyFileSync(path('authority.key'), path('used.pem'));
    for (const program of new Set(lab.workers)) program.signalWith('SIGHUP');
    await until('the complaint', () => /certificates_not_reloaded/.test(lab.worker(0).log));
    assert.equal(await shownCertificate(), 'second');
    await station.heartbeat();
    await station.close();
  });
});
