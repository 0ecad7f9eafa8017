import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Address } from '@sceneport/protocol';

/** A mapping in the table of a fake router. */
export interface UpnpEntry {
  readonly client: string;
  readonly internalPort: number;
  readonly description: string;
  readonly leaseSeconds: number;
}

/** How a fake router behaves. */
export interface FakeUpnpOptions {
  external?: string;
  /** The version of the service that it describes. */
  readonly version?: 1 | 2;
  /** The beginning of the URL that it answers with: another scheme, or another address of this machine. */
  readonly origin?: string;
  /** The URL of the service in place of its own; `PORT` stands for its port. */
  readonly control?: string;
  /** The error that AddPortMapping is answered with while it says so. */
  readonly refuse?: (leaseSeconds: number) => number | null;
  /** Bytes of nothing in the description. */
  readonly padBytes?: number;
}

/** A UPnP router on 127.0.0.1: SSDP over real UDP, description and SOAP over real HTTP. */
export class FakeUpnp {
  readonly options: FakeUpnpOptions;
  readonly table = new Map<number, UpnpEntry>();
  readonly actions: string[] = [];
  #ssdp: Address = { host: '127.0.0.1', port: 0 };
  #port = 0;

  private constructor(options: FakeUpnpOptions) {
    this.options = options;
  }

  static async start(t: TestContext, options: FakeUpnpOptions = {}): Promise<FakeUpnp> {
    const router = new FakeUpnp(options);
    const server = createServer((request, response) => void router.#serve(request, response));
    await once(server.listen(0), 'listening');
    router.#port = (server.address() as AddressInfo).port;
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    router.#ssdp = { host: '127.0.0.1', port: socket.address().port };
    socket.on('message', (bytes, from) => {
      const target = /^ST: (\S+)/m.exec(bytes.toString())?.[1] ?? '';
      const location = `${options.origin ?? 'http://127.0.0.1'}:${router.#port}/root.xml`;
      const lines = ['HTTP/1.1 200 OK', `ST: ${target}`, `Location: ${location}`, '', ''];
      socket.send(lines.join('\r\n'), from.port, from.address);
    });
    t.after(() => {
      socket.close();
      server.close();
    });
    return router;
  }

  /** Where it listens for searches. */
  get ssdp(): Address {
    return this.#ssdp;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      response.end(this.#description());
      return;
    }
    let body = '';
    for await (const part of request) body += String(part);
    const action = /#(\w+)"/.exec(String(request.headers.soapaction))?.[1] ?? '';
    const value = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1] ?? '';
    this.actions.push(action);
    const answer = this.#act(action, value);
    response.statusCode = typeof answer === 'number' ? 500 : 200;
    const inner =
      typeof answer === 'number'
        ? `<s:Fault><detail><UPnPError><errorCode>${answer}</errorCode></UPnPError></detail></s:Fault>`
        : `<u:${action}Response>${answer}</u:${action}Response>`;
    response.end(`<?xml version="1.0"?><s:Envelope><s:Body>${inner}</s:Body></s:Envelope>`);
  }

  #act(action: string, value: (name: string) => string): string | number {
    const port = Number(value('NewExternalPort'));
    const entry = this.table.get(port);
    switch (action) {
      case 'GetExternalIPAddress':
        return `<NewExternalIPAddress>${this.options.external ?? '11.0.1.2'}</NewExternalIPAddress>`;
      case 'GetSpecificPortMappingEntry':
        if (entry === undefined) return 714;
        return [
          `<NewInternalPort>${entry.internalPort}</NewInternalPort>`,
          `<NewInternalClient>${entry.client}</NewInternalClient>`,
          `<NewPortMappingDescription>${entry.description}</NewPortMappingDescription>`,
        ].join('');
      case 'AddPortMapping':
        return this.#add(port, value);
      case 'DeletePortMapping':
        return this.table.delete(port) ? '' : 714;
      default:
        return 401;
    }
  }

  #add(port: number, value: (name: string) => string): string | number {
    const leaseSeconds = Number(value('NewLeaseDuration'));
    const refused = this.options.refuse?.(leaseSeconds) ?? null;
    if (refused !== null) return refused;
    this.table.set(port, {
      client: value('NewInternalClient'),
      internalPort: Number(value('NewInternalPort')),
      description: value('NewPortMappingDescription'),
      leaseSeconds,
    });
    return '';
  }

  #description(): string {
    const { version = 1, control = '/control?a=1&amp;b=2', padBytes = 0 } = this.options;
    return `<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device><!--${' '.repeat(padBytes)}-->
      <serviceList><service><serviceType>urn:schemas-upnp-org:service:Layer3Forwarding:1</serviceType>
      <controlURL>/other</controlURL></service></serviceList>
      <deviceList><device><serviceList><service>
      <serviceType>urn:schemas-upnp-org:service:WANIPConnection:${version}</serviceType>
      <controlURL>${control.replace('PORT', String(this.#port))}</controlURL></service></serviceList></device></deviceList></device></root>`;
  }
}
