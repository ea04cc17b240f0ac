/** Below this are all keys: where a list that shows the newest first begins. */
export const LAST_PAGE_KEY = Number.MAX_SAFE_INTEGER
