// Has no listener for 'error': a client's reset ends the server.
import { answer, serve } from '../right.mjs';

serve({ received: line => answer(line), watched: false });
