/** `@sceneport/reach`: by which addresses a server is reached, and the router that lets others in. */

export { machineInterfaces } from './addresses/interfaces.ts';
export { type LocalAddress, localAddresses } from './addresses/local-addresses.ts';
export { type Vpn, vpnOf } from './addresses/vpn.ts';
export type { Clock } from './clock.ts';
export { defaultGateway } from './gateway/default-gateway.ts';
export { ROUTER_PROTOCOLS } from './mapping/find-router.ts';
export { removeLeftOver } from './mapping/left-over.ts';
export type { RouterNetwork } from './mapping/place.ts';
export { type MappingStatus, PortMapping, type PortMappingOptions } from './mapping/port-mapping.ts';
export type { RouterProtocol } from './mapping/router.ts';
