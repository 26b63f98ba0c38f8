// Firmware that the station was given, and logs that it sent.
import { useState } from 'preact/hooks';
import { ask, blob, may, mayConfigure, type Page as ListPage, stationPath } from '../api';
import { command, order, orderCarefully } from '../commands';
import { bytes } from '../format';
import { useQuery } from '../query';
import type { Schemas } from '../types';
import { Button, Card, Chip, complain, confirmed, Dialog, ErrorBox, saveBlob, Time } from '../ui/basics';
import { SmallTable } from '../ui/table';
import { t } from '../words';
import type { TabProps } from './station';

type Log = Schemas['Log'];

function Update({ station, sessions, onClose }: Omit<TabProps, 'reload'> & { onClose: () => void }) {
  const images = useQuery<ListPage<Schemas['FirmwareImage']>>('/api/v1/firmware-images?limit=200');
  const fitting = (images.data?.data ?? []).filter((one) => !station.vendor || one.vendor.toLowerCase() === station.vendor.toLowerCase());
  const shown = fitting.length > 0 ? fitting : (images.data?.data ?? []);
  const [image, setImage] = useState('');
  const [location, setLocation] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    onClose();
    void orderCarefully(station.id, t('Update the firmware'),
      sessions.length ? t('{n|session is|sessions are} running there; most stations wait, some restart at once.', { n: sessions.length }) : t('Nothing is charging there. The station restarts.'),
      () => command(station.id, 'update-firmware', image ? { image } : { location: location.trim() }));
  };
  return (
    <Dialog title={t('Update the firmware')} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        {images.error && <ErrorBox problem={images.error} />}
        <label class="field">
          <span>{t('Image')}</span>
          <select value={image} onChange={(event) => setImage(event.currentTarget.value)}>
            <option value="">{shown.length ? t('Another place…') : t('No image has been uploaded')}</option>
            {shown.map((one) => <option key={one.id} value={one.id}>{`${one.vendor} ${one.model ?? ''} ${one.version} · ${bytes(one.bytes)}${one.is_signed ? ` · ${t('signed')}` : ''}`}</option>)}
          </select>
        </label>
        {!image && <label class="field"><span>URL</span><input type="url" required value={location} maxLength={512} placeholder="https://…" onInput={(event) => setLocation(event.currentTarget.value)} /></label>}
        <footer class="row end"><Button onClick={onClose}>{t('Cancel')}</Button><Button type="submit" kind="danger">{t('Update…')}</Button></footer>
      </form>
    </Dialog>
  );
}

export function StationFiles({ station, sessions }: TabProps) {
  const updates = useQuery<ListPage<Schemas['FirmwareUpdate']>>(stationPath(station.id, '/firmware?limit=50'), { types: ['firmware.', 'command.'], station: station.id });
  const logs = useQuery<ListPage<Log>>(stationPath(station.id, '/logs?limit=100'), { types: ['log.', 'command.'], station: station.id });
  const [updating, setUpdating] = useState(false);
  const isOff = station.connectivity !== 'online';
  const fetchLog = (type: string) => order(station.id, t('Fetch the log: {type}', { type }), () => command(station.id, 'get-log', { type }));
  const download = (log: Log) =>
    blob(stationPath(station.id, `/logs/${encodeURIComponent(log.id ?? '')}/content`))
      .then((content) => saveBlob(log.file_name ?? 'log', content)).catch(complain);
  const remove = async (log: Log) => {
    if ((await confirmed({ title: t('Remove this log'), text: log.file_name ?? '', action: t('Remove'), danger: true })) === null) return;
    ask(stationPath(station.id, `/logs/${encodeURIComponent(log.id ?? '')}`), { method: 'DELETE' }).then(logs.reload).catch(complain);
  };
  return (
    <>
      <Card title={t('Firmware')} actions={<><span class="muted">{station.firmware_version}</span>{mayConfigure() && <Button disabled={isOff} onClick={() => setUpdating(true)}>{t('Update the firmware')}</Button>}</>}>
        {updates.error && !updates.data && <ErrorBox problem={updates.error} retry={updates.reload} />}
        {updates.data?.data.length === 0 && <p class="muted">{t('No update has been ordered or reported.')}</p>}
        {(updates.data?.data.length ?? 0) > 0 && (
          <SmallTable label={t('Firmware')} items={updates.data?.data ?? []} id={(one) => `${one.command_id} ${one.at}`} columns={[
            { name: t('At'), cell: (one) => <Time at={one.at} /> },
            { name: t('Version'), cell: (one) => one.version ?? '–' },
            { name: t('State'), cell: (one) => <Chip word={one.state ?? one.status} /> },
            { name: t('The station said'), cell: (one) => one.status },
            { name: t('Fetched'), cell: (one) => one.bytes ? `${bytes(one.bytes_sent)} / ${bytes(one.bytes)}` : '–', right: true },
            { name: t('Before, now'), cell: (one) => [one.version_before, one.version_now].filter(Boolean).join(' → ') },
          ]} />
        )}
      </Card>
      <Card title={t('Logs')} actions={mayConfigure() && <><Button disabled={isOff} onClick={() => fetchLog('diagnostics')}>{t('Fetch diagnostics')}</Button><Button disabled={isOff} onClick={() => fetchLog('security')}>{t('Fetch the security log')}</Button></>}>
        {logs.error && !logs.data && <ErrorBox problem={logs.error} retry={logs.reload} />}
        {logs.data?.data.length === 0 && <p class="muted">{t('No log has been fetched. The station uploads it to this api by itself.')}</p>}
        {(logs.data?.data.length ?? 0) > 0 && (
          <SmallTable label={t('Logs')} items={logs.data?.data ?? []} id={(one) => `${one.id} ${one.command_id} ${one.at}`} columns={[
            { name: t('At'), cell: (one) => <Time at={one.at} /> },
            { name: t('Kind'), cell: (one) => one.type ?? one.kind },
            { name: t('State'), cell: (one) => <Chip word={one.state} /> },
            { name: t('File'), cell: (one) => one.file_name ?? '–' },
            { name: t('Size'), cell: (one) => bytes(one.bytes), right: true },
            { name: '', cell: (one) => one.state === 'received' && one.id ? <span class="row end">
              <Button icon="download" kind="quiet" aria-label={t('Download')} onClick={() => void download(one)} />
              {may('stations:write') && <Button icon="trash" kind="quiet" aria-label={t('Remove')} onClick={() => void remove(one)} />}
            </span> : null },
          ]} />
        )}
      </Card>
      {updating && <Update station={station} sessions={sessions} onClose={() => setUpdating(false)} />}
    </>
  );
}
