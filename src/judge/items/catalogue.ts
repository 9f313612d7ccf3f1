/** All items, for lists and for the page that has a section for each. */
import type { About } from '../item.ts';
import { answers } from './answers.ts';
import { CLIENT_ITEMS } from './client.ts';
import { connects } from './client-required.ts';
import { SERVER_ITEMS } from './servers.ts';

const nobody = (): void => {};

/** Names may occur twice: once for servers, once for the client. */
export function catalogue(): About[] {
  return [answers(false, nobody), ...SERVER_ITEMS, connects(nobody), ...CLIENT_ITEMS];
}
