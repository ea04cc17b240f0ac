/**
 * The database's clock at the moment when it is asked, in microseconds, seconds and milliseconds, as expressions. Instances share
 * this clock, and none of their own. `now()` would be the beginning of the transaction, before it waited for anybody.
 */
export const DATABASE_MICROSECONDS = '(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint'
export const DATABASE_SECONDS = 'EXTRACT(EPOCH FROM clock_timestamp())::bigint'
export const DATABASE_TIME = '(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint'
