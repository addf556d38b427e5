import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { awsEventStream, eventStream, half, html, json } from '../../../src/testing/index.js';

describe('json', () => {
  it('sets the content type, unless the headers have another', () => {
    expect(json(429, { a: [1] }, { 'retry-after': '3' })).toEqual({
      status: 429,
      headers: { 'content-type': 'application/json', 'retry-after': '3' },
      body: '{"a":[1]}',
    });
    expect(json(200, {}, { 'content-type': 'text/plain' })).toHaveProperty('headers', { 'content-type': 'text/plain' });
  });
});

describe('html', () => {
  it('has its title as heading', () => {
    const page = html(502, '502 Bad Gateway');
    expect(page).toMatchObject({ status: 502, headers: { 'content-type': 'text/html' } });
    expect(page.body).toMatch(/^<!doctype html>.*<h1>502 Bad Gateway<\/h1>/);
  });
});

describe('half', () => {
  it.each([
    ['a text', 'abcde', 'abc'],
    ['pieces', ['a', 'b', 'c'], ['a', 'b']],
    ['bytes', new Uint8Array([1, 2]), new Uint8Array([1])],
    ['nothing', undefined, ''],
  ])('returns the first half of a body of %s', (_, body, first) => {
    const answer = body === undefined ? {} : { body };
    expect(half({ status: 201, ...answer }, 'cut')).toEqual({ status: 201, body: first, ending: 'cut' });
  });
});

describe('eventStream', () => {
  it('sends each event in a chunk, with its name and its data as JSON', () => {
    expect(eventStream([{ event: 'ping', data: { a: 1 } }, { data: '[DONE]' }], { 'x-a': 'b' })).toEqual({
      status: 200,
      headers: { 'content-type': 'text/event-stream', 'x-a': 'b' },
      body: ['event: ping\ndata: {"a":1}\n\n', 'data: [DONE]\n\n'],
    });
  });
});

describe('awsEventStream', () => {
  const { headers, body } = awsEventStream([{ headers: { ':event-type': 'ping' }, payload: { a: 'é' } }]);
  const [message] = Array.isArray(body) ? body : [];
  const bytes = Buffer.from(message ?? '');

  it('sets the content type', () => {
    expect(headers).toEqual({ 'content-type': 'application/vnd.amazon.eventstream' });
  });

  it('writes lengths and checksums into each message', () => {
    expect(bytes.readUInt32BE(0)).toBe(bytes.length);
    expect(bytes.readUInt32BE(8)).toBe(crc32(bytes.subarray(0, 8)));
    expect(bytes.readUInt32BE(bytes.length - 4)).toBe(crc32(bytes.subarray(0, -4)));
  });

  it('encodes each header as name, type and value, before the payload', () => {
    const headersEnd = 12 + bytes.readUInt32BE(4);
    const header = bytes.subarray(12, headersEnd);
    expect(header).toEqual(
      Buffer.concat([Buffer.of(11), Buffer.from(':event-type'), Buffer.of(7, 0, 4), Buffer.from('ping')]),
    );
    expect(bytes.subarray(headersEnd, -4).toString()).toBe('{"a":"é"}');
  });
});
