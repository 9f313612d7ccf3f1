/** All items for servers, in the order of the report. */
import type { Item } from '../item.ts';
import type { ServerTrial } from '../server-trial.ts';
import { ARITHMETIC } from './arithmetic.ts';
import { CLIENTS } from './clients.ts';
import { CONVERSATION } from './conversation.ts';
import { DEPARTURES } from './departures.ts';
import { ECHO } from './echo.ts';
import { FRAMING } from './framing.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { RESOURCES } from './resources.ts';

export const SERVER_ITEMS: readonly Item<ServerTrial>[] = [
  ...ECHO,
  ...CONVERSATION,
  ...CLIENTS,
  ...LIFECYCLE,
  ...DEPARTURES,
  ...FRAMING,
  ...RESOURCES,
  ...ARITHMETIC,
];
