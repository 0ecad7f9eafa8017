/** The members of `a` that are not in `b`. */
export function without<Member>(a: ReadonlySet<Member>, b: ReadonlySet<Member>): Set<Member> {
  return new Set([...a].filter((member) => !b.has(member)));
}
