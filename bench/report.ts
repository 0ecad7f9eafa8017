/** One measured line: the same work on both sides in one run. */
export interface Row {
  readonly work: string;
  readonly unit: string;
  readonly old: number | null;
  readonly ours: number;
  /** What the link itself takes, in the same unit. */
  readonly floor?: number;
  /** What was asked for, in words. */
  readonly target: string;
  /** What a reader must know to judge the numbers. */
  readonly note?: string;
}

/** The rows as a Markdown table; the ratio is old divided by ours, so that larger is better for Sceneport. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const cells = [
      row.note === undefined ? row.work : `${row.work} (${row.note})`,
      row.old === null ? '–' : `${round(row.old)} ${row.unit}`,
      `${round(row.ours)} ${row.unit}`,
      row.old === null ? '–' : `${round(row.old / row.ours)} ×`,
      row.floor === undefined ? '–' : `${round(row.floor)} ${row.unit} (${round(row.ours / row.floor)} ×)`,
      row.target,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = '| Work | Old server | Sceneport | Ratio | Floor | Target |\n|---|---|---|---|---|---|';
  return [head, ...lines].join('\n');
}

function round(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
