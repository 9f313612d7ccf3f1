/** Where a program keeps what should outlast it but is no document of the user's. */
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** XDG's state folder, or what macOS has instead. It may not exist yet. */
export function stateFolder(): string {
  // HOME may be empty or relative, which would be a folder wherever we are started.
  const home = isAbsolute(homedir()) ? homedir() : userInfo().homedir;
  if (process.platform === 'darwin') return join(home, 'Library/Application Support/calcd');
  const { XDG_STATE_HOME } = process.env;
  const isUsable = XDG_STATE_HOME !== undefined && isAbsolute(XDG_STATE_HOME);
  return join(isUsable ? XDG_STATE_HOME : join(home, '.local/state'), 'calcd');
}
