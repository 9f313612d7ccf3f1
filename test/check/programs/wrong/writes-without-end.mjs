// An echo that goes on writing to a client that does not read.
import { serve } from '../right.mjs';

serve({ received: data => data, lines: false, patient: false });
