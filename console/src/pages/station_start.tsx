// Starting to charge by remote control: which EVSE, by whose token.
import { useState } from 'preact/hooks';
import { may, type Page as ListPage, query } from '../api';
import { command, order } from '../commands';
import { useQuery } from '../query';
import type { Station, Token } from '../types';
import { Button, Chip, Dialog } from '../ui/basics';
import { t } from '../words';

export function StartDialog({ station, evse, onClose }: { station: Station; evse?: number; onClose: () => void }) {
  const evses = station.evses ?? [];
  const firstFree = evses.find((one) => ['Available', 'Preparing', 'Occupied'].includes(one.status));
  const [chosen, setChosen] = useState(String(evse ?? firstFree?.id ?? 1));
  const [token, setToken] = useState('');
  const [type, setType] = useState('');
  const tokens = useQuery<ListPage<Token>>(may('tokens:read') ? query('/api/v1/tokens', { status: 'Accepted', q: token, limit: 20 }) : null);
  const known = (tokens.data?.data ?? []).find((one) => one.uid === token);
  const submit = (event: Event) => {
    event.preventDefault();
    onClose();
    const body = { evse_id: Number(chosen), token: { uid: token.trim(), ...(type ? { type } : {}) } };
    order(station.id, t('Start charging at EVSE {n}', { n: chosen }), () => command(station.id, 'start-transaction', body));
  };
  return (
    <Dialog title={t('Start charging')} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <label class="field">
          <span>EVSE</span>
          {evses.length > 0 ? (
            <select value={chosen} onChange={(event) => setChosen(event.currentTarget.value)}>
              {evses.map((one) => <option key={one.id} value={String(one.id)}>{one.id} · {one.status}</option>)}
            </select>
          ) : (
            <input inputMode="numeric" value={chosen} onInput={(event) => setChosen(event.currentTarget.value)} />
          )}
        </label>
        <label class="field">
          <span>{t('Token')}</span>
          <input name="token" list="start-tokens" required maxLength={36} autoFocus autoComplete="off" value={token} onInput={(event) => setToken(event.currentTarget.value)} />
          <datalist id="start-tokens">{(tokens.data?.data ?? []).map((one) => <option key={one.uid} value={one.uid}>{one.note ?? ''}</option>)}</datalist>
          <span class="hint">{known ? <><Chip word={known.status} /> {known.note}</> : t('Who pays for this session.')}</span>
        </label>
        {station.ocpp_version === '2.0.1' && (
          <label class="field">
            <span>{t('Type of token')}</span>
            <select value={type} onChange={(event) => setType(event.currentTarget.value)}>
              <option value="">{known?.type ?? t('as it is known')}</option>
              {['Central', 'eMAID', 'ISO14443', 'ISO15693', 'KeyCode', 'Local', 'MacAddress', 'NoAuthorization'].map((one) => <option key={one}>{one}</option>)}
            </select>
          </label>
        )}
        <footer class="row end">
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" kind="primary" icon="play" disabled={!token.trim()}>{t('Start charging')}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
