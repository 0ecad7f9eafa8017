import { formatInvite, isRefusal, parseAddress, parseInvite } from '@sceneport/protocol';

/** The same invite for one place alone, `host:port`; its relays stay. */
export const inviteAt = (link: string, place: string): string => {
  const [invite, address] = [parseInvite(link), parseAddress(place)];
  if (isRefusal(invite) || address === null) throw new TypeError(`${link} or ${place} is not right`);
  return formatInvite({ ...invite, addresses: [address] });
};
