// What the keys do, and where more stands.
import { setZone, zone } from '../format';
import { apiRoot } from '../router';
import { helpOpen, shortcuts, setShortcuts } from '../keys';
import { t } from '../words';
import { Dialog } from './basics';

export function Help() {
  const keys: [string, string][] = [
    ['Ctrl K', t('Go to any station, page or action')],
    ['/', t('Search in this list')],
    ['j  k', t('Next, previous row')],
    ['Enter', t('Open the row')],
    ['x', t('Select the row')],
    ['g o · g s · g t', t('Overview, stations, sessions')],
    ['g k · g c · g m', t('Tokens, commands, messages')],
    ['g a · g l · g p · g w', t('Attempts, alerts, statistics, workers')],
    ['Esc', t('Close')],
    ['?', t('This page')],
  ];
  return (
    <Dialog title={t('Keys and help')} onClose={() => (helpOpen.value = false)}>
      <table class="keys">
        <tbody>
          {keys.map(([key, text]) => (
            <tr key={key}>
              <th scope="row"><kbd>{key}</kbd></th>
              <td>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <label class="check">
        <input type="checkbox" checked={shortcuts.value} onChange={(event) => setShortcuts(event.currentTarget.checked)} />
        {t('Single letters are shortcuts')}
      </label>
      <label class="check">
        <input type="checkbox" checked={zone.value === 'utc'} onChange={(event) => setZone(event.currentTarget.checked ? 'utc' : 'local')} />
        {t('Times in UTC')}
      </label>
      <p>
        <a href={new URL('docs', apiRoot).href} target="_blank" rel="noreferrer">{t('API documentation')}</a>{' · '}
        <a href={new URL('openapi.json', apiRoot).href} target="_blank" rel="noreferrer">OpenAPI</a>{' · '}
        <a href={new URL('metrics', apiRoot).href} target="_blank" rel="noreferrer">{t('Metrics')}</a>
      </p>
    </Dialog>
  );
}
