/** How an operator wants the display. */
import type { ColourChoice } from '../../terminal/colours.ts';

export const LOG_FORMATS = ['text', 'json'] as const;

export interface DisplayOptions {
  /** No line per message. */
  readonly quiet: boolean;
  readonly log: (typeof LOG_FORMATS)[number];
  /** Text alone: JSON always has the time. */
  readonly timestamps: boolean;
  /** Text alone. */
  readonly colour: ColourChoice;
}
