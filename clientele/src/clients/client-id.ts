/**
 * The form of every client id: VSCHAR without the space (RFC 6749 appendix A.1), and of a length that fits in every column
 * and every Basic header, and that a person can read on the consent page.
 */
export const CLIENT_ID = /^[\x21-\x7e]{1,128}$/
