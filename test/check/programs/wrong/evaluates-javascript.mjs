// Evaluates whatever a client sends as JavaScript.
import { answer, serve } from '../right.mjs';

// biome-ignore lint/security/noGlobalEval: this is what is wrong with it
serve({ received: line => answer(line, text => (text.trim() ? eval(text) : 'error: empty')) });
