// As `ohmstead sim` says of its stations when they boot.
import type { Station } from './types';

export const isSimulated = (station: Pick<Station, 'vendor' | 'model'>) => station.vendor === 'Ohmstead' && station.model === 'Simulated';
