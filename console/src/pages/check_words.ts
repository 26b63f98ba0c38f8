// What a step of the check is called, why it is not done and what helps: in the person's language,
// by the words of the api.
import type { Schemas } from '../types';
import { t } from '../words';
import { explain, type Explanation } from './attempts_words';

export type Check = Schemas['StationCheck'];
export type CheckStep = Check['steps'][number];
export type CheckFix = NonNullable<CheckStep['fix']>;

export function stepName(id: CheckStep['id']): string {
  switch (id) {
    case 'connection': return t('Connection');
    case 'subprotocol': return t('Sub-protocol');
    case 'authentication': return t('Authentication');
    case 'boot': return t('BootNotification accepted');
    case 'status': return t('Status of each connector');
    case 'configuration': return t('Configuration read');
    case 'clock': return t('Clock within a minute');
    case 'trigger': return t('Test order answered');
  }
}

export function fixName(id: CheckFix['id']): string {
  switch (id) {
    case 'accept': return t('Accept it');
    case 'trigger_boot': return t('Ask for a BootNotification');
    case 'trigger_status': return t('Ask for its status');
    case 'trigger_heartbeat': return t('Ask for a Heartbeat');
    case 'read_configuration': return t('Read the configuration');
  }
}

export function explainStep(step: CheckStep): Explanation {
  switch (step.cause) {
    case 'never_seen': return { title: t('Nothing has come yet'), remedy: t('Set the URL in the station and have it connect; until it does, look at its network, its name service and the firewalls between.') };
    case 'tried_before': return { title: t('It was refused before it was added'), remedy: t('It tries again by itself.') };
    case 'offline': return { title: t('It was connected, and is not now'), remedy: t('Look at its power and its network.') };
    case 'boot_missing': return { title: t('It has not booted'), remedy: t('Ask it to, or restart it.') };
    case 'boot_pending': return { title: t('It is told to wait'), remedy: t('It was set so here: accept it.') };
    case 'boot_rejected': return { title: t('It is told that it is rejected'), remedy: t('It was set so here: accept it.') };
    case 'boot_again': return { title: t('It is accepted the next time'), remedy: t('Its next BootNotification comes by itself.') };
    case 'status_missing': return { title: t('No connector has told its status'), remedy: t('Ask for it.') };
    case 'connectors_missing': return { title: t('Not every connector has told its status'), remedy: t('Ask for it.') };
    case 'configuration_unread': return { title: t('Nothing is known of it'), remedy: t('Read it.') };
    case 'configuration_refused': return { title: t('The station did not tell it'), remedy: t('Read it again, or look at the command.') };
    case 'being_asked': return { title: t('It was asked'), remedy: t('The answer comes.') };
    case 'clock_unknown': return { title: t('It has said no time yet'), remedy: t('Ask for a status.') };
    case 'clock_drift': return { title: t('Its clock is wrong'), remedy: t('It is set by our answers to BootNotification and Heartbeat, or by a time server: look at its time settings.') };
    case 'trigger_untried': return { title: t('Not tried yet'), remedy: t('A Heartbeat that is asked for shows that orders reach it.') };
    case 'trigger_not_supported': return { title: t('It answers, but does not do this'), remedy: t('What would be asked for comes only when it comes by itself.') };
    case 'trigger_unanswered': return { title: t('It did not answer'), remedy: t('Try again; where it stays so, restart it.') };
    case 'trigger_without_effect': return { title: t('It accepted, and did not do it'), remedy: t('Try again; where it stays so, restart it.') };
    default: return explain(step.cause ?? '');
  }
}
