/** Options of a server. */
export const SERVE = ['serve'] as const;
/** Options of whatever works on a data folder. */
export const ON_FOLDER = ['serve', 'admin', 'sessions', 'import-multi-user', 'identity'] as const;
