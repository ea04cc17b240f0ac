/** The two cores of a run: one for the server that is measured, one for the load. Neither takes the other's time. */
export const SERVER_CORE = '0'
export const LOAD_CORE = '1'
