// What an alert says, and what helps: in the person's language, by the alert's kind.
import type { Schemas } from '../types';
import { wordsOf } from '../state_words';
import { t } from '../words';

export type Alert = Schemas['Alert'];

export interface AlertWords {
  title: string; // without the station, which stands before it as a link
  advice: string;
  name: string; // of the kind
}
const part = (one: Alert) => one.evse_id ? ` (EVSE ${one.evse_id}${one.connector_id && one.connector_id > 1 ? `/${one.connector_id}` : ''})` : '';

export function alertWords(kind: string, one?: Alert): AlertWords {
  const what = one?.what ?? '';
  const n = one?.occurrences ?? 0;
  switch (kind) {
    case 'station_offline':
      return one?.members
        ? { name: t('Station offline'), title: one.worker ? t('{n|station|stations} went offline together, from worker {worker}', { n: one.members.total, worker: one.worker }) : t('{n|station|stations} went offline together', { n: one.members.total }), advice: t('One cause for all of them: the worker, the network, or the power at one place.') }
        : { name: t('Station offline'), title: t('is offline'), advice: t('Look whether others at its location are offline as well: then it is the network there. Alone: have its power and its modem looked at.') };
    case 'station_not_accepted':
      return { name: t('Station not accepted'), title: t('is connected and not accepted: {what}', { what }), advice: t('Look at the station’s boot decision; one that has not booted can be asked to.') };
    case 'station_refused':
      return { name: t('Station refused'), title: t('was refused {n|time|times}: {cause}', { n, cause: what }), advice: t('The connection attempts say why, and what helps.') };
    case 'connector_faulted':
      return { name: t('Connector faulted'), title: t('is faulted{part}: {what}', { part: one ? part(one) : '', what }), advice: t('A reset often helps; where it comes back, have the connector looked at.') };
    case 'command_missed':
      return { name: t('Command without effect'), title: t('accepted {command}, but it did not happen', { command: what }), advice: t('Look at the command and at the station’s messages after it; order it again.') };
    case 'transaction_suspect':
      return { name: t('Suspect session'), title: t('has a suspect session: {evidence}', { evidence: wordsOf(what.match(/\w+/g) ?? []) }), advice: t('Look at the session before it is billed.') };
    case 'session_without_energy':
      return { name: t('Session without energy'), title: t('has a session without energy{part}', { part: one ? part(one) : '' }), advice: t('The driver waits: stop the session and have it begun again, or reset the station.') };
    case 'security_event':
      return { name: t('Security event'), title: t('reports {what}', { what }), advice: t('Look at the station’s security events and its security log.') };
    case 'certificate_expiring':
      return { name: t('Certificate ends'), title: t('has a certificate that ends soon'), advice: t('Have the station ask for a new one, or install one.') };
    case 'clock_drift':
      return { name: t('Clock wrong'), title: t('has a wrong clock'), advice: t('Set its time source; times of its sessions are what it says.') };
    case 'firmware_failed':
      return { name: t('Firmware failed'), title: t('could not update its firmware: {what}', { what }), advice: t('Look at the update’s progress and order it again.') };
    case 'unknown_tokens':
      return { name: t('Unknown tokens'), title: t('was shown {n|unknown token|unknown tokens}', { n }), advice: t('A new fleet whose tokens are missing here, or somebody who tries.') };
    case 'webhook_failing':
      return { name: t('Webhook failing'), title: t('A webhook is not delivered: {what}', { what }), advice: t('Look at its deliveries; make it active again when its receiver is back.') };
    case 'worker_silent':
      return { name: t('Worker silent'), title: t('Worker {worker} is silent', { worker: one?.worker ?? '' }), advice: t('Its stations reconnect to other workers. Start it again, or drain it before it is stopped.') };
    case 'message_quarantined':
      return { name: t('Message in quarantine'), title: t('{n|message|messages} could not be handled', { n }), advice: t('They lie in the table quarantine, with the reason.') };
    default:
      return { name: kind.replaceAll('_', ' '), title: one?.title ?? kind, advice: one?.advice ?? '' };
  }
}

export function parameterWords(name: string): string {
  switch (name) {
    case 'seconds': return t('Seconds');
    case 'minutes': return t('Minutes');
    case 'hours': return t('Hours');
    case 'days': return t('Days');
    case 'count': return t('So many');
    case 'level': return t('Severity, 0 to 9');
    case 'group_from': return t('Together from');
    default: return name;
  }
}

export function severityWords(severity: string): string {
  return severity === 'critical' ? t('critical') : severity === 'warning' ? t('warning') : t('notice');
}
export const severityTone = (severity: string) => severity === 'critical' ? 'bad' as const : severity === 'warning' ? 'wait' as const : 'plain' as const;

export function stateWords(state: string): string {
  switch (state) {
    case 'open': return t('open');
    case 'acknowledged': return t('acknowledged');
    case 'snoozed': return t('snoozed');
    default: return t('closed');
  }
}
