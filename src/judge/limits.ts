/** How long a program is waited for. Each is many times what a sound program needs, so that a busy
 * machine fails nobody, and short enough for a whole run of half a minute. */

/** To start: interpreters and virtual machines take their time. */
export const START_MS = 10_000;

/** To accept a connection. */
export const CONNECT_MS = 2000;

/** To reply. */
export const REPLY_MS = 2000;

/** To turn to the next client when one has left. */
export const NEXT_CLIENT_MS = 6000;

/** To end on Ctrl+C. */
export const INTERRUPT_MS = 4000;

/** Silence after which bytes without a line end are a whole reply. */
export const PAUSE_MS = 40;

/** A greeting comes at once, or there is none. */
export const GREETING_MS = 200;

/** For one item, whatever happens in it. */
export const ITEM_MS = 20_000;
