// What can be done at once about an alert, and about what needs attention without one.
import { ask, may, mayOrder } from '../api';
import { command, order, orderCarefully } from '../commands';
import { path, withQuery } from '../router';
import { Button, complain, say } from '../ui/basics';
import { t } from '../words';
import type { Alert } from './alerts_words';

export function ResetWhenIdle({ id }: { id: string }) {
  if (!mayOrder()) return null;
  const reset = () => orderCarefully(id, t('Reset {station}', { station: id }), t('It resets once nothing is charging. {now}', { now: '' }), () => command(id, 'reset', { type: 'on_idle' }));
  return <Button onClick={() => void reset()}>{t('Reset when idle')}</Button>;
}

export function Remedy({ one }: { one: Alert }) {
  const id = one.station_id;
  switch (one.kind) {
    case 'station_offline':
      if (!id)
        return <><a class="button" href={withQuery(path('stations'), { connectivity: 'offline' })}>{t('Show the stations')}</a><a class="button" href={path('workers')}>{t('To the workers')}</a></>;
      return <a class="button" href={withQuery(path('attempts'), { station_id: id })}>{t('Did it try to connect?')}</a>;
    case 'station_not_accepted':
      return id && mayOrder() ? <Button onClick={() => order(id, t('Trigger {message}', { message: 'BootNotification' }), () => command(id, 'trigger-message', { message: 'BootNotification' }))}>{t('Ask it to boot anew')}</Button> : null;
    case 'station_refused':
      return id ? <a class="button" href={withQuery(path('attempts'), { station_id: id })}>{t('To its attempts')}</a> : null;
    case 'connector_faulted':
      return id ? <ResetWhenIdle id={id} /> : null;
    case 'command_missed':
      return one.reference ? <a class="button" href={path('commands', one.reference)}>{t('To the command')}</a> : null;
    case 'transaction_suspect':
    case 'session_without_energy':
      return one.reference ? <a class="button" href={path('sessions', one.reference)}>{t('To the session')}</a> : null;
    case 'security_event':
      return id ? <a class="button" href={path('stations', id, 'security')}>{t('To its security')}</a> : null;
    case 'certificate_expiring':
      return id && mayOrder() ? <Button onClick={() => order(id, t('Trigger {message}', { message: 'SignChargingStationCertificate' }), () => command(id, 'trigger-message', { message: 'SignChargingStationCertificate' }))}>{t('Ask it for a new request')}</Button> : null;
    case 'clock_drift':
      return id ? <a class="button" href={path('stations', id, 'configuration')}>{t('To its configuration')}</a> : null;
    case 'firmware_failed':
      return id ? <a class="button" href={path('stations', id, 'files')}>{t('To its firmware')}</a> : null;
    case 'unknown_tokens':
      return <a class="button" href={path('unknown-tokens')}>{t('To the unknown tokens')}</a>;
    case 'webhook_failing': {
      const revive = () => ask(`/api/v1/webhooks/${one.reference}`, { method: 'PATCH', body: { state: 'active' }, headers: { 'Content-Type': 'application/merge-patch+json', 'If-Match': '*' } })
        .then(() => say(t('The webhook is active again'))).catch(complain);
      return one.reference && may('webhooks:write') ? <Button onClick={() => void revive()}>{t('Make it active again')}</Button> : null;
    }
    case 'worker_silent':
      return <a class="button" href={path('workers')}>{t('To the workers')}</a>;
    default:
      return null;
  }
}
