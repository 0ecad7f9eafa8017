/** One measured line: the same work on both sides in one run. */
export interface Row {
  readonly work: string;
  readonly unit: string;
  readonly old: number | null;
  /** Null: it could not be measured, and the note says why. */
  readonly ours: number | null;
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
      row.ours === null ? '–' : `${round(row.ours)} ${row.unit}`,
      row.old === null || row.ours === null ? '–' : `${round(row.old / row.ours)} ×`,
      floorCell(row),
      row.target,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = '| Work | Old server | Sceneport | Ratio | Floor | Target |\n|---|---|---|---|---|---|';
  return [head, ...lines].join('\n');
}

function floorCell({ floor, ours, unit }: Row): string {
  if (floor === undefined || ours === null) return '–';
  return `${round(floor)} ${unit} (${round(ours / floor)} ×)`;
}

function round(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
