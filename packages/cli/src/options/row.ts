import type { CommandName } from './command-names.ts';

interface CommonRow {
  /** The commands that take the option. */
  readonly commands: readonly CommandName[];
  /** The heading under which help and documentation show it. */
  readonly group: string;
  /** One or two sentences for `--help` and CONFIG.md. */
  readonly help: string;
  /** A variable without prefix, as the image of the old system took it; the `SCENEPORT_` one goes before it. */
  readonly bareVariable?: string;
}

/** A whole number from `minimum` to `maximum`. */
export interface IntegerRow extends CommonRow {
  readonly kind: 'integer';
  readonly minimum: number;
  readonly maximum: number;
  /** `ms`, `bytes` …; null for a bare count. */
  readonly unit: string | null;
  readonly default: number | null;
}

/** On or off. */
export interface SwitchRow extends CommonRow {
  readonly kind: 'switch';
  readonly default: boolean;
}

/** Text that is not empty; `secret` text is never shown, and warned about on a command line. */
export interface TextRow extends CommonRow {
  readonly kind: 'text';
  readonly placeholder: string;
  readonly secret?: true;
  readonly default: string | null;
}

/** Several texts: a repeated flag, a comma-separated variable, a list in the file. */
export interface ListRow extends CommonRow {
  readonly kind: 'list';
  readonly placeholder: string;
  readonly default: readonly string[];
}

/** One of a few words. */
export interface ChoiceRow extends CommonRow {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  readonly default: string;
}

/** One row of the options table. */
export type OptionRow = IntegerRow | SwitchRow | TextRow | ListRow | ChoiceRow;

/** What an option of this row holds once it is read. */
export type ValueOf<Row extends OptionRow> = Row extends IntegerRow
  ? number | Extract<Row['default'], null>
  : Row extends SwitchRow
    ? boolean
    : Row extends TextRow
      ? string | Extract<Row['default'], null>
      : Row extends ListRow
        ? readonly string[]
        : Row extends ChoiceRow
          ? Row['choices'][number]
          : never;
