// Why a connection was refused, and what helps.
import { t } from '../words';

export interface Explanation {
  title: string;
  remedy: string;
}
export function explain(cause: string): Explanation {
  switch (cause) {
    case 'unknown_station':
      return { title: t('Unknown station'), remedy: t('Nobody has added this identity. Accept it here, or correct the URL that is set in the station.') };
    case 'bad_identity':
      return { title: t('The identity cannot be used'), remedy: t('The path of the URL must end with the identity: 1 to 48 characters without spaces. Correct the URL in the station.') };
    case 'missing_credentials':
      return { title: t('No password was sent'), remedy: t('Set the password in the station (AuthorizationKey, BasicAuthPassword), or choose security profile 0 for it here.') };
    case 'wrong_user_name':
      return { title: t('Wrong user name'), remedy: t('HTTP Basic must name the identity that ends the URL. Correct it in the station.') };
    case 'wrong_password':
      return { title: t('Wrong password'), remedy: t('Enter the password in the station again, or make a new one here under Security.') };
    case 'no_password_set':
      return { title: t('No password is set here'), remedy: t('Make one under Security and enter it in the station.') };
    case 'tls_required':
      return { title: t('TLS is required'), remedy: t('Its security profile asks for wss://. Change the URL in the station, or lower the profile here.') };
    case 'client_certificate_required':
      return { title: t('No client certificate'), remedy: t('Security profile 3 needs a certificate in the station that the worker trusts (OHM_TLS_CLIENT_CA_FILE).') };
    case 'wrong_certificate':
      return { title: t('The certificate names another station'), remedy: t('Its common name must be the identity. Install the right certificate in the station.') };
    case 'wrong_organization':
      return { title: t('The certificate names another organization'), remedy: t('Its organization must be OHM_CPO_NAME. Install the right certificate in the station, or change that setting.') };
    case 'revoked_certificate':
      return { title: t('The certificate was revoked'), remedy: t('Install a new certificate in the station.') };
    case 'no_common_subprotocol':
      return { title: t('No OCPP version in common'), remedy: t('The station must offer ocpp1.6 or ocpp2.0.1 as sub-protocol; some need a setting for it. For one that offers none, set its default version here.') };
    case 'no_api':
      return { title: t('No api was there'), remedy: t('Nothing is wrong with the station: the worker heard no api. Look at /readyz.') };
    case 'too_many_attempts':
    case 'busy':
      return { title: t('Too many at once'), remedy: t('The station tries again by itself.') };
    default:
      return { title: cause.replaceAll('_', ' '), remedy: t('See the detail; the documentation of the station says how it connects.') };
  }
}
