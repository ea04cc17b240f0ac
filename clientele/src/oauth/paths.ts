/** The client registration endpoint's path below the issuer; MCP clients that find no metadata document guess this one. */
export const REGISTRATION_PATH = '/register'

/** The path of an issuer without a closing slash: empty for an issuer at the root. */
export function pathOfIssuer(issuer: string): string {
  return new URL(issuer).pathname.replace(/\/$/, '')
}
