import type { ConnectionService } from './description.ts';
import { askByHttp } from './http.ts';
import { elementText, escapeXml } from './xml.ts';

/** What a router answered to an action. */
export type ActionAnswer =
  | { readonly state: 'done'; readonly xml: string }
  /** It said no: an error code of UPnP, or 0 when it gave none. */
  | { readonly state: 'error'; readonly code: number }
  | { readonly state: 'silent' };

/** Calls an action of a service (UPnP Device Architecture 2.0 §3.2): SOAP 1.1 by HTTP. */
export async function callAction(
  { type, control }: ConnectionService,
  local: string,
  action: string,
  values: Readonly<Record<string, string | number>>,
): Promise<ActionAnswer> {
  const parts = Object.entries(values).map(
    ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
  );
  const body = [
    '<?xml version="1.0"?>',
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" s:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">',
    `<s:Body><u:${action} xmlns:u="${type}">${parts.join('')}</u:${action}></s:Body>`,
    '</s:Envelope>',
  ].join('\r\n');
  const headers = { 'content-type': 'text/xml; charset="utf-8"', soapaction: `"${type}#${action}"` };
  const answer = await askByHttp({ url: control, local, body, headers });
  if (answer === null) return { state: 'silent' };
  if (answer.status === 200) return { state: 'done', xml: answer.text };
  return { state: 'error', code: Number(elementText(answer.text, 'errorCode') ?? 0) || 0 };
}
