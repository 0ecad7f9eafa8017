import assert from 'node:assert/strict';
import test from 'node:test';
import { refusal } from '@sceneport/protocol';
import { answerText } from '../src/text/answer-text.ts';
import { errorText } from '../src/text/error-text.ts';
import { fit } from '../src/text/fit.ts';

test('shows a list as a table with the units of its keys', () => {
  const answer = [
    {
      number: 1,
      name: 'Ann',
      colour: [1, 0, 0],
      rttMs: 12.4,
      joinedMs: Date.UTC(2031, 0, 2, 3, 4, 5),
      sizeBytes: 2048,
    },
    { number: 12, name: 'Bob\u001b[2J', rttMs: null, joinedMs: Date.UTC(2031, 0, 2), sizeBytes: 3 },
  ];
  assert.equal(
    answerText(answer),
    [
      'number  name          rtt    joined               size',
      '     1  Ann           12 ms  2031-01-02 03:04:05  2.0 KiB',
      '    12  Bob\\u001b[2J  -      2031-01-02 00:00:00  3 B',
    ].join('\n'),
  );
});

test('says that something is done, that there is nothing, and what an object holds', () => {
  assert.equal(answerText(null), 'Done.');
  assert.equal(answerText([]), 'None.');
  assert.equal(answerText({ kicked: 'Ann' }), 'kicked: Ann');
  assert.equal(answerText({ name: 'main', readOnly: true }), 'name:      main\nread only: yes');
});

test('[A5] adds what to do to the bare words of the table, and the code to every refusal', () => {
  assert.equal(
    errorText(refusal('port-taken')),
    'Another program listens on this port. Choose another port. (port-taken)',
  );
  assert.equal(errorText(refusal('port-taken', 'Port 1 is taken.')), 'Port 1 is taken. (port-taken)');
});

test('breaks lines between words where a terminal has no room, and leaves links whole', () => {
  const text = ['  kick USER   Ends the connection of a user.', `  sceneport://${'x'.repeat(60)}`].join('\n');
  assert.equal(fit(text, undefined), text);
  assert.equal(fit(text, 20), text);
  assert.equal(
    fit(text, 40),
    ['  kick USER   Ends the connection of a', '              user.', `  sceneport://${'x'.repeat(60)}`].join(
      '\n',
    ),
  );
});
