/** How a router behaves. */
export interface RouterBehaviour {
  /** Its interfaces to the home and to the provider. */
  readonly inside: string;
  readonly outside: string;
  /** Every connection gets a port by chance, whatever port it came from. */
  readonly isSymmetric: boolean;
}

/**
 * The rules of a router for a home, for nft: connections from inside go out under its address; what comes from outside
 * unasked is dropped, unless a mapping (destination NAT) lets it in.
 */
export function routerRules({ inside, outside, isSymmetric }: RouterBehaviour): string {
  return `table ip nat {
    chain postrouting {
      type nat hook postrouting priority 100
      oifname "${outside}" masquerade ${isSymmetric ? 'random,fully-random' : ''}
    }
  }
  table ip filter {
    chain forward {
      type filter hook forward priority 0
      policy drop
      ct state established,related accept
      ct status dnat accept
      iifname "${inside}" oifname "${outside}" accept
    }
    chain input {
      type filter hook input priority 0
      policy drop
      iifname { "lo", "${inside}" } accept
      ct state established,related accept
      icmp type echo-request accept
    }
  }`;
}
