/** What a person sees at the start, on a terminal: where everything is, and a line to paste. */

export interface Welcome {
  readonly issuer: string
  /** Where the server is reached from this machine, with the path of the issuer. */
  readonly localUrl: string
  readonly data: string
  /** The host that registers clients: this server, or another one. */
  readonly registrationUrl: string
  readonly offersRegistration: boolean
  /** Whether clients can register, and get tokens, at this very server. */
  readonly hasBothRoles: boolean
  /** Anyone may register. */
  readonly isAnonymous: boolean
  /** For a first try; absent where it would open nothing. */
  readonly initialAccessToken?: string
}

/** How the token for a first try is made. */
export const FIRST_TRY = { uses: 5, expiresInSeconds: 3600, label: 'first try' } as const

/** The smallest client that can get a token by itself. */
const FIRST_CLIENT = '{"client_name":"First try","grant_types":["client_credentials"],"response_types":[]}'

export function renderWelcome(welcome: Welcome, color: boolean): string {
  const bold = (text: string) => (color ? `\x1b[1m${text}\x1b[22m` : text)
  const token = welcome.initialAccessToken
  const bearer = token === undefined ? '' : ` -H 'Authorization: Bearer ${token}'`
  const register = `curl -s ${welcome.localUrl}/register${bearer} -H 'Content-Type: application/json' -d '${FIRST_CLIENT}'`
  const place = [
    '',
    bold('Clientele is open.'),
    '',
    `  Issuer                 ${welcome.issuer}`,
    `  Client registration    ${welcome.offersRegistration ? `${welcome.registrationUrl}/register` : 'off'}`,
    `  Data                   ${welcome.data}`,
    ...(welcome.isAnonymous && welcome.offersRegistration
      ? ['  Anyone may register    registration.anonymous is true']
      : []),
    ...(token === undefined
      ? []
      : [
          `  Initial access token   ${token}`,
          `                         for a first try: ${FIRST_TRY.uses} clients within an hour`,
        ]),
    '',
  ]
  const canTry =
    welcome.hasBothRoles && welcome.offersRegistration && (welcome.isAnonymous || token !== undefined)
  if (!canTry) return [...place, 'Stop with Ctrl-C.', '', ''].join('\n')
  return [
    ...place,
    bold('Register a client:'),
    '',
    `  ${register}`,
    '',
    bold('Get a token with the client_id and client_secret that it answers:'),
    '',
    `  curl -s ${welcome.localUrl}/token -u CLIENT_ID:CLIENT_SECRET -d grant_type=client_credentials`,
    '',
    'Stop with Ctrl-C.',
    '',
    '',
  ].join('\n')
}
