/** Which programs an item is for. */
import { SERVER_ROLES, type ServerRole } from '../item.ts';

export const SERVERS: readonly ServerRole[] = SERVER_ROLES;
export const CALCULATORS: readonly ServerRole[] = ['server1', 'server2', 'server3'];
/** Those that serve several clients at a time. */
export const CONCURRENT: readonly ServerRole[] = ['server2', 'server3', 'server4'];
