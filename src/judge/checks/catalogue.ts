/** All checks, in the order in which the report shows them within each level. */
import type { ClientAttempt } from '../attempt/client-attempt.ts';
import type { ServerAttempt } from '../attempt/server-attempt.ts';
import type { Check, CheckInfo } from '../check.ts';
import { CALCULATIONS } from './calculations.ts';
import { CLIENT_ASSIGNMENT, connects } from './client-assignment.ts';
import { CLIENT_ROBUSTNESS } from './client-robustness.ts';
import { CLIENTS } from './clients.ts';
import { DISCONNECTS } from './disconnects.ts';
import { ECHO } from './echo.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { MESSAGE_FRAMING } from './message-framing.ts';
import { answers, MESSAGES } from './messages.ts';
import { RESOURCES } from './resources.ts';

/** All but `answers`, which runs first. */
export const SERVER_CHECKS: readonly Check<ServerAttempt>[] = [
  ...ECHO,
  ...MESSAGES,
  ...CLIENTS,
  ...LIFECYCLE,
  ...DISCONNECTS,
  ...MESSAGE_FRAMING,
  ...RESOURCES,
  ...CALCULATIONS,
];

/** All but `connects`, which runs first. */
export const CLIENT_CHECKS: readonly Check<ClientAttempt>[] = [
  ...CLIENT_ASSIGNMENT,
  ...CLIENT_ROBUSTNESS,
];

/** For lists. A name may be there twice: for servers and for the client. */
export function catalogue(): CheckInfo[] {
  const ignore = (): void => {};
  return [answers(false, ignore), ...SERVER_CHECKS, connects(ignore), ...CLIENT_CHECKS];
}
