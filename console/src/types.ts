// Short names of what the api shows.
import type { components } from './schema';

export type Schemas = components['schemas'];
export type Station = Schemas['Station'];
export type Transaction = Schemas['Transaction'];
export type Command = Schemas['Command'];
export type Message = Schemas['Message'];
export type Token = Schemas['Token'];
export type Batch = Schemas['CommandBatch'];
export type MeterValue = Schemas['MeterValue'];
// What `Any` in the api is.
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
