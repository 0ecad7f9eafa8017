/** The version of the program, the same as that of the packages. */
export const VERSION = '0.1.0';
