/** The version of the program, told in `welcome`. */
export const VERSION = '0.1.0';
