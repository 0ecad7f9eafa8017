import { answerText } from './answer-text.ts';
import { qrText } from './qr-text.ts';

/** The answer to a command as a terminal shows it: an invite as a QR code too, to be photographed. */
export function terminalText(answer: unknown): string {
  const text = answerText(answer);
  const link = linkIn(answer);
  return link === null ? text : `${text}\n\n${qrText(link)}`;
}

function linkIn(answer: unknown): string | null {
  const { link } = typeof answer === 'object' && answer !== null ? (answer as { link?: unknown }) : {};
  return typeof link === 'string' ? link : null;
}
