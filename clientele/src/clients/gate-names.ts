/** The gates that this software has; a host application that brings gates of its own calls them otherwise. */
export const GATE_NAMES = [
  'initial_access_token',
  'api_key',
  'basic',
  'bearer',
  'mutual_tls',
  'software_statement',
  'open',
  'open_public',
  'host',
] as const
