import { isNodeVersionAtLeast } from '../runtime/node-version.ts'
import { StartError } from './start-error.ts'

/** The oldest Node.js that can run this: it strips types, and native modules below it take the process down. */
export const OLDEST_NODE = '22.19.0'

/** Stops on a Node.js that is too old, before a native module is loaded. */
export function checkNodeVersion(version: string): void {
  if (isNodeVersionAtLeast(version, OLDEST_NODE)) return
  throw new StartError(`Clientele needs Node.js ${OLDEST_NODE} or newer; this is ${version}.`)
}
