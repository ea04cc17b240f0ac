/** A browser origin as the `Origin` header spells it (RFC 6454 §6.2). */

/** Programs that show web pages have schemes of their own (`capacitor://localhost`, `chrome-extension://…`). */
const OF_A_PROGRAM = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9][a-z0-9.-]*(?::\d{1,5})?$/

/** Whether `text` can be compared with what a browser sends, character by character: no path, no default port, no wildcard. */
export function isOrigin(text: string): boolean {
  if (text.startsWith('http:') || text.startsWith('https:'))
    return !text.includes('*') && URL.parse(text)?.origin === text
  // A page out of a file or a text has the origin `null`, which is everybody's.
  return OF_A_PROGRAM.test(text) && !/^(?:file|data|blob|javascript|about|ws|wss|ftp):/.test(text)
}
