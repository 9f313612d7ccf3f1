/** The first item, on which all others rest: the program starts, listens and answers at all. */
import { Connection } from '../connection.ts';
import { type Dialect, learnDialect } from '../dialect.ts';
import type { Item } from '../item.ts';
import type { Trial } from '../trial.ts';
import { SERVERS } from './roles.ts';

/** @param learned is told the dialect in which the program answered. */
export function answers(echoes: boolean, learned: (dialect: Dialect) => void): Item<Trial> {
  return {
    name: 'answers',
    roles: SERVERS,
    level: 'required',
    asks: '"The server reads the user\'s input from the client socket, evaluates the expression, and sends the result back to the client."',
    why: 'Nothing else can be tried with a server that does not answer 22 + 44, or does not send it back where it is the echo server.',
    look: 'the port given on the command line; bind, listen, accept, recv and send, in this order.',
    run: async trial => {
      const { port } = await trial.startListening();
      learned(await learnDialect(await Connection.open(port, trial.connections), echoes));
    },
  };
}
