// Where a station connects to, as text and as QR code. Nobody tells the console how stations reach
// the workers: this host on the usual port, unless the person says another address, which this
// browser keeps.
import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { path } from './router';
import { CopyButton } from './ui/basics';
import { lazyPart } from './ui/lazy';
import { t } from './words';

export const QrCode = lazyPart(() => import('./ui/qr').then((one) => one.QrCode));

type Scheme = 'ws' | 'wss';
const usualPorts: Record<Scheme, number> = { ws: 3000, wss: 3443 };
const storageName = (scheme: Scheme) => `ohm.station-address.${scheme}`;
const ownAddresses = {
  ws: signal(localStorage.getItem(storageName('ws')) ?? ''),
  wss: signal(localStorage.getItem(storageName('wss')) ?? ''),
};
export const schemeOf = (profile: number): Scheme => (profile >= 2 ? 'wss' : 'ws');

// As a station would take it: no query, no space, no slash at the end.
const isAddress = (text: string, scheme: Scheme) => new RegExp(`^${scheme}://[^\\s/?#]+(/[^\\s?#]*)?$`).test(text);
export function stationAddress(scheme: Scheme): string {
  return ownAddresses[scheme].value || `${scheme}://${location.hostname}:${usualPorts[scheme]}`;
}
export function stationUrl(id: string, profile: number): string {
  return `${stationAddress(schemeOf(profile))}/${encodeURIComponent(id)}`;
}
// The page of QR codes to print; its address names the stations.
export const sheetMax = 200;
export function sheetPath(ids: string[]): string {
  const wanted = new URLSearchParams(ids.slice(0, sheetMax).map((id) => ['id', id]));
  return `${path('qr-sheet')}?${wanted}`;
}

function keepAddress(scheme: Scheme, text: string): void {
  ownAddresses[scheme].value = text;
  if (text) localStorage.setItem(storageName(scheme), text);
  else localStorage.removeItem(storageName(scheme));
}

export function AddressField({ scheme }: { scheme: Scheme }) {
  const [text, setText] = useState(ownAddresses[scheme].value);
  const wanted = text.trim().replace(/\/+$/, '');
  const isWrong = wanted !== '' && !isAddress(wanted, scheme);
  const change = (next: string) => {
    setText(next);
    const trimmed = next.trim().replace(/\/+$/, '');
    if (trimmed === '' || isAddress(trimmed, scheme)) keepAddress(scheme, trimmed);
  };
  return (
    <label class="field">
      <span>{scheme === 'ws' ? t('Address of the stations’ side') : t('Address of the stations’ side, with TLS')}</span>
      <input value={text} maxLength={300} spellcheck={false} placeholder={`${scheme}://${location.hostname}:${usualPorts[scheme]}`}
        aria-invalid={isWrong} onInput={(event) => change(event.currentTarget.value)} />
      {isWrong && <span class="field-error">{t('It begins with {scheme} and a host, and has no query.', { scheme: `${scheme}://` })}</span>}
    </label>
  );
}

// `plain`: some models append the identity to the URL by themselves.
export function StationUrl({ id, profile, codeLater }: { id: string; profile: number; codeLater?: boolean }) {
  const [plain, setPlain] = useState(false);
  const scheme = schemeOf(profile);
  const url = plain ? stationAddress(scheme) : stationUrl(id, profile);
  return (
    <div class="station-url">
      <p class="row url"><code class="grow">{url}</code><CopyButton text={url} /></p>
      <label class="check">
        <input type="checkbox" checked={plain} onChange={(event) => setPlain(event.currentTarget.checked)} />
        {t('Without the identity: some models append it themselves')}
      </label>
      <details open={!codeLater}>
        <summary>{t('QR code')}</summary>
        <QrCode text={url} label={t('QR code of {url}', { url })} />
      </details>
      <details>
        <summary>{t('Stations reach it at another address')}</summary>
        <AddressField key={scheme} scheme={scheme} />
      </details>
    </div>
  );
}
