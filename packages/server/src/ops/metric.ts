/** The lines of one number in the text format of Prometheus (version 0.0.4). */
export function metric(name: string, type: 'gauge' | 'counter', help: string, value: number): string[] {
  const full = `sceneport_${name}`;
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, `${full} ${value}`];
}
