// What the bar below the list of stations orders of those that are selected.
import { useState } from 'preact/hooks';
import { ask, type Page, query, stationPath } from '../api';
import { BulkDialog } from '../bulk';
import type { Selection } from '../bulk_filter';
import { bytes } from '../format';
import { useQuery } from '../query';
import type { Schemas } from '../types';
import { Button, Dialog, ErrorBox, say } from '../ui/basics';
import { t } from '../words';
import { LocalLists, Passwords, Progress, useEach } from './station_bulk_each';

export interface Props {
  command: string;
  whom: Selection;
  count: number;
  vendors: string[]; // of those that are named
  onClose: () => void;
}

export function Bulk(props: Props) {
  if (props.command === 'update-firmware') return <Firmware {...props} />;
  if (props.command === 'location') return <Location {...props} />;
  if (props.command === 'password') return <Passwords {...props} />;
  if (props.command === 'local-list') return <LocalLists {...props} />;
  return <Simple {...props} />;
}

const words: Record<string, string[]> = {
  reset: ['graceful', 'immediate', 'on_idle'],
  'trigger-message': ['StatusNotification', 'BootNotification', 'Heartbeat', 'MeterValues'],
  'change-availability': ['inoperative', 'operative'],
  'get-log': ['diagnostics', 'security'],
};
function Simple({ command, whom, count, onClose }: Props) {
  const choices = words[command];
  const [word, setWord] = useState(choices?.[0] ?? '');
  const isMessage = command === 'trigger-message';
  return (
    <BulkDialog title={t('{command} to {n|station|stations}', { command, n: count })} command={command} params={!choices ? {} : isMessage ? { message: word } : { type: word }} whom={whom}
      disturbs={command === 'reset' || command === 'change-availability'} onClose={onClose}>
      {choices && (
        <label class="field">
          <span>{isMessage ? t('Message') : t('Type')}</span>
          <select value={word} onChange={(event) => setWord(event.currentTarget.value)}>
            {choices.map((one) => <option key={one}>{one}</option>)}
          </select>
        </label>
      )}
    </BulkDialog>
  );
}

// An image of one vendor does not fit the stations of another.
function Firmware({ whom, count, vendors, onClose }: Props) {
  const images = useQuery<Page<Schemas['FirmwareImage']>>('/api/v1/firmware-images?limit=200');
  const all = images.data?.data ?? [];
  const [image, setImage] = useState('');
  const [location, setLocation] = useState('');
  const chosen = all.find((one) => one.id === image);
  const others = chosen && 'ids' in whom ? vendors.filter((one) => one && one.toLowerCase() !== chosen.vendor.toLowerCase()) : [];
  return (
    <BulkDialog title={t('New firmware for {n|station|stations}', { n: count })} command="update-firmware" whom={whom} disturbs onClose={onClose}
      params={image ? { image } : { location: location.trim() }} incomplete={!image && !/^\w+:\/\/./.test(location.trim())}>
      {images.error && <ErrorBox problem={images.error} />}
      <label class="field">
        <span>{t('Image')}</span>
        <select value={image} onChange={(event) => setImage(event.currentTarget.value)}>
          <option value="">{all.length ? t('Another place…') : t('No image has been uploaded')}</option>
          {all.map((one) => <option key={one.id} value={one.id}>{`${one.vendor} ${one.model ?? ''} ${one.version} · ${bytes(one.bytes)}${one.is_signed ? ` · ${t('signed')}` : ''}`}</option>)}
        </select>
      </label>
      {!image && <label class="field"><span>URL</span><input type="url" required maxLength={512} placeholder="https://…" value={location} onChange={(event) => setLocation(event.currentTarget.value)} /></label>}
      {others.length > 0 && <p class="note-box" role="alert">{t('The image is for {vendor}; some of these stations are by {others}.', { vendor: chosen?.vendor ?? '', others: others.join(', ') })}</p>}
      <p class="small muted">{t('Stations restart for it. Limit it to those where nothing is charging, or order it at night.')}</p>
    </BulkDialog>
  );
}

function Location({ whom, onClose }: Props) {
  const ids = 'ids' in whom ? whom.ids : [];
  const locations = useQuery<Page<Schemas['Location']>>(query('/api/v1/locations', { limit: 500 }));
  const [wanted, setWanted] = useState('');
  const each = useEach((id) =>
    ask(stationPath(id), { method: 'PATCH', body: { location_id: wanted || null }, headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': '*' } }));
  const set = async () => {
    if (!(await each.run(ids))) return;
    say(t('{n|station has|stations have} another location', { n: ids.length }));
    onClose();
  };
  return (
    <Dialog title={t('Location of {n|station|stations}', { n: ids.length })} onClose={onClose}>
      <form onSubmit={(event) => { event.preventDefault(); void set(); }}>
        {locations.error && <ErrorBox problem={locations.error} />}
        <label class="field">
          <span>{t('Location')}</span>
          <select name="location" value={wanted} onChange={(event) => setWanted(event.currentTarget.value)}>
            <option value="">{t('None')}</option>
            {(locations.data?.data ?? []).map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
          </select>
        </label>
        <Progress each={each} />
        <footer class="row end">
          <Button onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" kind="primary" disabled={each.runs}>{t('Set')}</Button>
        </footer>
      </form>
    </Dialog>
  );
}
