/** All items for the client but the first, in the order of the report. */
import type { ClientTrial } from '../client-trial.ts';
import type { Item } from '../item.ts';
import { CLIENT_REAL } from './client-real.ts';
import { CLIENT_REQUIRED } from './client-required.ts';

export const CLIENT_ITEMS: readonly Item<ClientTrial>[] = [...CLIENT_REQUIRED, ...CLIENT_REAL];
