import { text } from 'node:stream/consumers';
import { isRefusal, parseAddress, parseInvite, type Refusal, refusal } from '@sceneport/protocol';
import { nativePort } from '../multi-user/gateway.ts';
import type { OptionValues } from '../options/table.ts';
import type { FindingGroup } from './finding.ts';
import { checkFromOutside } from './from-outside.ts';
import { checkMachine } from './machine.ts';
import { checkOldPorts } from './old-ports.ts';
import { checkAddress, checkRelay } from './ways.ts';

/** Stands for a target that the standard input names: what is typed can be read by everyone on this machine. */
const FROM_INPUT = '-';

/**
 * `sceneport doctor [INVITE|HOST[:PORT]|-]`: tests every way of an invite or an address, or without one this machine as that
 * of a server and the relays that it names. `show` hears of each group as soon as it is known. What is typed wrongly is
 * a refusal.
 */
export async function examine(
  values: OptionValues,
  dataFolder: string,
  words: readonly string[],
  show: (group: FindingGroup) => void,
): Promise<readonly FindingGroup[] | Refusal> {
  const targets = await Promise.all(words.map((word) => (word === FROM_INPUT ? text(process.stdin) : word)));
  const checks = checksFor(values, dataFolder, targets);
  if (isRefusal(checks)) return checks;
  const groups = await Promise.all(
    checks.map(async (check) => {
      const group = await check;
      if (!isRefusal(group)) show(group);
      return group;
    }),
  );
  return groups.find(isRefusal) ?? (groups as FindingGroup[]);
}

function checksFor(
  values: OptionValues,
  dataFolder: string,
  words: readonly string[],
): readonly Promise<FindingGroup | Refusal>[] | Refusal {
  const [target, ...rest] = words;
  if (rest.length > 0) return refusal('bad-request', 'It is: sceneport doctor [INVITE|HOST[:PORT]|-]');
  if (target === undefined) return checksOfMachine(values, dataFolder);
  if (values.from !== null)
    return refusal(
      'bad-option',
      'With --from it is this machine that is tested. Leave out the other target.',
    );
  if (target.includes('://')) return checksOfInvite(target);
  const address = parseAddress(target);
  if (address === null) return refusal('bad-request', `"${target}" is neither an invite nor an address.`);
  return values.multiUser ? [checkOldPorts(address)] : [checkAddress(address, values.code, null)];
}

function checksOfMachine(
  values: OptionValues,
  dataFolder: string,
): readonly Promise<FindingGroup | Refusal>[] {
  const machine = checkMachine(values, dataFolder);
  return values.from === null
    ? [machine]
    : [machine, checkFromOutside(values.from, dataFolder, nativePort(values))];
}

function checksOfInvite(link: string): readonly Promise<FindingGroup>[] | Refusal {
  const invite = parseInvite(link);
  if (isRefusal(invite)) return invite;
  const { addresses, relays, code, session, token } = invite;
  const right = token === null ? null : { code, session, token };
  return [
    ...addresses.map((address) => checkAddress(address, code, right)),
    ...relays.map((relay) => checkRelay(relay, code, right)),
  ];
}
